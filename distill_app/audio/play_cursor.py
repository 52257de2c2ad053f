"""A place in a sound, moving on as it is read: the loop's tail fades into its head."""

from dataclasses import dataclass

import numpy as np

from distill_app.audio.format import CHANNELS
from distill_app.dsp.fades import fade_in, fade_out
from distill_app.dsp.sound import Samples

WRAP_SECONDS = 0.030
"""The loop's tail fades into its head over this time."""
_HIT_FROM, _HIT = 2.0, 6.0
"""A head whose peak is so many times that of the tail begins to count as a hit, and is one."""
_TINY = 1e-9
_EDGE_SECONDS = 0.002  # the last of a sound played once falls to zero


@dataclass(eq=False)
class PlayCursor:
    """See the module.

    Args:
        samples: `[frames, 2]`.
        position: of the next frame.
        wrap: frames of the tail that fade into the head.
        edge: frames over which the end of a sound played once falls to zero.
        wrapping: within the tail, whether it fades into the head or ends there.
        done: whether the end was read.
        hit: within the tail, how surely the head begins with one, 0 … 1.
    """

    samples: Samples
    position: int
    wrap: int
    edge: int
    wrapping: bool | None = None
    done: bool = False
    hit: float = 0.0

    @property
    def frames(self) -> int:
        return len(self.samples)

    def read(self, frames: int, looping: bool) -> Samples:
        """The next `[frames, 2]`; zeros past the end of a sound that is not looped."""
        out = np.zeros((frames, CHANNELS), np.float32)
        filled = 0
        while filled < frames and not self.done:
            filled += self._read_piece(out[filled:], looping)
        return out

    def _read_piece(self, out: Samples, looping: bool) -> int:
        """Fills the beginning of `out`, at most up to the next border: the tail's begin or the end."""
        tail = self.frames - self.wrap
        end = tail if self.position < tail else self.frames
        count = min(len(out), end - self.position)
        out[:count] = self.samples[self.position : self.position + count]
        if self.position >= tail:
            self._shape_tail(out[:count], self.position - tail, looping)
        self.position += count
        if self.position == self.frames:
            self._come_round()
        return count

    def _shape_tail(self, out: Samples, offset: int, looping: bool) -> None:
        """Whether the tail fades into the head or ends there is settled where the tail begins."""
        if self.wrapping is None:
            self.wrapping, self.hit = looping, self._attack()
        place = slice(offset, offset + len(out))
        if self.wrapping:
            out *= fade_out(self.wrap, "equal-power")[place, None]
            rise = fade_in(self.wrap, "equal-power")[place, None]
            out += self.samples[place] * np.maximum(rise, np.float32(self.hit))
        else:
            ending = np.append(np.ones(self.wrap - self.edge, np.float32), fade_out(self.edge, "smooth"))
            out *= ending[place, None]

    def _attack(self) -> float:
        """1 where the head is a hit, far above a tail that has decayed: a fade would take its attack away; else 0."""
        head, tail = (np.abs(part).max(initial=0.0) for part in (self.samples[: self.wrap], self.samples[-self.wrap :]))
        between = (head - _HIT_FROM * tail) / max((_HIT - _HIT_FROM) * tail, _TINY)
        return min(1.0, max(0.0, float(between)))

    def _come_round(self) -> None:
        self.done = not self.wrapping
        self.position = self.wrap if self.wrapping else self.frames
        self.wrapping = None


def cursor_at(samples: Samples, position: int, sample_rate: int) -> PlayCursor:
    """A voice that begins at `position`, or at the end that is nearest to it."""
    frames = len(samples)
    wrap = min(round(WRAP_SECONDS * sample_rate), frames // 4)
    edge = min(round(_EDGE_SECONDS * sample_rate), wrap)
    return PlayCursor(samples, min(max(position, 0), frames - 1), wrap, edge)


def stereo(samples: Samples) -> Samples:
    """`[frames, 2]` of `[channels, frames]`: mono on both sides, more than two channels as their mean.

    A view: copying ten minutes takes longer than the device's ring lasts, and the feeder would wait for it.
    """
    few = samples if len(samples) <= CHANNELS else samples.mean(axis=0, dtype=np.float32)[None]
    return np.broadcast_to(few, (CHANNELS, few.shape[1])).T
