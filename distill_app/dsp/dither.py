"""Float samples to whole numbers, and the noise that keeps the rounding error from sounding. numpy only."""

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.sound import Samples


class TpdfDither:
    """Triangular noise of ±1 step, from a seed: with it the rounding error is independent of the sound.

    Its error has mean 0 and variance step²/4, 1/12 of it from rounding (Lipshitz, Wannamaker & Vanderkooy 1992).
    """

    def __init__(self, seed: int = 0) -> None:
        self._random = np.random.default_rng(seed)

    def __call__(self, samples: Samples, bits: int) -> NDArray[np.float64]:
        """`samples` with noise for a word of `bits` added."""
        triangle = self._random.random(samples.shape) - self._random.random(samples.shape)
        return samples + triangle / full_scale(bits)


def full_scale(bits: int) -> int:
    """The whole number that 1.0 stands for: 32768 for 16 bits. It is one beyond the largest that fits."""
    return 1 << (bits - 1)


def to_pcm(samples: NDArray[np.floating], bits: int) -> NDArray[np.int32]:
    """Samples ±1 to whole numbers of `bits`: times `full_scale`, rounded half to even, limited to what fits."""
    scale = full_scale(bits)
    values = np.rint(np.multiply(samples, scale, dtype=np.float64))
    return np.clip(values, -scale, scale - 1).astype(np.int32)
