"""Volume control with a mute button and a fader in decibels."""

import math
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolTip, QWidget

from distill_app.ui.style.format import decibels
from distill_app.ui.style.theme import GRID
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, tight
from distill_app.ui.widgets.slider_painter import BARE
from distill_app.ui.widgets.typed_number import NumberRange, TypedNumber
from distill_app.ui.widgets.value_scale import ValueScale
from distill_app.ui.widgets.value_slider import ValueSlider

_WIDTH_MIN, _WIDTH_MAX = 58, 112


@dataclass(frozen=True)
class VolumeScale(ValueScale):
    """Cubic fader law: the gain is the cube of the position, so that half way is −18 dB."""

    def gain(self, position: float) -> float:
        return position**3

    def text(self, value: float) -> str:
        return decibels(20 * math.log10(self.gain(value)) if value > 0 else -math.inf)

    def read(self, text: str) -> TypedNumber:
        """Parses a level from −∞ to 0 dB and returns its fader position."""
        typed = _LEVELS.read(text.replace("∞", "999"))  # −999 dB is silence
        return typed if typed.value is None else TypedNumber(10 ** (typed.value / 60), typed.hint)


_LEVELS = NumberRange(-math.inf, 0.0, decibels, ("dB",))
VOLUME = VolumeScale(0.0, 1.0, origin=1.0)


class VolumeControl(QWidget):
    """Fader and mute button; the fader keeps its position while muted."""

    changed = Signal(float)
    """Gain of the output, 0 … 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mute = Button("", "quiet", icon="volume")
        self.fader = ValueSlider(tr("Output volume"), VOLUME, BARE)
        self._muted = False
        row = tight(QHBoxLayout(self), GRID // 2)
        row.addWidget(self.mute)
        row.addWidget(self.fader, 1)
        self.fader.setMinimumWidth(_WIDTH_MIN)
        self.fader.setMaximumWidth(_WIDTH_MAX)
        self.mute.clicked.connect(self.toggle_mute)
        self.fader.moved.connect(self._on_moved)
        self._show()

    @property
    def position(self) -> float:
        """Position of the fader, 0 … 1."""
        return self.fader.current()

    @property
    def muted(self) -> bool:
        return self._muted

    @property
    def gain(self) -> float:
        return 0.0 if self._muted else VOLUME.gain(self.position)

    def restore(self, position: float, muted: bool) -> None:
        """Restores a saved state and emits `changed`."""
        self.fader.set_current(position)
        self._set_muted(muted)

    def toggle_mute(self) -> None:
        self._set_muted(not self._muted)

    def _set_muted(self, muted: bool) -> None:
        self._muted = muted
        self._show()
        self.changed.emit(self.gain)

    def _on_moved(self) -> None:
        """Unmutes the output and shows the level beside the fader."""
        self._set_muted(False)
        corner = self.fader.rect().bottomLeft()
        QToolTip.showText(self.fader.mapToGlobal(corner), VOLUME.text(self.position), self.fader)

    def _show(self) -> None:
        self.mute.set_icon("volume-off" if self._muted else "volume", "caution" if self._muted else "")
        name = tr("Unmute the output") if self._muted else tr("Mute the output")
        self.mute.setToolTip(f"{name} (M)")
        self.mute.setAccessibleName(name)
        tip = tr("Output volume, after the limiter; neither the level meter nor an export follows it")
        self.fader.setToolTip(f"{VOLUME.text(self.position)}\n{tip}")
