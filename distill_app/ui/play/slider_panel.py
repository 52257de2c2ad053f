"""Sliders of the tone and of the model, and the button that randomizes those of the model."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolTip, QVBoxLayout, QWidget

from distill_app.models.header import ModelHeader
from distill_app.ui.play.character_group import CharacterGroup
from distill_app.ui.play.slider_group import INDENT, SliderGroup
from distill_app.ui.play.sound_slider import SoundSlider
from distill_app.ui.play.tone_group import ToneGroup
from distill_app.ui.style.theme import GRID
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Caption, Card, Title, tight
from distill_app.ui.widgets.slider_painter import BARE
from distill_app.ui.widgets.value_scale import FRACTION
from distill_app.ui.widgets.value_slider import ValueSlider

_EDGE = 2 * GRID - 4
_DEFAULT_AMOUNT = 0.6


class SliderPanel(Card):
    """The groups of sliders one above the other, in a scroll area."""

    randomize_asked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.amount = ValueSlider(tr("Amount"), FRACTION, BARE)
        tip = tr("Moves every unlocked slider of the character to a random value (R)")
        self.randomize = Button(tr("Randomize"), tip=tip)
        self.tone, self.character = ToneGroup(), CharacterGroup()
        self._hint = Caption(tr("Open a model to see its sliders."))
        self._area = QScrollArea()
        self._column = QVBoxLayout()
        self._build()
        self.randomize.clicked.connect(lambda: self.randomize_asked.emit(self.amount.current()))

    @property
    def groups(self) -> tuple[SliderGroup, ...]:
        return self.tone, self.character

    @property
    def sliders(self) -> list[SoundSlider]:
        """Sliders of the model."""
        return self.character.sliders

    def _build(self) -> None:
        self.rows.setContentsMargins(2 * GRID - INDENT, 2 * GRID, 4, GRID)
        self._set_up_amount()
        header = tight(QHBoxLayout(), 2 * GRID)
        header.setContentsMargins(INDENT, 0, _EDGE, 0)
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
        self._column = tight(QVBoxLayout(content), 0)
        self._area.setWidget(content)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.verticalScrollBar().rangeChanged.connect(self._keep_edge)
        self._hint.setIndent(INDENT)
        self._column.addWidget(self._hint)
        for group in self.groups:
            self._column.addWidget(group)
            group.hide()
        self._column.addStretch()
        self._keep_edge(0, 0)

    def _keep_edge(self, low: int, high: int) -> None:
        """Keeps the right end of the tracks in place when the scroll bar appears."""
        self._column.setContentsMargins(0, 0, _EDGE - (8 if high > low else 0), 0)

    def show_model(self, header: ModelHeader | None) -> None:
        """Shows the sliders that a model has."""
        self.character.set_axes(() if header is None else header.axes)
        self.tone.show_model(header)
        self._hint.setVisible(header is None)
        for group in self.groups:
            group.setVisible(header is not None and bool(group.rows))

    def finish_gestures(self) -> None:
        """Commits bursts of keys and wheel notches now, so that they can be undone."""
        self.tone.finish_gestures()
        self.character.finish_gestures()

    def _on_amount(self) -> None:
        amount = self.amount.scale.text(self.amount.current())
        self.amount.setToolTip(tr("How far “Randomize” moves the sliders: {amount}").format(amount=amount))

    def _on_amount_moved(self) -> None:
        self._on_amount()
        QToolTip.showText(self.amount.mapToGlobal(self.amount.rect().bottomLeft()), self.amount.toolTip(), self.amount)
