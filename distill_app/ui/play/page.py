"""Play page: model, vocoder and sliders at the left, spectrogram and transport at the right."""

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QResizeEvent, QUndoStack
from PySide6.QtWidgets import QVBoxLayout, QWidget

from distill_app.generation.config import Mode
from distill_app.ui.common.grain_text import carries_grain
from distill_app.ui.play.picture_panel import SpectrogramPanel
from distill_app.ui.play.playback import Playback
from distill_app.ui.play.session import Session
from distill_app.ui.play.slider_panel import SliderPanel
from distill_app.ui.play.source_panel import SourcePanel
from distill_app.ui.play.transport_panel import TransportPanel
from distill_app.ui.style.theme import GRID
from distill_app.ui.widgets.controls import tight
from distill_app.ui.widgets.drag_handle import WriteFile

_FOLD_BELOW = 676
"""Height of the left column in pixels below which the titles of the source panel are hidden."""


class PlayPage(QObject):
    """Panels of the Play page, bound to the session.

    Args:
        write_sound: has the current sound written to a file for dragging.
    """

    undo_asked = Signal()
    redo_asked = Signal()
    enabled = Signal()
    """Emitted when `has_model` or `has_sound` may have changed."""

    def __init__(self, session: Session, write_sound: WriteFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.has_model = self.has_sound = False
        self.source, self.slider_panel = SourcePanel(), SliderPanel()
        self.picture, self.transport = SpectrogramPanel(write_sound), TransportPanel()
        self.messages = self.picture.messages
        self.left = _Column([self.source, self.slider_panel], growing=self.slider_panel)
        self.right = _Column([self.picture, self.transport], growing=self.picture)
        self.left.resized.connect(lambda: self.source.set_folded(self.left.height() < _FOLD_BELOW))
        self._bind_widgets()
        self._bind_session()
        self.enable_sound(False)
        self.show_request()

    @property
    def may_be_endless(self) -> bool:
        """Whether a model is open that plays sustained sounds."""
        return self.session.may_be_endless

    @property
    def is_endless(self) -> bool:
        """Whether the sound plays on until it is stopped."""
        return self.session.config.endless

    @property
    def history(self) -> QUndoStack:
        return self.session.history

    def _bind_widgets(self) -> None:
        session, tone, character = self.session, self.slider_panel.tone, self.slider_panel.character
        tone.moved.connect(session.audition_tone)
        tone.released.connect(session.set_tone)
        tone.lock_toggled.connect(session.set_tone_locked)
        character.moved.connect(session.audition_slider)
        character.released.connect(session.set_slider)
        character.lock_toggled.connect(session.set_locked)
        self.slider_panel.randomize_asked.connect(session.randomize)
        self.transport.mode_chosen.connect(lambda mode: session.set_mode(cast(Mode, mode)))
        self.transport.seconds_edited.connect(session.set_seconds)
        self.transport.endless_toggled.connect(session.set_endless)
        self.transport.drift_released.connect(session.set_drift)
        self.transport.grain_released.connect(session.set_grain)
        self.transport.seed_edited.connect(session.set_seed)
        self.transport.new_seed_asked.connect(session.new_seed)
        self.picture.undo_asked.connect(self.undo_asked)
        self.picture.redo_asked.connect(self.redo_asked)
        self.picture.slot_chosen.connect(session.choose_slot)

    def _bind_session(self) -> None:
        self.session.changed.connect(self.show_request)
        self.session.model_changed.connect(self._show_model)
        self.session.model_renewed.connect(self.show_request)
        self.session.locks_changed.connect(self._show_locks)
        self.session.history.canUndoChanged.connect(self.picture.undo.setEnabled)
        self.session.history.canRedoChanged.connect(self.picture.redo.setEnabled)

    def finish_gestures(self) -> None:
        self.slider_panel.finish_gestures()
        self.transport.finish_gestures()

    def show_request(self) -> None:
        """Shows the state of the session in every panel."""
        session = self.session
        self.slider_panel.tone.show_tone(session.config.tone)
        self.slider_panel.character.show_values(session.config.sliders)
        self.transport.show_config(session.config)
        self.transport.show_choices(session.config.endless, hits=session.header is not None and not self.may_be_endless)
        self.transport.grain.setVisible(session.header is not None and carries_grain(session.header))
        self.picture.show_slot(session.slot)
        self.picture.undo.setEnabled(session.history.canUndo())
        self.picture.redo.setEnabled(session.history.canRedo())
        if session.request is not None:
            self.source.show_vocoder(session.request.vocoder)
        self._enable(session.request is not None)

    def _enable(self, enabled: bool) -> None:
        transport, picture = self.transport, self.picture
        making: list[QWidget] = [transport.mode, transport.seconds, transport.drift, transport.grain]
        making += [transport.seed, transport.new_seed]
        sliders = self.slider_panel
        transport.endless.setEnabled(self.may_be_endless)
        for widget in (sliders.randomize, sliders.amount, transport.play, *making, *picture.slots.values()):
            widget.setEnabled(enabled)
        self.has_model = enabled
        self.enabled.emit()

    def enable_sound(self, enabled: bool) -> None:
        """Enables or disables export and drag."""
        self.transport.export.setEnabled(enabled)
        self.picture.handle.setEnabled(enabled)
        self.has_sound = enabled
        self.enabled.emit()

    def show_playback(self, playback: Playback) -> None:
        """Shows position, levels and state of the player."""
        position, playing = min(playback.position, playback.seconds), playback.playing
        self.transport.show_playing(playing or playback.waiting)
        self.transport.time.set_times(position, playback.seconds)
        self.picture.set_playhead(position if playing or position > 0 else None)
        self.picture.meter.show_limiting(playback.player.limiting)
        self.picture.meter.feed(*playback.peaks_dbfs, playback.clipped, playback.limited)
        self.picture.show_playing(playing)

    def _show_model(self) -> None:
        self.slider_panel.show_model(self.session.header)
        self._show_locks()
        self.picture.forget_heard()

    def _show_locks(self) -> None:
        self.slider_panel.tone.show_locks(self.session.tone_locks)
        self.slider_panel.character.show_locks(self.session.locks)


class _Column(QWidget):
    """Panels one above the other; `growing` takes the spare height."""

    resized = Signal()

    def __init__(self, panels: Sequence[QWidget], growing: QWidget) -> None:
        super().__init__()
        rows = tight(QVBoxLayout(self), 2 * GRID)
        for panel in panels:
            rows.addWidget(panel)
        rows.setStretchFactor(growing, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()
