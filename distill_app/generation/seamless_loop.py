"""A loop whose end continues in its beginning.

    rendered   ├────── head ────────────────────────── loop ─────────────────────┼── tail ──┤
    written    ├ tail ─╲╱─ head ────────────────────────────────────────────────┤

What follows the end is heard at the beginning, and faded into it where the two are most alike within the first moments,
so that their phases fit. After that the loop is the sound itself.
"""

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.fades import splice_gains
from distill_app.dsp.sound import Samples

FADE_SECONDS, SEARCH_SECONDS = 0.1, 0.05
"""Length of the crossfade, and of the stretch in which its place is searched."""

_TINY = 1e-20


def extra_samples(sample_rate: int) -> int:
    """Samples that have to be rendered beyond the length of the loop."""
    return round((FADE_SECONDS + SEARCH_SECONDS) * sample_rate)


def seamless_loop(samples: Samples, length: int, sample_rate: int) -> Samples:
    """Loop `[..., length]` of samples `[..., length + extra_samples]`; shorter fades where the loop is short."""
    fade = min(round(FADE_SECONDS * sample_rate), length // 2)
    begin = _best_begin(samples, length, fade, round(SEARCH_SECONDS * sample_rate))
    loop = samples[..., begin : begin + length].copy()
    tail = samples[..., begin + length : begin + length + fade]
    fall, rise = splice_gains(tail.T, loop[..., :fade].T)
    loop[..., :fade] = tail * fall + loop[..., :fade] * rise
    return np.roll(loop, begin, -1)


def _best_begin(samples: Samples, length: int, fade: int, search: int) -> int:
    """Begin at which the crossfaded parts have the highest normalized correlation."""
    heads, tails = samples[..., : search + fade], samples[..., length : length + search + fade]
    energies = _products(heads, heads, fade) * _products(tails, tails, fade)
    return int(np.argmax(_products(heads, tails, fade) / np.sqrt(np.maximum(energies, _TINY))))


def _products(one: Samples, other: Samples, count: int) -> NDArray[np.float64]:
    """Inner products of the `count` samples from each of `[..., n]` on, of all channels together."""
    products = np.multiply(one, other, dtype=np.float64).reshape(-1, one.shape[-1]).sum(0)
    sums = np.concatenate([[0.0], np.cumsum(products)])
    return sums[count:] - sums[:-count]
