"""Page “Compute” of the Preferences: device and runtime of the vocoders."""

from collections.abc import Collection
from dataclasses import replace
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from distill_app.ui.dialogs.base import plain
from distill_app.ui.style.theme import GRID
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Title, labelled, tight
from distill_app.ui.widgets.status_combo_box import ComboEntry, StatusComboBox
from distill_app.vocoders.runtime.compute_config import ComputeConfig, DeviceName, Runtime


class ComputePreferences(QWidget):
    """Combo boxes for device and runtime; `chosen` is emitted for choices of the user only.

    Args:
        onnx: whether ONNX Runtime is installed.
    """

    chosen = Signal(object)
    """The new `ComputeConfig`."""

    def __init__(self, compute: ComputeConfig, onnx: bool) -> None:
        super().__init__()
        self.device, self.runtime = StatusComboBox(), StatusComboBox()
        self.hint = plain("" if onnx else _onnx_hint(), "muted")
        self._compute = compute
        self._build()
        self._add_runtimes(onnx)
        self.device.chosen.connect(lambda name: self._choose(replace(self._compute, device=cast(DeviceName, name))))
        self.runtime.chosen.connect(lambda name: self._choose(replace(self._compute, runtime=cast(Runtime, name))))
        self.setFocusProxy(self.device)

    def _build(self) -> None:
        rows = tight(QVBoxLayout(self), 2 * GRID)
        choices = tight(QHBoxLayout(), 2 * GRID)
        choices.addLayout(labelled(tr("Device"), self.device), 3)
        choices.addLayout(labelled(tr("Runtime"), self.runtime), 2)
        explanation = tr(
            "Automatic takes a graphics card where there is one, and the runtime that was measured to be faster. "
            "The built-in vocoders always compute on the processor."
        )
        rows.addWidget(Title(tr("Vocoders")))
        rows.addLayout(choices)
        rows.addWidget(plain(explanation, "muted"))
        rows.addWidget(self.hint)
        rows.addStretch()

    def _add_runtimes(self, onnx: bool) -> None:
        state, tip = ("", "") if onnx else (tr("not installed"), _onnx_hint())
        self.runtime.set_entries(
            (
                ComboEntry(tr("Automatic"), "auto"),
                ComboEntry("PyTorch", "torch"),
                ComboEntry(tr("ONNX Runtime"), "onnx", state, tip, usable=onnx),
            )
        )
        self.runtime.show_data(self._compute.runtime)

    def _choose(self, compute: ComputeConfig) -> None:
        self._compute = compute
        self.chosen.emit(compute)

    def show_devices(self, devices: Collection[DeviceName] | None) -> None:
        """Lists the devices, without emitting `chosen`; None while they are unknown."""
        automatic, cpu = ComboEntry(tr("Automatic"), "auto"), ComboEntry(tr("Processor (CPU)"), "cpu")
        self.device.set_entries((automatic, cpu, *_graphics(devices)))
        self.device.show_data(self._compute.device)


def _onnx_hint() -> str:
    return tr("ONNX Runtime needs: pip install 'distill[onnx]'")


def _graphics(devices: Collection[DeviceName] | None) -> list[ComboEntry]:
    """Entries of the graphics devices; those that are missing say why."""
    known: tuple[tuple[DeviceName, str, str], ...] = (
        ("cuda", tr("NVIDIA graphics card (CUDA)"), tr("No NVIDIA graphics card that PyTorch can use was found.")),
        ("mps", tr("Apple graphics processor (MPS)"), tr("Only Macs with Apple silicon have one.")),
    )
    if devices is None:
        return [ComboEntry(title, name, tr("looking…"), usable=False) for name, title, _ in known]
    return [
        ComboEntry(title, name) if name in devices else ComboEntry(title, name, tr("not found"), reason, usable=False)
        for name, title, reason in known
    ]
