"""Ungated loudness after ITU-R BS.1770. numpy only.

K-weighting is two second-order filters, a high shelf for the head and a high-pass, with coefficients for any sample
rate by De Man ("Evaluation of implementations of the EBU R128 loudness measurement", AES 2018).
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SILENCE_LUFS = -120.0
AUDIBLE = 0.01
"""Threshold relative to the peak (-40 dB) at which a sound begins and ends."""

_OFFSET_DB = -0.691
_HIGH_SHELF_DB, _HIGH_SHELF_HZ, _HIGH_SHELF_Q, _HIGH_SHELF_EXPONENT = (
    3.999843853973347,
    1681.974450955533,
    0.7071752369554196,
    0.4996667741545416,
)
_HIGH_PASS_HZ, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773
_LEAD_IN_SECONDS = 0.5
"""Lead-in of a filtered block, in which the high-pass decays by exp(-2π · 38 Hz · 0.5 s), or 520 dB."""
_BLOCK_SECONDS = 10.0

Values = NDArray[np.float64]


def loudness_lufs(samples: NDArray[np.floating], sample_rate: int) -> float:
    """Loudness in LUFS of samples `[n]` or `[channels, n]`, ungated; SILENCE_LUFS for silence.

    It is the K-weighted mean power between the first and the last sample above -40 dB of the peak, so that silence
    around a short sound does not lower it. It is not the gated integrated loudness of BS.1770. A full-scale sine of
    997 Hz in one channel has -3.01; the powers of channels add up.
    """
    channels = np.atleast_2d(samples)
    first, last = audible_span(channels)
    if first == last:
        return SILENCE_LUFS
    power = float(sum(np.square(k_weighted(channel, sample_rate)[first:last]).mean() for channel in channels))
    return power_to_lufs(power)


def power_to_lufs(power: float) -> float:
    """Loudness in LUFS of a K-weighted mean power, summed over the channels."""
    return max(SILENCE_LUFS, _OFFSET_DB + 10 * float(np.log10(max(power, 1e-30))))


def audible_span(samples: NDArray[np.floating]) -> tuple[int, int]:
    """Start and end of the samples of `[channels, n]` or `[n]` above -40 dB of the peak; 0, 0 for silence."""
    magnitudes = np.abs(np.atleast_2d(samples)).max(axis=0, initial=0.0)
    peak = float(magnitudes.max(initial=0.0))
    if not peak > 0:
        return 0, 0
    heard = np.flatnonzero(magnitudes >= AUDIBLE * peak)
    return int(heard[0]), int(heard[-1]) + 1


def k_weighted(samples: NDArray[np.floating], sample_rate: int) -> Values:
    """K-weighted samples `[n]`, filtered as if preceded by silence."""
    return np.concatenate([np.zeros(0), *_filter_blocks(samples, sample_rate)])


def k_weights(frequencies: NDArray[np.floating], sample_rate: int) -> Values:
    """K-weighting's gain on power at frequencies in Hz."""
    return np.square(np.abs(_response(np.asarray(frequencies, np.float64), sample_rate)))


def _filter_blocks(samples: NDArray[np.floating], sample_rate: int) -> Iterator[Values]:
    """Blocks filtered by multiplying spectra, each with a lead-in that contains the filters' response before it."""
    lead, size = round(_LEAD_IN_SECONDS * sample_rate), round(_BLOCK_SECONDS * sample_rate)
    for start in range(0, len(samples), size):
        begin = max(0, start - lead)
        piece = np.asarray(samples[begin : start + size], np.float64)
        length = _fft_length(len(piece) + lead)
        filtered = np.fft.irfft(np.fft.rfft(piece, length) * _response_at_bins(length, sample_rate), length)
        yield filtered[start - begin : len(piece)]


def _fft_length(least: int) -> int:
    """Smallest multiple of a large power of two that is at least `least`: a fast FFT, at most an eighth longer."""
    step = 1 << max(0, least.bit_length() - 4)
    return -(-least // step) * step


@lru_cache(maxsize=8)
def _response_at_bins(length: int, sample_rate: int) -> NDArray[np.complex128]:
    return _response(np.fft.rfftfreq(length, 1 / sample_rate).astype(np.float64), sample_rate)


def _response(frequencies: Values, sample_rate: int) -> NDArray[np.complex128]:
    delay = np.exp(-2j * np.pi * frequencies / sample_rate)
    powers = np.stack([np.ones_like(delay), delay, delay * delay])
    response: NDArray[np.complex128] = np.ones_like(delay)
    for above, below in (_high_shelf(sample_rate), _high_pass(sample_rate)):
        response = response * (above @ powers) / (below @ powers)
    return response


def _high_shelf(sample_rate: int) -> tuple[Values, Values]:
    """Numerator and denominator coefficients, `[3]` each."""
    k, high = np.tan(np.pi * _HIGH_SHELF_HZ / sample_rate), 10 ** (_HIGH_SHELF_DB / 20)
    middle = high**_HIGH_SHELF_EXPONENT
    below = np.array([1 + k / _HIGH_SHELF_Q + k * k, 2 * (k * k - 1), 1 - k / _HIGH_SHELF_Q + k * k])
    above = np.array(
        [high + middle * k / _HIGH_SHELF_Q + k * k, 2 * (k * k - high), high - middle * k / _HIGH_SHELF_Q + k * k]
    )
    return above / below[0], below / below[0]


def _high_pass(sample_rate: int) -> tuple[Values, Values]:
    k = np.tan(np.pi * _HIGH_PASS_HZ / sample_rate)
    below = np.array([1 + k / _HIGH_PASS_Q + k * k, 2 * (k * k - 1), 1 - k / _HIGH_PASS_Q + k * k])
    return np.array([1.0, -2.0, 1.0]), below / below[0]
