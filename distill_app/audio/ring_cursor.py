"""Reads a ring that is written ahead of it, for a sound of any length."""

from dataclasses import dataclass

from distill_app.audio.cursor import Cursor
from distill_app.dsp.sound import Samples


@dataclass(eq=False)
class RingCursor(Cursor):
    """Reading position in a ring.

    Args:
        samples: `[frames, 2]`; frame n of the sound is at n modulo their length.
        position: frame of the sound that is read next.
        lap: frames after which a sound that is not looped ends, 0 where it has no end.
        done: whether the end was read.
    """

    samples: Samples
    position: int
    lap: int = 0
    done: bool = False

    wrap = 0

    def _read_piece(self, out: Samples, looping: bool) -> int:
        """Fills `out` up to the end of the ring or of the lap; returns the number of frames."""
        begin = self.position % len(self.samples)
        count = min(len(out), len(self.samples) - begin)
        if self.lap:
            count = min(count, self.lap - self.position % self.lap)
        out[:count] = self.samples[begin : begin + count]
        self.position += count
        self.done = bool(self.lap) and not looping and self.position % self.lap == 0
        return count
