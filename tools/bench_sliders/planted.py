"""Changes of samples whose effect is known: clean ones, and impostors that move a second thing."""

from collections.abc import Callable

import numpy as np

from tools.bench_sliders.bands import RATE_HZ, Signal, Values
from tools.bench_sliders.levels import k_level

Change = Callable[[Signal, float], Signal]
"""Samples and a value from -1 to 1 to changed samples."""


def _filtered(samples: Signal, gain_db: Callable[[Values], Values]) -> Values:
    spectrum = np.fft.rfft(samples.astype(np.float64))
    hz = np.asarray(np.fft.rfftfreq(len(samples), 1 / RATE_HZ), float)
    return np.asarray(np.fft.irfft(spectrum * 10 ** (gain_db(hz) / 20), len(samples)), float)


def _held(samples: Signal, changed: Values) -> Values:
    """Changed samples at the level of what they were."""
    return changed * 10 ** ((k_level(samples) - k_level(changed)) / 20)


def _loudness(samples: Signal, value: float) -> Values:
    return samples.astype(np.float64) * 10 ** (12 * value / 20)


def _slope(samples: Signal, db_per_octave: float) -> Values:
    def gains(hz: Values) -> Values:
        return np.asarray(db_per_octave * np.log2(np.clip(hz, 50, 16_000) / 1_000), float)

    return _held(samples, _filtered(samples, gains))


def _brightness(samples: Signal, value: float) -> Values:
    return _slope(samples, 4 * value)


def _step(samples: Signal, edge_hz: float, gain_db: float) -> Values:
    """Gain above an edge, or below a negative one, over about an octave."""

    def gains(hz: Values) -> Values:
        octaves = np.log2(np.maximum(hz, 1) / abs(edge_hz)) * np.sign(edge_hz)
        return np.asarray(gain_db / (1 + np.exp(-6 * octaves)), float)

    return _held(samples, _filtered(samples, gains))


def _warmth(samples: Signal, value: float) -> Values:
    return _step(samples, -280, 9 * value)


def _air(samples: Signal, value: float) -> Values:
    return _step(samples, 6_000, 14 * value)


def _swelling(samples: Signal, hz: float, depth: float) -> Values:
    turns = 2 * np.pi * hz * np.arange(len(samples)) / RATE_HZ
    return _held(samples, samples * (1 + depth * np.sin(turns)))


def _noise(samples: Signal, value: float) -> Values:
    """Noise of the sound's own spectrum beside it; less than none is not to be had."""
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64)))
    smooth = np.convolve(spectrum, np.ones(801) / 801, "same")
    white = np.fft.rfft(np.random.default_rng(0).normal(size=len(samples)))
    noise = np.fft.irfft(white * smooth, len(samples))
    share = 0.5 * (1 + value)
    return _held(samples, samples * np.sqrt(1 - share**2) + share * noise * np.std(samples) / (np.std(noise) + 1e-12))


CLEAN: dict[str, Change] = {
    "loudness": _loudness,
    "brightness": _brightness,
    "warmth": _warmth,
    "air": _air,
    "noisiness": _noise,
    "roughness": lambda samples, value: _swelling(samples, 70, 0.4 * (1 + value)),
    "modulation": lambda samples, value: _swelling(samples, 5, 0.45 * (1 + value)),
}
IMPOSTORS: dict[str, Change] = {
    "loudness": lambda samples, value: _loudness(_brightness(samples, value), value),
    "brightness": lambda samples, value: _loudness(_brightness(samples, value), 0.8 * value),
    "warmth": lambda samples, value: _warmth(_brightness(samples, -value), value),
    "air": lambda samples, value: _swelling(_air(samples, value), 70, 0.4 * (1 + value)),
    "noisiness": lambda samples, value: _brightness(_noise(samples, value), -value),
    "roughness": lambda samples, value: _loudness(_swelling(samples, 70, 0.4 * (1 + value)), -0.5 * value),
}
