"""Sounds of which is known what each one does."""

from collections.abc import Callable

import numpy as np

from tools.bench_sliders.bands import RATE_HZ, Values

SECONDS = 3
TIMES = np.arange(SECONDS * RATE_HZ) / RATE_HZ


def noise(seed: int = 0) -> Values:
    """Noise with equal power in each octave."""
    white = np.fft.rfft(np.random.default_rng(seed).normal(size=len(TIMES)))
    pink = np.fft.irfft(white / np.sqrt(np.maximum(np.arange(len(white)), 60)), len(TIMES))
    return 0.1 * pink / pink.std()


def tone(frequency_hz: float = 220.0, partials: int = 29) -> Values:
    """Steady tone whose partials fall by 6 dB an octave."""
    numbers = range(1, partials + 1)
    return np.asarray(sum(np.sin(2 * np.pi * frequency_hz * each * TIMES + each**2) / each for each in numbers)) * 0.1


def mixture() -> Values:
    return tone() + 0.3 * noise()


def swelling(sound: Values, frequency_hz: float, depth: float = 0.5) -> Values:
    return sound * (1 + depth * np.sin(2 * np.pi * frequency_hz * TIMES))


def hit(attack_seconds: float = 0.004, fall_seconds: float = 0.1) -> Values:
    """Tone of one second with a linear attack and an exponential decay."""
    shape = np.minimum(TIMES / attack_seconds, 1) * np.exp(-TIMES / fall_seconds)
    return (shape * tone())[:RATE_HZ]


def tilted(sound: Values, gain_db_per_octave: float) -> Values:
    """Sound with a slope around 1 kHz, between 30 Hz and 20 kHz."""
    return filtered(sound, lambda hz: np.asarray(gain_db_per_octave * np.log2(np.clip(hz, 30, 20_000) / 1_000), float))


def raised(sound: Values, low_hz: float, high_hz: float, gain_db: float) -> Values:
    return filtered(sound, lambda hz: np.where((hz >= low_hz) & (hz < high_hz), gain_db, 0.0))


def filtered(sound: Values, gain_db: Callable[[Values], Values]) -> Values:
    spectrum = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    gains = 10 ** (gain_db(hz.astype(np.float64)) / 20)
    return np.asarray(np.fft.irfft(spectrum * gains, len(sound)), float)
