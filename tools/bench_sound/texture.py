"""Texture statistics of a sound, and the distance between two sounds by them.

McDermott & Simoncelli, "Sound texture perception via statistics of the auditory periphery", Neuron 71 (2011): a bank of
half-cosine filters, evenly spaced on the ERB scale of Glasberg & Moore (1990), whose squared responses sum to 1; the
envelope of each band, compressed by the power 0.3, at 400 Hz; its moments, its correlations with other bands, and the
shares of its modulation power. Differences to the paper: shares in six ranges of modulation frequency instead of a
second filter bank, and a floor 60 dB below the loudest band, so that silence in a band is no texture.
"""

from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from tools.vocoder_audio import RATE_HZ

Values = NDArray[np.float64]

BANDS, ENVELOPE_HZ = 30, 400
_LOW_HZ, _COMPRESSION = 20.0, 0.3
_FLOOR = 1e-3  # of amplitude: 60 dB
_APART = (1, 2, 4, 8)
_MODULATION_EDGES_HZ = (1, 3, 8, 20, 50, 100, 200)
_LEAST_RATE = 4 * ENVELOPE_HZ
_DEVIATION_ADDED = 0.05
_TINY = 1e-12


@dataclass(frozen=True)
class Texture:
    """Statistics of the band envelopes, one array for each group.

    Args:
        variation: coefficient of variation, `[BANDS]`.
        skewness: `[BANDS]`.
        log_kurtosis: natural logarithm of the fourth standardised moment, `[BANDS]`.
        correlations: of bands 1, 2, 4 and 8 apart, one after the other.
        modulation: shares of the power from 1 to 200 Hz in six ranges, `[BANDS * 6]`.
    """

    variation: Values
    skewness: Values
    log_kurtosis: Values
    correlations: Values
    modulation: Values


def texture(samples: NDArray[np.floating]) -> Texture:
    """Statistics of mono samples `[n]` at 44.1 kHz, half a second at least."""
    envelopes = band_envelopes(np.asarray(samples, np.float64))
    mean, centred = envelopes.mean(1), envelopes - envelopes.mean(1, keepdims=True)
    variance = np.square(centred).mean(1) + _TINY
    return Texture(
        np.sqrt(variance) / (mean + _TINY),
        (centred**3).mean(1) / variance**1.5,
        np.log((centred**4).mean(1) / variance**2 + _DEVIATION_ADDED),
        _correlations(centred / np.sqrt(variance)[:, None]),
        _modulation_shares(centred).ravel(),
    )


def texture_distance(one: Texture, other: Texture, deviations: Texture) -> float:
    """Mean over the groups of the mean |difference| / (deviation + 0.05); `deviations` as of `deviations_of`."""
    groups = (_values(each) for each in (one, other, deviations))
    parts = [np.abs(a - b) / (deviation + _DEVIATION_ADDED) for a, b, deviation in zip(*groups, strict=True)]
    return float(np.mean([part.mean() for part in parts]))


def deviations_of(textures: list[Texture]) -> Texture:
    """Standard deviation of each statistic over the textures of a corpus."""
    columns = zip(*(_values(each) for each in textures), strict=True)
    return Texture(*(np.stack(column).std(0) for column in columns))


def nearest_distance(one: Texture, textures: list[Texture], deviations: Texture) -> float:
    """Distance to the nearest of some textures."""
    return min(texture_distance(one, each, deviations) for each in textures)


def _values(textures: Texture) -> list[Values]:
    return [getattr(textures, field.name) for field in fields(textures)]


def band_envelopes(samples: Values) -> Values:
    """Compressed envelopes `[BANDS, n]` at `ENVELOPE_HZ` of samples at 44.1 kHz.

    A band is brought to a low rate by an inverse transform of its bins alone; the magnitude of that complex signal is
    the Hilbert envelope.
    """
    spectrum = np.fft.rfft(samples)
    magnitudes = [_magnitude(spectrum, *each, len(samples)) for each in _filters(len(spectrum), RATE_HZ / 2)]
    floor = _FLOOR * max(float(np.sqrt(np.square(each).mean())) for each in magnitudes) + _TINY
    length = max(2, round(len(samples) * ENVELOPE_HZ / RATE_HZ))
    return np.stack([_resample((each + floor) ** _COMPRESSION, length) for each in magnitudes])


@lru_cache(maxsize=8)
def _filters(bins: int, nyquist_hz: float) -> list[tuple[int, Values]]:
    """First bin and response of each filter, where it is not 0."""
    responses = filter_responses(bins, nyquist_hz)
    places = [np.flatnonzero(each) for each in responses]
    return [(int(place[0]), each[place[0] : place[-1] + 1]) for place, each in zip(places, responses, strict=True)]


def filter_responses(bins: int, nyquist_hz: float) -> Values:
    """Half-cosine responses `[BANDS, bins]` on the ERB scale, half overlapping, from 20 Hz to Nyquist."""
    place = _erb_number(np.linspace(0, nyquist_hz, bins))
    edges = np.linspace(_erb_number(_LOW_HZ), _erb_number(nyquist_hz), BANDS + 2)
    offset = (place - edges[1:-1, None]) / (edges[1] - edges[0])
    return np.where(np.abs(offset) < 1, np.cos(offset * np.pi / 2), 0.0)


def _erb_number(hertz: Values | float) -> Values:
    return 21.4 * np.log10(1 + 0.00437 * np.asarray(hertz))


def _magnitude(spectrum: NDArray[np.complex128], first: int, response: Values, samples: int) -> Values:
    """Envelope of one band at the lowest rate that holds it, at least `_LEAST_RATE`."""
    count = len(response)
    size = fft.next_fast_len(max(2 * count, round(samples * _LEAST_RATE / RATE_HZ)))
    kept = np.zeros(size, np.complex128)
    kept[:count] = spectrum[first : first + count] * response
    return np.abs(np.fft.ifft(kept)) * (2 * size / samples)


def _resample(values: Values, length: int) -> Values:
    """Values `[n]` at another rate, by their lowest frequencies alone."""
    return np.fft.irfft(np.fft.rfft(values)[: length // 2 + 1], length) * (length / len(values))


def _correlations(standardised: Values) -> Values:
    return np.concatenate([(standardised[apart:] * standardised[:-apart]).mean(1) for apart in _APART])


def _modulation_shares(centred: Values) -> Values:
    """Shares `[BANDS, 6]` of the power of the envelopes from 1 to 200 Hz."""
    power = np.square(np.abs(np.fft.rfft(centred * np.hanning(centred.shape[1]))))
    hertz = np.fft.rfftfreq(centred.shape[1], 1 / ENVELOPE_HZ)
    inside = [power[:, (hertz >= low) & (hertz < high)].sum(1) for low, high in pairwise(_MODULATION_EDGES_HZ)]
    shares = np.stack(inside, 1)
    return shares / (shares.sum(1, keepdims=True) + _TINY)
