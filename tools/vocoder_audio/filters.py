"""Effects for the corpus: filters, reverberation, saturation and levels."""

import numpy as np
from scipy import signal

from . import RATE_HZ

_FRAME, _HOP = 2_048, 512


def moving_lowpass(samples: np.ndarray, cutoff_hz: np.ndarray, resonance_db: float, octave_db: float) -> np.ndarray:
    """Low-pass with a cutoff curve `[n]`, a peak at the cutoff and a slope above it."""
    frequencies, times, spectrum = signal.stft(samples, RATE_HZ, nperseg=_FRAME, noverlap=_FRAME - _HOP)
    cutoffs = np.interp(times * RATE_HZ, np.arange(len(cutoff_hz)), cutoff_hz)
    octaves = np.log2(np.maximum(frequencies, 1.0)[:, None] / cutoffs)
    gain_db = resonance_db * np.exp(-(octaves**2) * 18) - octave_db * np.maximum(octaves, 0.0)
    _, found = signal.istft(spectrum * 10 ** (gain_db / 20), RATE_HZ, nperseg=_FRAME, noverlap=_FRAME - _HOP)
    return found[: len(samples)]


def moving_bandpass(samples: np.ndarray, centre_hz: np.ndarray, octaves: float) -> np.ndarray:
    """Band-pass, a Gaussian of `octaves` on the log-frequency scale, with a centre curve `[n]`."""
    frequencies, times, spectrum = signal.stft(samples, RATE_HZ, nperseg=_FRAME, noverlap=_FRAME - _HOP)
    centres = np.interp(times * RATE_HZ, np.arange(len(centre_hz)), centre_hz)
    away = np.log2(np.maximum(frequencies, 1.0)[:, None] / centres) / octaves
    _, found = signal.istft(spectrum * np.exp(-0.5 * away**2), RATE_HZ, nperseg=_FRAME, noverlap=_FRAME - _HOP)
    return found[: len(samples)]


def equalise(rng: np.random.Generator, samples: np.ndarray) -> np.ndarray:
    """Random equaliser with one to four bells of up to 9 dB."""
    for _ in range(int(rng.integers(1, 5))):
        frequency_hz = np.exp(rng.uniform(np.log(60.0), np.log(14_000.0)))
        samples = signal.sosfilt(bell(frequency_hz, rng.uniform(-9.0, 9.0), rng.uniform(0.4, 3.0)), samples)
    return samples


def bell(frequency_hz: float, gain_db: float, q: float) -> np.ndarray:
    """Peaking equaliser as one second-order section (R. Bristow-Johnson, Audio EQ Cookbook)."""
    angle = 2 * np.pi * frequency_hz / RATE_HZ
    width, amount, middle = np.sin(angle) / (2 * q), 10 ** (gain_db / 40), -2 * np.cos(angle)
    above, below = (
        np.array([1 + width * amount, middle, 1 - width * amount]),
        np.array([1 + width / amount, middle, 1 - width / amount]),
    )
    return np.concatenate([above, below])[None, :] / below[0]


def limit_band(rng: np.random.Generator, samples: np.ndarray) -> np.ndarray:
    """Low-pass at a random cutoff from 3 to 16 kHz, as of an old recorder or a telephone."""
    return signal.sosfilt(signal.butter(4, rng.uniform(3_000.0, 16_000.0), fs=RATE_HZ, output="sos"), samples)


def saturate(rng: np.random.Generator, samples: np.ndarray) -> np.ndarray:
    """Soft saturation."""
    peak = max(float(np.abs(samples).max()), 1e-9)
    return np.tanh(samples / peak * rng.uniform(1.0, 8.0))


def add_reverb(rng: np.random.Generator, samples: np.ndarray) -> np.ndarray:
    """Sound with random reverberation, cut to its length."""
    response = room_response(rng)
    wet = signal.fftconvolve(samples, response)[: len(samples)]
    wet *= np.std(samples) / max(float(np.std(wet)), 1e-9)
    return samples + wet * np.exp(rng.uniform(np.log(0.05), np.log(1.0)))


def room_response(rng: np.random.Generator) -> np.ndarray:
    """Impulse response: early reflections, then noise with exponential decay, faster in the treble (Moorer, 1979)."""
    reverberation_seconds = np.exp(rng.uniform(np.log(0.15), np.log(5.0)))
    times = np.arange(int(reverberation_seconds * RATE_HZ)) / RATE_HZ
    decay = -6.9 / reverberation_seconds  # 60 dB
    low, high = np.exp(decay * times), np.exp(decay * rng.uniform(1.5, 5.0) * times)
    noise = rng.standard_normal(len(times))
    bass = signal.sosfilt(signal.butter(1, rng.uniform(500.0, 6_000.0), fs=RATE_HZ, output="sos"), noise)
    tail = bass * low + (noise - bass) * high
    early = np.zeros(len(times))
    early[rng.integers(100, min(3_000, len(times)), 8)] = rng.uniform(-1, 1, 8) * 6
    return np.concatenate([np.zeros(int(rng.uniform(0.0, 0.03) * RATE_HZ)), tail + early])


def normalise_peak(samples: np.ndarray, peak_db: float) -> np.ndarray:
    """Samples without offset and with their peak at `peak_db` dBFS; silence stays silence."""
    samples = samples - np.mean(samples)
    return samples / max(float(np.abs(samples).max()), 1e-9) * 10 ** (peak_db / 20)


def mix(rng: np.random.Generator, layers: list[np.ndarray]) -> np.ndarray:
    """Sum of sounds of one length, each up to 18 dB below the loudest."""
    return sum((normalise_peak(layer, rng.uniform(-18.0, 0.0)) for layer in layers), np.zeros(len(layers[0])))
