"""Reads a sound in a loop whose tail fades into its head, or once."""

from dataclasses import dataclass

import numpy as np

from distill_app.audio.cursor import Cursor
from distill_app.audio.format import CHANNELS
from distill_app.dsp.fades import fade_in, fade_out
from distill_app.dsp.sound import Samples

WRAP_SECONDS = 0.030
"""Length of the crossfade from the loop's tail to its head."""
_HIT_FROM, _HIT = 2.0, 6.0
"""Ratios of the head's peak to the tail's, at which the head begins to count as a percussive hit, and surely is one."""
_TINY = 1e-9
_EDGE_SECONDS = 0.002  # fade at the end of a sound played once


@dataclass(eq=False)
class PlayCursor(Cursor):
    """Reading position in a sound.

    Args:
        samples: `[frames, 2]`.
        position: frame that is read next.
        wrap: frames of the tail that fade into the head; 0 where the end continues in the beginning.
        edge: frames of the fade at the end of a sound played once.
        wrapping: within the tail, whether it fades into the head or ends; None outside the tail.
        done: whether the end was read.
        hit: within the tail, certainty that the head is a hit, 0 … 1.
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

    def _read_piece(self, out: Samples, looping: bool) -> int:
        """Fills `out` up to the begin of the tail or the end of the sound; returns the number of frames."""
        tail = self.frames - self.wrap
        end = tail if self.position < tail else self.frames
        count = min(len(out), end - self.position)
        out[:count] = self.samples[self.position : self.position + count]
        if self.position >= tail:
            self._shape_tail(out[:count], self.position - tail, looping)
        self.position += count
        if self.position == self.frames:
            self._wrap_around(looping)
        return count

    def _shape_tail(self, out: Samples, offset: int, looping: bool) -> None:
        """Crossfades frames of the tail with the head, or fades them out; decided where the tail begins."""
        if self.wrapping is None:
            self.wrapping, self.hit = looping, self._head_is_hit()
        place = slice(offset, offset + len(out))
        if self.wrapping:
            out *= fade_out(self.wrap, "equal-power")[place, None]
            rise = fade_in(self.wrap, "equal-power")[place, None]
            out += self.samples[place] * np.maximum(rise, np.float32(self.hit))
        else:
            ending = np.append(np.ones(self.wrap - self.edge, np.float32), fade_out(self.edge, "smooth"))
            out *= ending[place, None]

    def _head_is_hit(self) -> float:
        """Certainty, 0 … 1, that the head is a hit after a decayed tail: a fade-in would remove its attack."""
        head, tail = (np.abs(part).max(initial=0.0) for part in (self.samples[: self.wrap], self.samples[-self.wrap :]))
        between = (head - _HIT_FROM * tail) / max((_HIT - _HIT_FROM) * tail, _TINY)
        return min(1.0, max(0.0, float(between)))

    def _wrap_around(self, looping: bool) -> None:
        wraps = looping if self.wrapping is None else self.wrapping
        self.done = not wraps
        self.position = self.wrap if wraps else self.frames
        self.wrapping = None


def cursor_at(samples: Samples, position: int, sample_rate: int, seamless: bool = False) -> PlayCursor:
    """Cursor at `position`, clamped to the sound.

    Args:
        seamless: whether the sound's end continues in its beginning.
    """
    frames = len(samples)
    wrap = 0 if seamless else min(round(WRAP_SECONDS * sample_rate), frames // 4)
    edge = min(round(_EDGE_SECONDS * sample_rate), wrap)
    return PlayCursor(samples, min(max(position, 0), frames - 1), wrap, edge)


def with_channels(samples: Samples, channels: int) -> Samples:
    """Copy of `[1 or channels, frames]` with at least so many channels."""
    return np.broadcast_to(samples, (max(len(samples), channels), samples.shape[1])).copy()


def stereo(samples: Samples) -> Samples:
    """View `[frames, 2]` of `[channels, frames]`: mono on both sides, more than two channels as their mean.

    Not a copy: copying ten minutes takes longer than the device's ring lasts.
    """
    two_channels = samples if len(samples) <= CHANNELS else samples.mean(axis=0, dtype=np.float32)[None]
    return np.broadcast_to(two_channels, (CHANNELS, two_channels.shape[1])).T
