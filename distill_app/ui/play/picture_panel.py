"""Spectrogram of the sound with read-out, level meter, undo, redo and compare slots."""

from collections.abc import Iterable

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QWidget

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.sound import Samples
from distill_app.dsp.spectrogram import Spectrogram
from distill_app.ui.style.theme import GRID
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Card, ElidedLabel, tight
from distill_app.ui.widgets.drag_handle import DragHandle, WriteFile
from distill_app.ui.widgets.empty_state import EmptyState
from distill_app.ui.widgets.level_meter import LevelMeter
from distill_app.ui.widgets.live_spectrogram_view import LiveSpectrogramView
from distill_app.ui.widgets.message_area import inside
from distill_app.ui.widgets.plot_frame import PlotFrame
from distill_app.ui.widgets.spectrogram_view import SpectrogramView


class SpectrogramPanel(Card):
    """Empty state until the first picture; then an overview of the sound, or its live spectrogram while it plays.

    A sound without an end has no overview: its live spectrogram stays as it was when the sound was stopped.

    Args:
        write: has the current sound written to a file for dragging.
    """

    seek_asked = Signal(float)
    open_asked = Signal()
    undo_asked = Signal()
    redo_asked = Signal()
    slot_chosen = Signal(str)

    def __init__(self, write: WriteFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty, self.ready, self.meter = EmptyState(), EmptyState(), LevelMeter()
        self.undo = Button("", "quiet", tr("Undo (Ctrl+Z)"), "undo")
        self.redo = Button("", "quiet", tr("Redo (Ctrl+Shift+Z)"), "redo")
        slot_tip = tr("Compare: sound {slot} ({slot})")
        self.slots = {name: Button(name, "quiet", slot_tip.format(slot=name)) for name in "AB"}
        self.overview = Button(tr("Overview"), "segment")
        self.live = Button(tr("Live"), "segment", tr("The sound as it is heard, while it plays (V)"))
        self.read_out = ElidedLabel()
        self.handle = DragHandle(write)
        self.view, self.live_view = SpectrogramView(), LiveSpectrogramView(DISTILL_MEL.sample_rate)
        self._stack = QStackedWidget()
        self.messages = _PictureMessages(self._stack)
        self._pictured = self._playing = self._endless = self._heard = False
        self._live_preferred = True
        self._build()
        self._connect()
        self._set_endless(False)

    def _build(self) -> None:
        self.rows.setContentsMargins(GRID, GRID, GRID, GRID)
        self.rows.addLayout(self._header())
        body = tight(QHBoxLayout(), 0)
        for widget in (self.empty, self.ready, self.view, self.live_view):
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
        self._add_segments(row, (self.live, self.overview))
        row.addSpacing(2 * GRID)
        row.addWidget(self.read_out, 1)
        row.addSpacing(GRID)
        row.addWidget(self.handle)
        return row

    def _add_segments(self, row: QHBoxLayout, buttons: Iterable[Button]) -> None:
        """Adds exclusive buttons, of which the first is checked."""
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
        for view in (self.view, self.live_view):
            view.hovered.connect(self.read_out.set_text)
        self.overview.clicked.connect(lambda: self.set_live(False))
        self.live.clicked.connect(lambda: self.set_live(True))
        for name, button in self.slots.items():
            button.clicked.connect(lambda _=False, name=name: self.slot_chosen.emit(name))

    # Choice of the picture

    @property
    def live_wanted(self) -> bool:
        """Whether the live spectrogram is preferred where there is a choice."""
        return self._live_preferred

    def set_live(self, live: bool) -> None:
        self._live_preferred = live
        self._update_stack(starts_midway=self._playing)

    def toggle_live(self) -> None:
        if not self._endless:
            self.set_live(not self.live_wanted)

    def _set_endless(self, endless: bool) -> None:
        self._endless = endless
        self.overview.setEnabled(not endless)
        whole, none = tr("The whole sound; a click plays from there (V)"), tr("∞ has no end that could be shown")
        self.overview.setToolTip(none if endless else whole)

    def _update_stack(self, starts_midway: bool) -> None:
        """Shows the live spectrogram while the sound plays and where it is chosen, the overview otherwise.

        Args:
            starts_midway: whether the live spectrogram begins within a sound that plays already.
        """
        (self.live if self._live_preferred or self._endless else self.overview).setChecked(True)
        wanted = self._wanted()
        if wanted is not self._stack.currentWidget():
            self.live_view.clear(starts_midway)
            self.read_out.set_text("")
            self._stack.setCurrentWidget(wanted)
        self.meter.setVisible(self._pictured)

    def _wanted(self) -> QWidget:
        if not self._pictured:
            return self.empty
        if self._endless:
            return self.live_view if self._playing or self._heard else self.ready
        return self.live_view if self._live_preferred and self._playing else self.view

    @property
    def shows_live(self) -> bool:
        """Whether the live spectrogram is shown."""
        return self._stack.currentWidget() is self.live_view

    @property
    def is_empty(self) -> bool:
        return not self._pictured

    # State

    def show_picture(self, picture: Spectrogram) -> None:
        self.view.set_picture(picture)
        self._heard = False
        self._show_sound(endless=False)

    def show_endless(self, name: str) -> None:
        """Shows the live spectrogram of a sound without an end, or an invitation to play it.

        Args:
            name: of the model.
        """
        sentence = tr("“{model}” plays on until you stop it. Press Space.").format(model=name)
        self.ready.set_text(tr("Ready"), sentence)
        self._show_sound(endless=True)

    def _show_sound(self, endless: bool) -> None:
        self._pictured = True
        self._set_endless(endless)
        self._update_stack(starts_midway=self._playing)

    def forget_heard(self) -> None:
        """Removes the picture of what was heard of another model."""
        self._heard = False
        self._update_stack(starts_midway=self._playing)

    def show_empty(self, title: str, sentence: str, button: str = "") -> None:
        self.empty.set_text(title, sentence, button)
        self._pictured = False
        self._update_stack(starts_midway=self._playing)

    def show_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            if playing:
                self.live_view.clear()
            self._update_stack(starts_midway=False)

    def show_samples(self, samples: Samples) -> None:
        """Appends played samples, mono `[n]` at the player's rate, to the live spectrogram."""
        if self._playing and self.shows_live:
            self._heard = True
            self.live_view.push(samples)

    def show_slot(self, slot: str) -> None:
        self.slots[slot].setChecked(True)

    def set_dimmed(self, dimmed: bool) -> None:
        self.view.set_dimmed(dimmed)

    def set_playhead(self, seconds: float | None) -> None:
        if self._stack.currentWidget() is self.view:
            self.view.set_playhead(seconds)


class _PictureMessages:
    """Area for messages on the picture, or beside the text and button of the empty state."""

    def __init__(self, stack: QStackedWidget) -> None:
        self.widget: QWidget = stack

    def area(self, height: int) -> QRect:
        """Rectangle for a message: below the button of the empty state, or above it where space is short."""
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
        """Nothing to reserve: messages cover a part of the picture."""
