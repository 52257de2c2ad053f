"""The loop that plays, shared by the window, the worker and the feeder; each call takes microseconds.

The window sets and moves it, the feeder reads it, and the worker, while a slider moves, patches what comes next
without asking the window. What the worker writes is dropped where the window set another sound meanwhile.
"""

import threading
from dataclasses import dataclass

from distill_app.audio.loop_source import LoopSource
from distill_app.dsp.sound import Samples, Sound


@dataclass(frozen=True)
class LoopSnapshot:
    """How the loop stands.

    Args:
        epoch: the number of the sound set last; a patch for an earlier one is dropped.
        playing: whether it sounds.
        position: frame that is read next; all before is written to the device already.
        length: frames of the sound, 0 where there is none.
        wrap: frames of the beginning that are heard within the end; after the end it goes on behind them.
        looping: whether it goes on after the end.
    """

    epoch: int
    playing: bool
    position: int
    length: int
    wrap: int
    looping: bool

    def after(self, frames: int) -> int:
        """Where the loop will be when so many frames more have been read; its end where it does not go on."""
        ahead = self.position + frames
        if ahead < self.length:
            return ahead
        return self.wrap + (ahead - self.length) % (self.length - self.wrap) if self.looping else self.length


class SharedLoop:
    """See the module; everything may be called from any thread. `LoopSource` says what each call does."""

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._source = LoopSource(sample_rate)
        self._lock = threading.Lock()
        self._epoch = 0

    # The window

    def set_loop(self, sound: Sound) -> None:
        """From now on `sound`. Raises ValueError where it has another rate or is empty."""
        with self._lock:
            self._epoch += 1
            self._source.set_loop(sound)

    def play(self, from_frame: int) -> None:
        with self._lock:
            self._source.play(from_frame)

    def stop(self) -> None:
        with self._lock:
            self._source.stop()

    @property
    def looping(self) -> bool:
        return self._source.looping

    @looping.setter
    def looping(self, looping: bool) -> None:
        self._source.looping = looping

    @property
    def playing(self) -> bool:
        with self._lock:
            return self._source.playing

    # The worker

    def moment(self) -> LoopSnapshot:
        with self._lock:
            return self._moment()

    def _moment(self) -> LoopSnapshot:
        source = self._source
        return LoopSnapshot(
            self._epoch,
            source.playing,
            source.position_frames,
            source.length_frames,
            source.wrap_frames,
            source.looping,
        )

    def patch(self, epoch: int, start: int, samples: Samples) -> bool:
        """From now on mono `samples` `[n]` from frame `start` on; whether the sound of `epoch` was still there."""
        scratch = self._scratch()
        with self._lock:
            if epoch == self._epoch:
                self._source.patch(start, samples, scratch)
            return epoch == self._epoch

    def replace_loop(self, epoch: int, sound: Sound) -> bool:
        """Replaces sound and patches by `sound`; the same as `set_loop`, if that of `epoch` is still there."""
        with self._lock:
            if epoch == self._epoch:
                self._source.set_loop(sound)
            return epoch == self._epoch

    def _scratch(self) -> Samples | None:
        """What patches may be written to, copied while the feeder does not wait."""
        with self._lock:
            sound = None if self._source.patched else self._source.sound
        return None if sound is None else sound.samples.copy()

    # The feeder

    def next_block(self, frames: int) -> tuple[LoopSnapshot, Samples]:
        """The next `[frames, 2]`, and how the loop stood before."""
        with self._lock:
            return self._moment(), self._source.next_block(frames)
