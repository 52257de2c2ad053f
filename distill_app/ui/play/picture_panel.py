"""The picture of the sound, its read-out, its level, and the way back and forth."""

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QWidget

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.sound import Samples
from distill_app.dsp.spectrogram import Spectrogram
from distill_app.ui.style.theme import GRID
from distill_app.ui.widgets.controls import Button, Card, ElidedLabel, tight
from distill_app.ui.widgets.drag_handle import DragHandle
from distill_app.ui.widgets.empty_state import EmptyState
from distill_app.ui.widgets.level_meter import LevelMeter
from distill_app.ui.widgets.live_spectrogram_view import LiveSpectrogramView
from distill_app.ui.widgets.message_area import inside
from distill_app.ui.widgets.plot_frame import PlotFrame
from distill_app.ui.widgets.spectrogram_view import SpectrogramView

_WHOLE_TIP = "The whole sound; a click plays from there (V)"
_LIVE_TIP = "What is heard, as it is heard, while it plays (V)"


class SpectrogramPanel(Card):
    """An empty state until the first picture comes; then the whole sound, or while it plays what is heard."""

    seek_asked = Signal(float)
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
        self.whole, self.running = Button("Whole", "segment", _WHOLE_TIP), Button("Live", "segment", _LIVE_TIP)
        self.read_out = ElidedLabel()
        self.handle = DragHandle(write)
        self.view, self.live = SpectrogramView(), LiveSpectrogramView(DISTILL_MEL.sample_rate)
        self._stack = QStackedWidget()
        self.messages = _OverPicture(self._stack)
        self._pictured = self._playing = False
        self._build()
        self._connect()

    def _build(self) -> None:
        self.rows.setContentsMargins(GRID, GRID, GRID, GRID)
        self.rows.addLayout(self._header())
        body = tight(QHBoxLayout(), 0)
        for widget in (self.empty, self.view, self.live):
            self._stack.addWidget(widget)
        body.addWidget(self._stack, 1)
        body.addWidget(self.meter)
        self.rows.addLayout(body, 1)

    def _header(self) -> QHBoxLayout:
        row = tight(QHBoxLayout(), 0)
        row.setContentsMargins(0, 0, 4, 0)
        for widget in (self.undo, self.redo):
            row.addWidget(widget)
        row.addSpacing(GRID)
        self._add_segments(row, self.slots.values())
        row.addSpacing(GRID)
        self._add_segments(row, (self.running, self.whole))
        row.addSpacing(2 * GRID)
        row.addWidget(self.read_out, 1)
        row.addSpacing(GRID)
        row.addWidget(self.handle)
        return row

    def _add_segments(self, row: QHBoxLayout, buttons: Iterable[Button]) -> None:
        """Buttons of which one is down, the first at first."""
        group = QButtonGroup(self)
        for button in buttons:
            button.setCheckable(True)
            group.addButton(button)
            row.addWidget(button)
        group.buttons()[0].setChecked(True)

    def _connect(self) -> None:
        self.empty.chosen.connect(self.open_asked)
        self.undo.clicked.connect(self.undo_asked)
        self.redo.clicked.connect(self.redo_asked)
        self.view.seek_asked.connect(self.seek_asked)
        for view in (self.view, self.live):
            view.hovered.connect(self.read_out.set_text)
        self.whole.clicked.connect(lambda: self.set_live(False))
        self.running.clicked.connect(lambda: self.set_live(True))
        for name, button in self.slots.items():
            button.clicked.connect(lambda _=False, name=name: self.slot_chosen.emit(name))

    # Which picture

    @property
    def live_wanted(self) -> bool:
        return self.running.isChecked()

    def set_live(self, live: bool) -> None:
        (self.running if live else self.whole).setChecked(True)
        self._show_right_one(starts_midway=self._playing)

    def toggle_live(self) -> None:
        """What is heard, or the whole sound."""
        self.set_live(not self.live_wanted)

    def _show_right_one(self, starts_midway: bool) -> None:
        """While nothing plays there is nothing to follow: the whole sound shows, and a click starts in it.

        Args:
            midway: whether a sound that goes on already is followed from now on.
        """
        wanted: QWidget = self.empty
        if self._pictured:
            wanted = self.live if self.live_wanted and self._playing else self.view
        if wanted is not self._stack.currentWidget():
            self.live.clear(starts_midway)
            self.read_out.set_text("")
            self._stack.setCurrentWidget(wanted)
        self.meter.setVisible(self._pictured)

    @property
    def shows_live(self) -> bool:
        """Whether what is heard is wanted here."""
        return self._stack.currentWidget() is self.live

    @property
    def is_empty(self) -> bool:
        return not self._pictured

    # What is shown

    def show_picture(self, picture: Spectrogram) -> None:
        self.view.set_picture(picture)
        self._pictured = True
        self._show_right_one(starts_midway=self._playing)

    def show_empty(self, title: str, sentence: str, button: str = "") -> None:
        self.empty.set_text(title, sentence, button)
        self._pictured = False
        self._show_right_one(starts_midway=self._playing)

    def show_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self._show_right_one(starts_midway=False)

    def show_samples(self, samples: Samples) -> None:
        """Mono `[n]` at the player's rate, each sample once."""
        if self._playing and self.shows_live:
            self.live.push(samples)

    def show_slot(self, slot: str) -> None:
        self.slots[slot].setChecked(True)

    def set_dimmed(self, dimmed: bool) -> None:
        self.view.set_dimmed(dimmed)

    def set_playhead(self, seconds: float | None) -> None:
        """Where it can be seen."""
        if not self.shows_live:
            self.view.set_playhead(seconds)


class _OverPicture:
    """Messages lie on the picture itself, or beside the words and the button that stand in its place."""

    def __init__(self, stack: QStackedWidget) -> None:
        self.widget: QWidget = stack

    def area(self, height: int) -> QRect:
        """Below the button of an empty picture, or above what stands there where that is too little."""
        assert isinstance(self.widget, QStackedWidget)
        shown = self.widget.currentWidget()
        if isinstance(shown, PlotFrame):
            return inside(shown.plot_rect())
        whole = inside(self.widget.rect())
        if not isinstance(shown, EmptyState) or not shown.button.isVisible():
            return whole
        below = whole.bottom() - shown.button.geometry().bottom() - GRID
        return whole if below >= height else QRect(whole.topLeft(), QSize(whole.width(), height))

    def reserve(self, height: int) -> None:
        """It covers a part of the picture for a while: nothing moves."""
