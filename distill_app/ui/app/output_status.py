"""State of the sound device in the status bar, and messages about its changes."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from distill_app.audio.status import PlayerStatus
from distill_app.ui.app.latency_advice import LatencyAdvice
from distill_app.ui.app.sound_preferences import SoundPreferences
from distill_app.ui.app.status_bar import StatusBar
from distill_app.ui.common.timers import timer
from distill_app.ui.play.playback import Playback
from distill_app.ui.play.preferences_page import PlayPreferences
from distill_app.ui.widgets.toast import Message

_POLL_MS = 500
"""Figures that change more often cannot be read, and repainting them costs the spectrogram frames."""


class OutputStatus(QObject):
    """Polls the player's status twice a second."""

    notified = Signal(object)
    """Message to show."""

    def __init__(
        self,
        playback: Playback,
        bar: StatusBar,
        preferences: PlayPreferences,
        is_writing: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._playback = playback
        self._advice = LatencyAdvice(playback.player, bar, preferences, is_writing, self)
        self._advice.notified.connect(self.notified)
        self._notice = ""
        self.status: PlayerStatus = playback.player.status
        """Status at the last poll, which the Preferences show too."""
        self._timer = timer(self, _POLL_MS, self.poll)
        self._timer.start()
        playback.device_tried.connect(self.poll)

    def poll(self) -> None:
        if not self._playback.has_tried_device:
            return
        status = self.status = self._playback.player.status
        self._advice.update(status)
        if status.notice and status.notice != self._notice:
            self.notified.emit(Message("info", status.notice))
        self._notice = status.notice

    def page(self) -> SoundPreferences:
        """New page for the Preferences."""
        return SoundPreferences(self._playback.player, lambda: self.status)

    def close(self) -> None:
        self._timer.stop()
