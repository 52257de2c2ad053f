"""Preferences, Compute: where vocoders compute and with what. The next sound is made so."""

from collections.abc import Collection
from dataclasses import replace
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from distill_app.ui.dialogs.base import plain
from distill_app.ui.style.theme import GRID
from distill_app.ui.widgets.controls import Title, labelled, tight
from distill_app.ui.widgets.status_combo_box import ComboEntry, StatusComboBox
from distill_app.vocoders.runtime.compute_config import ComputeConfig, DeviceName, Runtime

_DEVICES: tuple[tuple[DeviceName, str, str], ...] = (
    ("cuda", "NVIDIA graphics card (CUDA)", "No NVIDIA graphics card that PyTorch can use was found."),
    ("mps", "Apple graphics processor (MPS)", "Only Macs with Apple silicon have one."),
)
_ONNX_HINT = "ONNX Runtime needs: pip install 'distill[onnx]'"
_WORDS = (
    "Automatic takes a graphics card where there is one, and the runtime that was measured to be faster. "
    "The built-in vocoders always compute on the processor."
)


class ComputePreferences(QWidget):
    """Shows what there is and what is chosen; `chosen` speaks for the hand alone.

    Args:
        onnx: whether ONNX Runtime is installed.
    """

    chosen = Signal(object)
    """A Compute."""

    def __init__(self, compute: ComputeConfig, onnx: bool) -> None:
        super().__init__()
        self.device, self.runtime = StatusComboBox(), StatusComboBox()
        self.hint = plain("" if onnx else _ONNX_HINT, "muted")
        self._compute = compute
        self._build()
        self._offer_runtimes(onnx)
        self.device.chosen.connect(lambda name: self._choose(replace(self._compute, device=cast(DeviceName, name))))
        self.runtime.chosen.connect(lambda name: self._choose(replace(self._compute, runtime=cast(Runtime, name))))
        self.setFocusProxy(self.device)

    def _build(self) -> None:
        rows = tight(QVBoxLayout(self), 2 * GRID)
        choices = tight(QHBoxLayout(), 2 * GRID)
        choices.addLayout(labelled("Device", self.device), 3)
        choices.addLayout(labelled("Runtime", self.runtime), 2)
        rows.addWidget(Title("Vocoders"))
        rows.addLayout(choices)
        rows.addWidget(plain(_WORDS, "muted"))
        rows.addWidget(self.hint)
        rows.addStretch()

    def _offer_runtimes(self, onnx: bool) -> None:
        state, tip = ("", "") if onnx else ("not installed", _ONNX_HINT)
        self.runtime.set_entries(
            (
                ComboEntry("Automatic", "auto"),
                ComboEntry("PyTorch", "torch"),
                ComboEntry("ONNX Runtime", "onnx", state, tip, usable=onnx),
            )
        )
        self.runtime.show_data(self._compute.runtime)

    def _choose(self, compute: ComputeConfig) -> None:
        self._compute = compute
        self.chosen.emit(compute)

    def show_devices(self, devices: Collection[DeviceName] | None) -> None:
        """Silently; None while nobody knows which there are."""
        self.device.set_entries(
            (ComboEntry("Automatic", "auto"), ComboEntry("Processor (CPU)", "cpu"), *_graphics(devices))
        )
        self.device.show_data(self._compute.device)


def _graphics(devices: Collection[DeviceName] | None) -> list[ComboEntry]:
    if devices is None:
        return [ComboEntry(title, name, "looking…", usable=False) for name, title, _ in _DEVICES]
    there = [(name, title, "" if name in devices else reason) for name, title, reason in _DEVICES]
    return [ComboEntry(title, name, "not found" if why else "", why, usable=not why) for name, title, why in there]
