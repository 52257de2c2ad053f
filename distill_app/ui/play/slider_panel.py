"""Sliders of the model, and the button that randomizes them."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolTip, QVBoxLayout, QWidget

from distill_app.models.axis import Axis
from distill_app.ui.play.latent_slider import LatentSlider
from distill_app.ui.style.theme import GRID
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Caption, Card, Title, tight
from distill_app.ui.widgets.slider_painter import BARE
from distill_app.ui.widgets.value_scale import FRACTION
from distill_app.ui.widgets.value_slider import ValueSlider

_EDGE = 2 * GRID - 4
_DEFAULT_AMOUNT = 0.6


class SliderPanel(Card):
    """One slider for each axis, in a scroll area."""

    slider_released = Signal(int, float)
    slider_moved = Signal(int, float)
    lock_toggled = Signal(int, bool)
    randomize_asked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sliders: list[LatentSlider] = []
        self.amount = ValueSlider(tr("Amount"), FRACTION, BARE)
        self.randomize = Button(tr("Randomize"), tip=tr("Moves every unlocked slider to a random value (R)"))
        self._hint = Caption(tr("Open a model to see its sliders."))
        self._area = QScrollArea()
        self._column = QVBoxLayout()
        self._build()
        self.randomize.clicked.connect(lambda: self.randomize_asked.emit(self.amount.current()))

    def _build(self) -> None:
        self.rows.setContentsMargins(2 * GRID, 2 * GRID, 4, GRID)
        self._set_up_amount()
        header = tight(QHBoxLayout(), 2 * GRID)
        header.setContentsMargins(0, 0, _EDGE, 0)
        header.addWidget(Title(tr("Sliders")))
        header.addLayout(self._amount_row(), 1)
        header.addWidget(self.randomize)
        self.rows.addLayout(header)
        self.rows.addWidget(self._area, 1)
        self._set_up_area()

    def _amount_row(self) -> QHBoxLayout:
        row = tight(QHBoxLayout(), GRID // 2)
        row.addWidget(Caption(tr("Amount")))
        row.addWidget(self.amount, 1)
        return row

    def _set_up_amount(self) -> None:
        self.amount.setMinimumWidth(56)
        self.amount.set_current(_DEFAULT_AMOUNT)
        self._on_amount()
        self.amount.moved.connect(self._on_amount_moved)

    def _set_up_area(self) -> None:
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setSpacing(0)
        self._area.setWidget(content)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.verticalScrollBar().rangeChanged.connect(self._keep_edge)
        self._column.addWidget(self._hint)
        self._column.addStretch()
        self._keep_edge(0, 0)

    def _keep_edge(self, low: int, high: int) -> None:
        """Keeps the right end of the tracks in place when the scroll bar appears."""
        self._column.setContentsMargins(0, 0, _EDGE - (8 if high > low else 0), 0)

    def set_axes(self, axes: Sequence[Axis]) -> None:
        """Replaces the sliders by one for each axis."""
        for slider in self.sliders:
            self._column.removeWidget(slider)
            slider.deleteLater()
        self.sliders = [self._make(index, axis) for index, axis in enumerate(axes)]
        self._hint.setVisible(not axes)

    def _make(self, index: int, axis: Axis) -> LatentSlider:
        slider = LatentSlider(axis)
        slider.moved.connect(lambda value: self.slider_moved.emit(index, value))
        slider.released.connect(lambda value: self.slider_released.emit(index, value))
        slider.lock_toggled.connect(lambda locked: self.lock_toggled.emit(index, locked))
        self._column.insertWidget(self._column.count() - 1, slider)
        return slider

    def show_values(self, values: Iterable[float]) -> None:
        for slider, value in zip(self.sliders, values, strict=False):
            slider.set_current(value)

    def show_locks(self, locks: Iterable[int]) -> None:
        locked = frozenset(locks)
        for index, slider in enumerate(self.sliders):
            slider.set_locked(index in locked)

    def finish_gestures(self) -> None:
        """Commits bursts of keys and wheel notches now, so that they can be undone."""
        for slider in self.sliders:
            slider.finish_gesture()

    def _on_amount(self) -> None:
        amount = self.amount.scale.text(self.amount.current())
        self.amount.setToolTip(tr("How far “Randomize” moves the sliders: {amount}").format(amount=amount))

    def _on_amount_moved(self) -> None:
        self._on_amount()
        QToolTip.showText(self.amount.mapToGlobal(self.amount.rect().bottomLeft()), self.amount.toolTip(), self.amount)
