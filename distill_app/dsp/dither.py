"""Conversion of float samples to integers, and TPDF dither. numpy only."""

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.sound import Samples


class TpdfDither:
    """Triangular dither of ±1 step from a seed, which makes the rounding error independent of the sound.

    The total error has mean 0 and variance step²/4, of which step²/12 is rounding (Lipshitz, Wannamaker & Vanderkooy
    1992).
    """

    def __init__(self, seed: int = 0) -> None:
        self._random = np.random.default_rng(seed)

    def __call__(self, samples: Samples, bits: int) -> NDArray[np.float64]:
        """Samples with the dither for words of `bits` added."""
        triangle = self._random.random(samples.shape) - self._random.random(samples.shape)
        return samples + triangle / full_scale(bits)


def full_scale(bits: int) -> int:
    """Integer that represents 1.0: 32768 for 16 bits, one more than the largest that fits."""
    return 1 << (bits - 1)


def to_pcm(samples: NDArray[np.floating], bits: int) -> NDArray[np.int32]:
    """Samples ±1 as integers of `bits`: multiplied by `full_scale`, rounded half to even, clipped."""
    scale = full_scale(bits)
    values = np.rint(np.multiply(samples, scale, dtype=np.float64))
    return np.clip(values, -scale, scale - 1).astype(np.int32)
