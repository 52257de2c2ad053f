"""Measures of a sound's mean spectrum, in bands of hearing."""

import numpy as np

from tools.bench_sliders.bands import Bands, Values

_TINY = 1e-12


def brightness(bands: Bands) -> float:
    """Centre of the specific loudness, in Cams."""
    weights = bands.loudness.mean(1)
    return float((weights * bands.cams).sum() / (weights.sum() + _TINY))


def bandwidth(bands: Bands) -> float:
    """Standard deviation of the specific loudness around its centre, in Cams."""
    weights = bands.loudness.mean(1)
    distances = np.square(bands.cams - brightness(bands))
    return float(np.sqrt((weights * distances).sum() / (weights.sum() + _TINY)))


def warmth(bands: Bands) -> float:
    """Level from 60 to 300 Hz over that from 300 to 3,000 Hz, in dB."""
    return _between(bands, 60, 300) - _between(bands, 300, 3_000)


def air(bands: Bands) -> float:
    """Level above 7 kHz over that from 500 to 5,000 Hz, in dB."""
    return _between(bands, 7_000, 20_000) - _between(bands, 500, 5_000)


def _between(bands: Bands, low_hz: float, high_hz: float) -> float:
    """Mean of the levels per Cam in dB; each Cam is averaged over time as power, floor -80 dB."""
    inside: Values = bands.power[(bands.centres_hz >= low_hz) & (bands.centres_hz < high_hz)]
    return float(10 * np.log10(inside.mean(1) + 1e-8).mean())
