"""A loop whose end continues in its beginning.

    rendered   ├──── head ────────────────────────────── loop ───────────────────┼── tail ──┤
    written    ├ tail → head ───────────────────────────────────────────────────┤

What follows the end is faded into the beginning. The loop begins where the two are most alike within the first moments,
so that their phases fit.
"""

import numpy as np

from distill_app.dsp.fades import splice_gains
from distill_app.dsp.sound import Samples

FADE_SECONDS, SEARCH_SECONDS = 0.1, 0.05
"""Length of the crossfade, and of the stretch in which its place is searched."""

_TINY = 1e-20


def extra_samples(sample_rate: int) -> int:
    """Samples that have to be rendered beyond the length of the loop."""
    return round((FADE_SECONDS + SEARCH_SECONDS) * sample_rate)


def seamless_loop(samples: Samples, length: int, sample_rate: int) -> Samples:
    """Loop `[length]` of samples `[length + extra_samples]`; shorter fades where the loop is short."""
    fade = min(round(FADE_SECONDS * sample_rate), length // 2)
    begin = _best_begin(samples, length, fade, round(SEARCH_SECONDS * sample_rate))
    loop = samples[begin : begin + length].copy()
    tail = samples[begin + length : begin + length + fade]
    fall, rise = splice_gains(tail, loop[:fade])
    loop[:fade] = tail * fall + loop[:fade] * rise
    return loop


def _best_begin(samples: Samples, length: int, fade: int, search: int) -> int:
    """Begin at which the crossfaded parts have the highest normalized correlation."""
    heads = np.lib.stride_tricks.sliding_window_view(samples[: search + fade], fade)
    tails = np.lib.stride_tricks.sliding_window_view(samples[length : length + search + fade], fade)
    products = np.einsum("ij,ij->i", heads, tails, dtype=np.float64)
    energies = np.einsum("ij,ij->i", heads, heads, dtype=np.float64) * np.einsum(
        "ij,ij->i", tails, tails, dtype=np.float64
    )
    return int(np.argmax(products / np.sqrt(np.maximum(energies, 1e-20))))
