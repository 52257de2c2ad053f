"""Dialog for the export: length of an endless sound, loop, format, place and progress."""

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLabel, QWidget

from distill_app.common.settings import Settings
from distill_app.generation.export_format import Bits, ExportFormat
from distill_app.generation.file_formats import FILE_FORMATS, format_titles, is_unsupported_name, with_sound_suffix
from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.dialogs.prompts import DetailsDialog
from distill_app.ui.play.number_fields import SecondsSpinBox
from distill_app.ui.style import icons
from distill_app.ui.style.format import file_size, length
from distill_app.ui.style.theme import GRID, font
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Caption, ElidedLabel, labelled, tight
from distill_app.ui.widgets.input_fields import ComboBox
from distill_app.ui.widgets.progress_bar import LabeledProgressBar

_RATES_HZ = (44_100, 48_000, 96_000)
_BYTES_PER_SAMPLE: dict[Bits, int] = {16: 2, 24: 3, "32f": 4}


def _bit_depths() -> tuple[tuple[str, Bits], ...]:
    """Title and value of each bit depth."""
    return ((tr("16-bit, dithered"), 16), (tr("24-bit"), 24), (tr("32-bit float"), "32f"))


@dataclass(frozen=True)
class ExportChoice:
    """Path, format and length of an export.

    Args:
        replace: whether an existing file may be overwritten.
        seamless: whether the end continues in the beginning.
    """

    path: Path
    wanted: ExportFormat
    replace: bool
    seconds: float
    seamless: bool


