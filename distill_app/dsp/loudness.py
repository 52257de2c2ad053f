"""Loudness after ITU-R BS.1770, used wherever loudness is measured or matched. numpy only.

K-weighting is two second-order filters, given by De Man ("Evaluation of implementations of the EBU R128 loudness
measurement", AES 2018) for any sample rate: a high shelf for the head, and a high-pass.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SILENCE_LUFS = -120.0
AUDIBLE = 0.01
"""Threshold relative to the peak (-40 dB) at which a sound begins and where it has decayed."""

_OFFSET_DB = -0.691
_SHELF_DB, _SHELF_HZ, _SHELF_Q, _SHELF_EXPONENT = (
    3.999843853973347,
    1681.974450955533,
    0.7071752369554196,
    0.4996667741545416,
)
_HIGH_PASS_HZ, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773
_LEAD_SECONDS = 0.5
"""Lead-in of a filtered block; the high-pass's response has decayed by then: exp(-2π · 38 Hz · 0.5 s) is -520 dB."""
_BLOCK_SECONDS = 10.0

Values = NDArray[np.float64]


def loudness(samples: NDArray[np.floating], sample_rate: int) -> float:
    """Loudness in LUFS of samples `[n]` or `[channels, n]`, ungated; silence is SILENCE_LUFS.

    The K-weighted mean power of the part between the first and the last sample above -40 dB of the peak, whatever the
    length of the sound: silence before and after a short one says nothing of how loud it is. Of more than 3 s it is the
    mean over the whole of that part, not the gated integrated loudness of BS.1770. A sine of 997 Hz at full scale has
    -3.01 in one channel; powers of channels add up.
    """
    channels = np.atleast_2d(samples)
    first, last = audible_span(channels)
    if first == last:
        return SILENCE_LUFS
    power = float(sum(np.square(k_weighted(channel, sample_rate)[first:last]).mean() for channel in channels))
    return lufs(power)


def lufs(power: float) -> float:
    """The loudness of a K-weighted mean power, summed over the channels."""
    return max(SILENCE_LUFS, _OFFSET_DB + 10 * float(np.log10(max(power, 1e-30))))


def audible_span(samples: NDArray[np.floating]) -> tuple[int, int]:
    """First sample of `[channels, n]` or `[n]` above -40 dB of the peak, and the end of the last; 0, 0 for silence."""
    magnitudes = np.abs(np.atleast_2d(samples)).max(axis=0, initial=0.0)
    peak = float(magnitudes.max(initial=0.0))
    if not peak > 0:
        return 0, 0
    heard = np.flatnonzero(magnitudes >= AUDIBLE * peak)
    return int(heard[0]), int(heard[-1]) + 1


def k_weighted(samples: NDArray[np.floating], sample_rate: int) -> Values:
    """Samples `[n]` through both filters, as if silence had been before."""
    return np.concatenate([np.zeros(0), *_blocks(samples, sample_rate)])


def k_weights(frequencies: NDArray[np.floating], sample_rate: int) -> Values:
    """The filters' gain on power at frequencies in Hz."""
    return np.square(np.abs(_response(np.asarray(frequencies, np.float64), sample_rate)))


def _blocks(samples: NDArray[np.floating], sample_rate: int) -> Iterator[Values]:
    """Filtered as products of spectra: each block behind so much of what was before that nothing of it is missing."""
    lead, size = round(_LEAD_SECONDS * sample_rate), round(_BLOCK_SECONDS * sample_rate)
    for start in range(0, len(samples), size):
        begin = max(0, start - lead)
        piece = np.asarray(samples[begin : start + size], np.float64)
        length = _fast_length(len(piece) + lead)
        filtered = np.fft.irfft(np.fft.rfft(piece, length) * _bins(length, sample_rate), length)
        yield filtered[start - begin : len(piece)]


def _fast_length(least: int) -> int:
    """The next multiple of a power of two of at least a sixteenth of it: short FFTs whatever the length."""
    step = 1 << max(0, least.bit_length() - 4)
    return -(-least // step) * step


@lru_cache(maxsize=8)
def _bins(length: int, sample_rate: int) -> NDArray[np.complex128]:
    return _response(np.fft.rfftfreq(length, 1 / sample_rate).astype(np.float64), sample_rate)


def _response(frequencies: Values, sample_rate: int) -> NDArray[np.complex128]:
    delay = np.exp(-2j * np.pi * frequencies / sample_rate)
    powers = np.stack([np.ones_like(delay), delay, delay * delay])
    response: NDArray[np.complex128] = np.ones_like(delay)
    for above, below in (_shelf(sample_rate), _high_pass(sample_rate)):
        response = response * (above @ powers) / (below @ powers)
    return response


def _shelf(sample_rate: int) -> tuple[Values, Values]:
    """Coefficients of the numerator and of the denominator, `[3]` each."""
    k, high = np.tan(np.pi * _SHELF_HZ / sample_rate), 10 ** (_SHELF_DB / 20)
    middle = high**_SHELF_EXPONENT
    below = np.array([1 + k / _SHELF_Q + k * k, 2 * (k * k - 1), 1 - k / _SHELF_Q + k * k])
    above = np.array([high + middle * k / _SHELF_Q + k * k, 2 * (k * k - high), high - middle * k / _SHELF_Q + k * k])
    return above / below[0], below / below[0]


def _high_pass(sample_rate: int) -> tuple[Values, Values]:
    k = np.tan(np.pi * _HIGH_PASS_HZ / sample_rate)
    below = np.array([1 + k / _HIGH_PASS_Q + k * k, 2 * (k * k - 1), 1 - k / _HIGH_PASS_Q + k * k])
    return np.array([1.0, -2.0, 1.0]), below / below[0]
