"""What becomes of the sound device, told in the status bar and, where it changes by itself, in a sentence."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from distill_app.audio.status import PlayerStatus
from distill_app.ui.app.latency_advice import LatencyAdvice
from distill_app.ui.app.sound_preferences import SoundPreferences
from distill_app.ui.app.status_bar import StatusBar
from distill_app.ui.common.timers import timer
from distill_app.ui.play.play_preferences import PlayPreferences
from distill_app.ui.play.playback import Playback
from distill_app.ui.widgets.toast import Message

_LOOK_MS = 500


class OutputStatus(QObject):
    """Looks twice a second: figures that dance faster cannot be read, and cost the picture its frames."""

    notified = Signal(object)
    """A Message."""

    def __init__(
        self,
        playback: Playback,
        bar: StatusBar,
        preferences: PlayPreferences,
        is_keeping: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._playback = playback
        self._advice = LatencyAdvice(playback.player, bar, preferences, is_keeping, self)
        self._advice.notified.connect(self.notified)
        self._notice = ""
        self.status: PlayerStatus = playback.player.status
        """As of the last look: Preferences show the same figures as the bar."""
        self._timer = timer(self, _LOOK_MS, self.look)
        self._timer.start()
        playback.asked.connect(self.look)

    def look(self) -> None:
        if not self._playback.asked_for_device:
            return
        status = self.status = self._playback.player.status
        self._advice.look(status)
        if status.notice and status.notice != self._notice:
            self.notified.emit(Message("info", status.notice))
        self._notice = status.notice

    def page(self) -> SoundPreferences:
        """For the Preferences."""
        return SoundPreferences(self._playback.player, lambda: self.status)

    def close(self) -> None:
        """No more looking."""
        self._timer.stop()
