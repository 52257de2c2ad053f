"""The player as the window sees it: polled by a timer, never signalling."""

import contextlib
import math

from PySide6.QtCore import QObject, Signal

from distill_app.common.errors import AudioDeviceError
from distill_app.dsp.sound import Sound
from distill_app.ui.common.protocols import PlayerProtocol
from distill_app.ui.common.timers import timer
from distill_app.ui.play.frame_rate import FrameRate

_IDLE_MS = 250
_JUMP = 0.1  # of the sound


class Playback(QObject):
    """Play, stop and position. Asked to play before there is a sound, it plays as soon as there is."""

    polled = Signal()
    """A moment passed: look at `position`, `playing`, `peak_dbfs`."""
    failed = Signal(str)
    asked = Signal()
    """The device was tried."""
    heard = Signal(object)
    """Mono samples `[n]`: what was heard since this was emitted last. Each sample comes once."""

    def __init__(self, player: PlayerProtocol, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.player = player
        self.sound: Sound | None = None
        self.peak_dbfs = -math.inf
        self.clipped = self.limited = False
        self.asked_for_device = False
        """Whether the device was tried yet."""
        self._wanted = False
        self._looping = player.looping
        self.previewing = False
        """Whether the sound plays once, whatever the loop, because a slider was let go of."""
        self._pace = FrameRate()
        self._timer = timer(self, _IDLE_MS, self.poll)
        self._timer.start()

    @property
    def playing(self) -> bool:
        return self.player.playing

    @property
    def waiting(self) -> bool:
        """Whether it plays as soon as a sound is there."""
        return self._wanted

    @property
    def position(self) -> float:
        return self.player.position_seconds

    def open_device(self) -> None:
        """Opens the device, so that the first note is not late. Without one, `play` will say so."""
        self.asked_for_device = True
        with contextlib.suppress(AudioDeviceError):
            self.player.open()
        self.poll()
        self.asked.emit()

    def set_sound(self, sound: Sound) -> None:
        """Takes note of the sound that the worker has put into the loop; plays it if it was waited for."""
        self.sound = sound
        if self._wanted:
            self.play()
        self.poll()

    def toggle(self) -> None:
        if self.playing or self._wanted:
            self.stop()
        else:
            self.play()

    def play(self, from_seconds: float = 0.0) -> None:
        """Starts there, or jumps there. Where no device opens, `failed` says why."""
        self._end_preview()
        self._wanted = self.sound is None
        if self.sound is None:
            self.poll()
            return
        self.asked_for_device = True
        try:
            self.player.play(from_seconds)
        except AudioDeviceError as error:
            self.failed.emit(str(error))
        self.poll()
        self.asked.emit()

    def preview(self) -> None:
        """From the beginning to the end once. Without a device nothing, and no word: nobody has pressed Play."""
        if self.sound is None:
            return
        self.asked_for_device = self.previewing = True
        self.player.looping = False
        with contextlib.suppress(AudioDeviceError):
            self.player.play(0.0)
        self.poll()
        self.asked.emit()

    def _end_preview(self) -> None:
        if self.previewing:
            self.previewing = False
            self.player.looping = self._looping

    def jump(self, direction: int) -> None:
        """A tenth of the sound back (-1) or ahead (1); past an end it comes in at the other."""
        if self.sound is not None:
            seconds = self.sound.seconds
            self.play((self.position + direction * _JUMP * seconds) % seconds)

    def stop(self) -> None:
        self._wanted = False
        self.player.stop()
        self.poll()

    def set_looping(self, looping: bool) -> None:
        """A preview goes on in the loop."""
        self.previewing, self._looping = False, looping
        self.player.looping = looping

    def close(self) -> None:
        self._timer.stop()
        self.player.close()

    def poll(self) -> None:
        levels = self.player.levels()
        self.peak_dbfs, self.clipped, self.limited = max(levels.peaks_dbfs), levels.clipped, levels.limited
        if not self.playing:
            self._end_preview()
        self.polled.emit()
        self.heard.emit(self.player.take_played())
        self._set_interval(self._pace.next_ms() if self.playing else _IDLE_MS)

    def _set_interval(self, milliseconds: int) -> None:
        """Only where it is another one: setting it starts the timer anew."""
        if milliseconds != self._timer.interval():
            self._timer.setInterval(milliseconds)
