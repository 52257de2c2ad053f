"""Form for the duration, device and number of cores of a training."""

import os
from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from distill_app.training.run.spec import GRAIN_MINUTES, TrainingOptions
from distill_app.ui.style.theme import GRID
from distill_app.ui.train.training.format import cores_text, device_name
from distill_app.ui.train.training.minutes_field import MinutesSpinBox
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Caption, labelled, tight
from distill_app.ui.widgets.input_fields import ComboBox


class TrainingForm(QWidget):
    """Fields whose values are `options`; those of a model alone are hidden until `offer_model_choices`."""

    changed = Signal()

    def __init__(self, options: TrainingOptions, devices: Iterable[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.minutes = MinutesSpinBox()
        self.device, self.cores, self.advice = ComboBox(), ComboBox(), Caption()
        self.grain = QCheckBox(tr("Keep the recordings' sound in the model"))
        self.ends_early = QCheckBox(tr("End sooner where it hardly improves any more"))
        self._fill(devices)
        self._show(options)
        self._build()
        self.minutes.edited.connect(lambda _minutes: self._on_minutes())
        self.ends_early.toggled.connect(lambda _checked: self.changed.emit())
        for choice in (self.device, self.cores):
            choice.chosen.connect(lambda _data: self._on_chosen())

    def _fill(self, devices: Iterable[str]) -> None:
        self.set_devices(devices)
        for count in range(1, (os.cpu_count() or 1) + 1):
            self.cores.addItem(cores_text(count), count)

    def _build(self) -> None:
        self.advice.setWordWrap(True)
        row = tight(QHBoxLayout(), 2 * GRID)
        fields = ((tr("Train for"), self.minutes, 112), (tr("On"), self.device, 144), (tr("Cores"), self.cores, 112))
        for caption, field, width in fields:
            field.setFixedWidth(width)
            row.addLayout(labelled(caption, field))
        row.addStretch()
        column = tight(QVBoxLayout(self))
        column.addLayout(row)
        column.addWidget(self.advice)
        for choice in (self.ends_early, self.grain):
            column.addWidget(choice)
            choice.hide()

    def offer_model_choices(self) -> None:
        """Shows the choices when a training of a model ends, and whether it carries the recordings' sound."""
        self.ends_early.setToolTip(tr("Most of a model is there after seconds; minutes give some percent."))
        self.ends_early.show()
        self.grain.setToolTip(
            tr(
                "Up to {minutes} minutes of it. Recordings keep their own licence: many sample packs forbid passing "
                "them on."
            ).format(minutes=f"{GRAIN_MINUTES:g}")
        )
        self.grain.show()

    def _show(self, options: TrainingOptions) -> None:
        self.minutes.show_value(options.minutes)
        self.device.show_data(options.device)
        self.cores.show_data(options.threads)
        self.grain.setChecked(options.grain)
        self.ends_early.setChecked(options.ends_early)
        self._advise()

    def set_devices(self, devices: Iterable[str]) -> None:
        """Lists the devices of this computer; the processor is always among them."""
        chosen = self.device.currentData()
        self.device.clear()
        for device in dict.fromkeys(("cpu", *devices)):
            self.device.addItem(device_name(device), device)
        self.device.show_data(chosen)
        self.device.setEnabled(self.device.count() > 1)

    def _on_minutes(self) -> None:
        """Keeps to a time that the user has chosen."""
        self.ends_early.setChecked(False)
        self.changed.emit()

    def _on_chosen(self) -> None:
        self._advise()
        self.changed.emit()

    def _advise(self) -> None:
        one = tr("One core at low priority: live playing stays clean.")
        more = tr("Faster, but what you play meanwhile may crackle.")
        self.advice.setText(one if self.options.threads == 1 else more)

    def flush(self) -> None:
        """Commits a number that is being typed."""
        self.minutes.finish_edit()

    @property
    def options(self) -> TrainingOptions:
        device, cores = str(self.device.currentData()), int(self.cores.currentData())
        grain, ends_early = self.grain.isChecked(), self.ends_early.isChecked()
        return TrainingOptions(self.minutes.value(), device, cores, grain, ends_early)
