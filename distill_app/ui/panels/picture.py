"""The picture of the sound, its read-out, its level, and the way back and forth."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QWidget

from distill_app.dsp.spectrogram import Spectrogram
from distill_app.ui.theme import GRID
from distill_app.ui.widgets.basics import Button, Card, ElidedLabel, tight
from distill_app.ui.widgets.drag_handle import DragHandle
from distill_app.ui.widgets.empty_state import EmptyState
from distill_app.ui.widgets.level_meter import LevelMeter

if TYPE_CHECKING:
    from distill_app.ui.widgets.spectrogram_view import SpectrogramView


class PicturePanel(Card):
    """An empty state until the first picture comes."""

    sought = Signal(float)
    open_asked = Signal()
    undo_asked = Signal()
    redo_asked = Signal()
    slot_chosen = Signal(str)

    def __init__(self, write: Callable[[], Path | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty, self.meter = EmptyState(), LevelMeter()
        self.undo = Button("", "quiet", "Undo (Ctrl+Z)", "undo")
        self.redo = Button("", "quiet", "Redo (Ctrl+Shift+Z)", "redo")
        self.slots = {name: Button(name, "quiet", f"Compare: sound {name} ({name})") for name in "AB"}
        self.read_out = ElidedLabel()
        self.handle = DragHandle(write)
        self.view: SpectrogramView | None = None
        self._stack = QStackedWidget()
        self._build()
        self._connect()

    def _build(self) -> None:
        self.rows.setContentsMargins(GRID, GRID, GRID, GRID)
        self.rows.addLayout(self._header())
        body = tight(QHBoxLayout(), 0)
        self._stack.addWidget(self.empty)
        body.addWidget(self._stack, 1)
        body.addWidget(self.meter)
        self.rows.addLayout(body, 1)

    def _header(self) -> QHBoxLayout:
        row = tight(QHBoxLayout(), 0)
        row.setContentsMargins(0, 0, 4, 0)
        group = QButtonGroup(self)
        for widget in (self.undo, self.redo):
            row.addWidget(widget)
        row.addSpacing(GRID)
        for button in self.slots.values():
            button.setCheckable(True)
            group.addButton(button)
            row.addWidget(button)
        self.slots["A"].setChecked(True)
        row.addSpacing(2 * GRID)
        row.addWidget(self.read_out, 1)
        row.addSpacing(GRID)
        row.addWidget(self.handle)
        return row

    def _connect(self) -> None:
        self.empty.chosen.connect(self.open_asked)
        self.undo.clicked.connect(self.undo_asked)
        self.redo.clicked.connect(self.redo_asked)
        for name, button in self.slots.items():
            button.clicked.connect(lambda _=False, name=name: self.slot_chosen.emit(name))

    def show_picture(self, picture: Spectrogram) -> None:
        self.prepare()
        assert self.view is not None
        self.view.set_picture(picture)
        self._stack.setCurrentWidget(self.view)
        self.meter.show()

    def prepare(self) -> None:
        """Makes the spectrogram's widget; this is where pyqtgraph is imported."""
        if self.view is None:
            from distill_app.ui.widgets.spectrogram_view import SpectrogramView

            self.view = SpectrogramView()
            self.view.sought.connect(self.sought)
            self.view.hovered.connect(self.read_out.set_text)
            self._stack.addWidget(self.view)

    def show_empty(self, title: str, sentence: str, button: str = "") -> None:
        self.empty.set_words(title, sentence, button)
        self._stack.setCurrentWidget(self.empty)
        self.meter.hide()

    @property
    def is_empty(self) -> bool:
        return self._stack.currentWidget() is self.empty

    def show_slot(self, slot: str) -> None:
        self.slots[slot].setChecked(True)

    def set_dimmed(self, dimmed: bool) -> None:
        if self.view is not None:
            self.view.set_dimmed(dimmed)

    def set_playhead(self, seconds: float | None) -> None:
        if self.view is not None:
            self.view.set_playhead(seconds)