class ExportDialog(Dialog):
    """Export dialog; stays open while the file is written.

    Esc cancels the writing first, then the dialog.

    Args:
        seconds: length of the sound, or proposed one.
        path: proposed file.
        settings: last choices.
        limiter: whether the safety limiter is on.
    """

    export_asked = Signal(object)
    """The `ExportChoice` of the user."""
    cancel_asked = Signal()

    def __init__(
        self, seconds: float, path: Path, settings: Settings, parent: QWidget | None, limiter: bool = True
    ) -> None:
        super().__init__(tr("Export sound"), parent)
        self._path, self._busy, self._limiter = path, False, limiter
        self._remark = ""  # about a file name of another format than WAV
        self.seconds = SecondsSpinBox()
        self.loop, self.mono = QCheckBox(tr("Seamless loop")), QCheckBox(tr("Mono"))
        self.rate, self.bits = ComboBox(), ComboBox()
        self.facts, self.place = Caption(), ElidedLabel(tone="")
        self.change = Button(tr("Change…"))
        self.progress = LabeledProgressBar()
        self._icon, self.message = QLabel(), plain("")
        self.cancel, self.export = self.add_button(tr("Cancel")), self.add_button(tr("Export"), "primary")
        self._length_row, self._begin = QWidget(), Caption()
        self._build()
        self.seconds.show_value(seconds)
        self.loop.setChecked(settings.export_seamless)
        self.mono.setChecked(settings.export_mono)
        self._add_choices(settings.export_rate, settings.export_bits)
        self.offer("", loop=False, stereo=False)
        self._connect()
        self._show_facts()
        self._show_message("")
        self.export.setFocus()

    def _build(self) -> None:
        self.setFixedWidth(480)
        row = tight(QHBoxLayout(self._length_row))
        row.addLayout(labelled(tr("Length"), self.seconds))
        row.addWidget(self._begin, 1, Qt.AlignmentFlag.AlignBottom)
        options = tight(QHBoxLayout(), 2 * GRID)
        for option in (self.loop, self.mono):
            option.setFont(font())
            options.addWidget(option)
        options.addStretch()
        self.mono.setToolTip(tr("Mixes the two channels of the recordings to one, as the model has learned them"))
        self.loop.setToolTip(tr("The end continues in the beginning: a sampler can repeat the file without a click"))
        self.rows.addWidget(self._length_row)
        choices = tight(QHBoxLayout(), 2 * GRID)
        choices.addLayout(labelled(tr("Bit depth"), self.bits))
        choices.addLayout(labelled(tr("Sample rate"), self.rate))
        place = tight(QHBoxLayout(), 2 * GRID)
        place.addLayout(labelled(tr("File"), self.place), 1)
        place.addWidget(self.change, 0, Qt.AlignmentFlag.AlignBottom)
        message = tight(QHBoxLayout())
        message.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        message.addWidget(self.message, 1)
        for layout in (choices, place, options):
            self.rows.addLayout(layout)
        self.rows.addWidget(self.facts)
        self.rows.addLayout(message)
        self.buttons.insertWidget(0, self.progress, 1)
        self.progress.setMaximumWidth(480)
        for label in (self._begin, self.place):
            label.setFixedHeight(32)

    def _add_choices(self, rate: int, bits: str) -> None:
        for title, value in _bit_depths():
            self.bits.addItem(title, value)
        for rate_hz in _RATES_HZ:
            self.rate.addItem(f"{rate_hz / 1000:g} kHz", rate_hz)
        self.bits.show_data(next((value for _, value in _bit_depths() if str(value) == bits), 24))
        self.rate.show_data(rate)

    def _connect(self) -> None:
        choices = self.rate.currentIndexChanged, self.bits.currentIndexChanged
        for changed in (*choices, self.seconds.valueChanged, self.mono.toggled):
            changed.connect(self._show_facts)
        self.change.clicked.connect(self._on_change)
        self.export.clicked.connect(lambda: self.export_asked.emit(self.choice()))
        self.cancel.clicked.connect(self.reject)

    def offer(self, begin: str, loop: bool, stereo: bool) -> None:
        """Offers the length of a part of an endless sound, a loop, and one channel.

        Args:
            begin: where the part begins, in words; "" where the sound has a length.
            loop: whether the sound is sustained.
            stereo: whether it has two channels.
        """
        self._begin.setText(tr("from {begin} on").format(begin=begin))
        self._length_row.setVisible(bool(begin))
        self.loop.setVisible(loop)
        self.mono.setVisible(stereo)
        self._show_facts()

    def choice(self) -> ExportChoice:
        self.seconds.interpretText()
        mono = self.mono.isChecked() and not self.mono.isHidden()
        wanted = ExportFormat(self.rate.currentData(), self.bits.currentData(), self._limiter, mono)
        seamless = self.loop.isChecked() and not self.loop.isHidden()
        return ExportChoice(self._path, wanted, self._path.exists(), self.seconds.value(), seamless)

    def remembered(self, settings: Settings) -> Settings:
        """Settings with the choices that were made; what was not offered stays as it is."""
        choice = self.choice()
        return replace(
            settings,
            export_rate=choice.wanted.rate,
            export_bits=str(choice.wanted.bits),
            export_folder=str(choice.path.parent),
            export_seamless=settings.export_seamless if self.loop.isHidden() else choice.seamless,
            export_mono=settings.export_mono if self.mono.isHidden() else choice.wanted.mono,
            file_seconds=settings.file_seconds if self._length_row.isHidden() else choice.seconds,
        )

    def set_path(self, path: Path) -> None:
        """Sets the file; the suffix of a format that cannot be written is replaced, with a message."""
        self._path = with_sound_suffix(path)
        replaced = tr("Only {formats} files are written: “{asked}” becomes “{name}”.")
        sentence = replaced.format(formats=format_titles(), asked=path.name, name=self._path.name)
        self._remark = sentence if is_unsupported_name(path) else ""
        self._show_message(self._remark, "caution", "info")
        self._show_facts()

    def _on_change(self) -> None:
        """Asks for a file; this dialog itself says that an existing one will be replaced."""
        option = QFileDialog.Option.DontConfirmOverwrite
        names = ";;".join(f"{each.title} (*{suffix})" for suffix, each in FILE_FORMATS.items())
        name, _ = QFileDialog.getSaveFileName(self, tr("Export to"), str(self._path), names, options=option)
        if name:
            self.set_path(Path(name))

    def _show_facts(self) -> None:
        seconds, channels = self.seconds.value(), 1 if self.mono.isHidden() or self.mono.isChecked() else 2
        size = channels * round(seconds * self.rate.currentData()) * _BYTES_PER_SAMPLE[self.bits.currentData()]
        limiter = tr("safety limiter on") if self._limiter else tr("safety limiter off")
        facts = length(seconds), tr("stereo") if channels > 1 else tr("mono"), file_size(size), limiter
        self.facts.setText(" · ".join(facts))
        self.place.set_text(str(self._path))
        self.export.setText(tr("Replace") if self._path.exists() else tr("Export"))
        if self._path.exists() and not self._busy:
            replaced = tr("“{name}” exists and will be replaced.").format(name=self._path.name)
            self._show_message(f"{self._remark} {replaced}".lstrip(), "caution", "info")

    # Progress

    def begin(self) -> None:
        self._set_busy(True)
        self._show_message("")
        self.progress.start(tr("Exporting"))

    def advance(self, stage: str, fraction: float) -> None:
        self.progress.advance(stage, fraction)

    def fail(self, sentence: str, details: str = "") -> None:
        """Shows an error; another file or format can be tried at once."""
        self._set_busy(False)
        self._show_facts()
        self._show_message(sentence, "danger", "error")
        if details:
            DetailsDialog(sentence, details, self).open()

    def finish(self) -> None:
        """Closes the dialog after the file was written or the export was cancelled."""
        self._set_busy(False)
        self.accept()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        for widget in (self.seconds, self.loop, self.mono, self.rate, self.bits, self.change, self.export):
            widget.setEnabled(not busy)
        if not busy:
            self.progress.finish()

    def _show_message(self, sentence: str, tone: str = "", icon: str = "") -> None:
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))
        self._icon.setVisible(bool(sentence))
        if icon:
            self._icon.setPixmap(icons.pixmap(icon, tone, 16, self.devicePixelRatioF()))

    def reject(self) -> None:
        if self._busy:
            self.cancel_asked.emit()
        else:
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Exports on Enter, unless another button has the focus."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.export.isEnabled():
            self.export.click()
        else:
            super().keyPressEvent(event)
