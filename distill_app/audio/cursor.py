"""Reading position in samples that are read piece by piece."""

import numpy as np

from distill_app.audio.format import CHANNELS
from distill_app.dsp.sound import Samples


class Cursor:
    """Base of cursors.

    Attributes:
        done: whether the end was read.
    """

    done: bool

    def read(self, frames: int, looping: bool) -> Samples:
        """The next `[frames, 2]`; zeros past the end of what is not looped."""
        out = np.zeros((frames, CHANNELS), np.float32)
        filled = 0
        while filled < frames and not self.done:
            filled += self._read_piece(out[filled:], looping)
        return out

    def _read_piece(self, out: Samples, looping: bool) -> int:
        """Fills the beginning of `out`; returns the number of frames."""
        raise NotImplementedError
