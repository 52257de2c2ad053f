"""Windows and running means that the tone of samples uses. numpy only."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@lru_cache(maxsize=16)
def hann(size: int) -> Values:
    """Periodic Hann window `[size]`. The result is shared: do not write to it."""
    return np.hanning(size + 1)[:-1]


def fft_size(length: int) -> int:
    """Power of two of at least `length`."""
    return 1 << (length - 1).bit_length()


def mean_bins(values: Values, count: int) -> Values:
    """Mean over `count` bins (odd) around each of `[..., bins]`; at the edges over fewer."""
    reach, bins = count // 2, values.shape[-1]
    sums = np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(values, -1)], -1)
    here = np.arange(bins)
    low, high = (here - reach).clip(0), (here + reach + 1).clip(max=bins)
    return np.maximum(sums[..., high] - sums[..., low], 0) / (high - low)


def smoothed(power: Values, width: int) -> Values:
    """Power `[n]` under a Hann window of `width` samples; beyond the edges there is silence."""
    kernel = hann(width + 1)[1:]
    size = fft_size(len(power) + len(kernel) - 1)
    product = np.fft.rfft(power, size) * np.fft.rfft(kernel / kernel.sum(), size)
    return np.maximum(np.fft.irfft(product, size)[(len(kernel) - 1) // 2 :][: len(power)], 0)


def running_min(values: Values, width: int) -> Values:
    """Lowest of each `width` neighbouring values, `[n - width + 1]`, by windows of doubled length."""
    lowest, length = values, 1
    while 2 * length <= width:
        lowest, length = np.minimum(lowest[:-length], lowest[length:]), 2 * length
    rest = width - length
    return np.minimum(lowest[: len(lowest) - rest], lowest[rest:])
