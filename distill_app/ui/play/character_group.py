"""Sliders of the open model, which say which of its sounds is heard."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from distill_app.models.axis import Axis
from distill_app.ui.play.latent_slider import LatentSlider
from distill_app.ui.play.slider_group import Row, SliderGroup
from distill_app.ui.translation import tr


class CharacterGroup(SliderGroup):
    """Group with one slider for each axis."""

    moved = Signal(int, float)
    """Number of an axis, and its value during a movement."""
    released = Signal(int, float)
    lock_toggled = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("character", tr("Character"), parent)
        self.header.setToolTip(tr("What the recordings of this model differ in."))

    def set_axes(self, axes: Sequence[Axis]) -> None:
        """Replaces the sliders by one for each axis."""
        self.set_rows([self._row(index, axis) for index, axis in enumerate(axes)])

    def _row(self, index: int, axis: Axis) -> Row:
        slider = LatentSlider(axis)
        slider.moved.connect(partial(self.moved.emit, index))
        slider.released.connect(partial(self.released.emit, index))
        slider.lock_toggled.connect(partial(self.lock_toggled.emit, index))
        return Row(slider, slider)

    def show_values(self, values: Iterable[float]) -> None:
        for slider, value in zip(self.sliders, values, strict=False):
            slider.set_current(value)
        self.describe()

    def show_locks(self, locks: Collection[int]) -> None:
        for index, slider in enumerate(self.sliders):
            slider.set_locked(index in locks)

    def finish_gestures(self) -> None:
        for slider in self.sliders:
            slider.finish_gesture()
