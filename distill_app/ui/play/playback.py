"""Playback of the rendered sound: polls the player with a timer and reports to the window by signals."""

import contextlib
import math

from PySide6.QtCore import QObject, Signal

from distill_app.common.errors import AudioDeviceError
from distill_app.dsp.mel_format import MelFormat
from distill_app.generation.config import MOVE_STEP_FRAMES
from distill_app.ui.common.protocols import PlayerProtocol
from distill_app.ui.common.timers import timer
from distill_app.ui.play.frame_rate import FrameRate

_IDLE_MS = 250
_AHEAD_SECONDS = 0.1
"""Sound that has been handed to the device and is not heard yet, about."""
_JUMP = 0.1  # of the sound
_PREVIEW_SECONDS = 4.0
"""Length of a preview of a sound that has no end."""


class Playback(QObject):
    """Play, stop and position. Where there is no sound yet, `play` starts as soon as there is one."""

    polled = Signal()
    """`position`, `playing`, `peaks_dbfs`, `clipped` and `limited` were updated."""
    failed = Signal(str)
    """The device cannot be opened; carries a sentence for the user."""
    device_tried = Signal()
    """The program tried to open the device."""
    heard = Signal(object)
    """Mono samples `[n]` heard since the last emission."""

    def __init__(self, player: PlayerProtocol, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.player = player
        self.seconds = 0.0
        """Length of the sound; 0 where there is none, infinite where it plays on until it is stopped."""
        self.peaks_dbfs = -math.inf, -math.inf
        self.clipped = self.limited = False
        self.has_tried_device = False
        """Whether the program has tried to open the device."""
        self._play_pending = False
        self._looping = player.looping
        self.previewing = False
        """Whether the sound plays once because a slider was released, whatever the loop setting."""
        self._frame_rate = FrameRate()
        self._timer = timer(self, _IDLE_MS, self.poll)
        self._timer.start()

    @property
    def playing(self) -> bool:
        return self.player.playing

    @property
    def waiting(self) -> bool:
        """Whether it will play as soon as there is a sound."""
        return self._play_pending

    @property
    def position(self) -> float:
        return self.player.position_seconds

    def next_frame(self, mel_format: MelFormat) -> int:
        """Frame of the sound, in steps, that has not been handed to the device yet; 0 at rest."""
        if not self.playing:
            return 0
        ahead = (self.position + _AHEAD_SECONDS) * mel_format.sample_rate / mel_format.hop
        return (int(ahead / MOVE_STEP_FRAMES) + 1) * MOVE_STEP_FRAMES

    @property
    def lap(self) -> int:
        """Hits of a one-shot that were heard before the present one; 0 at rest."""
        return self.player.lap if self.playing else 0

    def frames_played(self, mel_format: MelFormat) -> int:
        """Frames of the sound before the one that is heard now; 0 at rest."""
        return int(self.position * mel_format.sample_rate / mel_format.hop) if self.playing else 0

    def open_device(self) -> None:
        """Opens the device in advance, so that `play` starts at once. Does not report a missing device."""
        self.has_tried_device = True
        with contextlib.suppress(AudioDeviceError):
            self.player.open()
        self.poll()
        self.device_tried.emit()

    @property
    def endless(self) -> bool:
        return math.isinf(self.seconds)

    def set_length(self, seconds: float) -> None:
        """Sets the length of the sound that the worker has written to the loop; plays it if `play` waits for it."""
        self.seconds = seconds
        if self._play_pending:
            self.play()
        self.poll()

    def toggle(self) -> None:
        if self.playing or self._play_pending:
            self.stop()
        else:
            self.play()

    def play(self, from_seconds: float = 0.0) -> None:
        """Starts at a position, or jumps there. Emits `failed` where no device can be opened."""
        self._end_preview()
        self._play_pending = not self.seconds
        if self._play_pending:
            self.poll()
            return
        self.has_tried_device = True
        try:
            self.player.play(from_seconds)
        except AudioDeviceError as error:
            self.failed.emit(str(error))
        self.poll()
        self.device_tried.emit()

    def preview(self) -> None:
        """Plays the sound once from the beginning, an endless one for some seconds.

        Does not report a missing device: the user did not press Play.
        """
        if not self.seconds:
            return
        self.has_tried_device = self.previewing = True
        self.player.looping = False
        with contextlib.suppress(AudioDeviceError):
            self.player.play(0.0)
        self.poll()
        self.device_tried.emit()

    def _end_preview(self) -> None:
        if self.previewing:
            self.previewing = False
            self.player.looping = self._looping

    def jump(self, direction: int) -> None:
        """Jumps a tenth of the sound back (-1) or ahead (1), around the ends of the loop."""
        if self.seconds and not self.endless:
            self.play((self.position + direction * _JUMP * self.seconds) % self.seconds)

    def stop(self) -> None:
        self._play_pending = False
        self.player.stop()
        self.poll()

    def set_looping(self, looping: bool) -> None:
        """Sets whether the sound is looped; a preview under way continues as a normal playback."""
        self.previewing, self._looping = False, looping
        self.player.looping = looping

    def close(self) -> None:
        self._timer.stop()
        self.player.close()

    def poll(self) -> None:
        levels = self.player.levels()
        self.peaks_dbfs, self.clipped, self.limited = levels.peaks_dbfs, levels.clipped, levels.limited
        if not self.playing:
            self._end_preview()
        elif self.previewing and self.endless and self.position >= _PREVIEW_SECONDS:
            self.player.stop()
        self.polled.emit()
        self.heard.emit(self.player.take_played())
        self._set_interval(self._frame_rate.next_ms() if self.playing else _IDLE_MS)

    def _set_interval(self, milliseconds: int) -> None:
        """Sets the interval of the timer if it differs, because setting it restarts the timer."""
        if milliseconds != self._timer.interval():
            self._timer.setInterval(milliseconds)
