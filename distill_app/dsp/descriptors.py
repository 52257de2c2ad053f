"""Perceptual descriptors: each maps mono samples to one value. numpy only.

Spectra use Hann windows of 2,048 samples every 512. Frames are weighted by their energy, so that silence has no weight.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.loudness import loudness_lufs
from distill_app.dsp.sound import Samples

Values = NDArray[np.float64]
DescriptorFunction = Callable[[Samples, int], float]

_N_FFT, _HOP = 2_048, 512
_TINY = 1e-12
_LOW_BAND_HZ, _HIGH_BAND_HZ = 250.0, 6_000.0
_PITCH_LOW_HZ, _PITCH_HIGH_HZ = 50.0, 1_000.0
_MODULATION_LOW_HZ, _MODULATION_HIGH_HZ = 2.0, 16.0


@dataclass(frozen=True)
class Descriptor:
    """Descriptor of one perceptual quality.

    Args:
        id: name in files and scripts.
        name: name of a slider that raises it.
        unit: unit of its values.
        measure: maps samples `[n]` and their rate in Hz to the value.
        audible_difference: smallest difference worth a slider: a ratio if `ratio`, else in `unit`.
        ratio: values are compared by their ratio, as hearing does with frequencies and times.
    """

    id: str
    name: str
    unit: str
    measure: DescriptorFunction
    audible_difference: float
    ratio: bool = False

    def difference(self, low: float, high: float) -> float:
        """Distance of two values in multiples of the audible difference; never negative."""
        if self.ratio:
            return float(abs(np.log(max(high, _TINY) / max(low, _TINY))) / np.log(self.audible_difference))
        return abs(high - low) / self.audible_difference


def centroid_hz(samples: Samples, sample_rate: int) -> float:
    """Mean frequency of the magnitude spectrum (the definition of librosa's spectral_centroid)."""
    magnitudes, frequencies = _magnitudes(samples, sample_rate)
    return _energy_weighted_mean(magnitudes, _centroids(magnitudes, frequencies))


def spread_hz(samples: Samples, sample_rate: int) -> float:
    """Standard deviation of the magnitude spectrum around its centroid."""
    magnitudes, frequencies = _magnitudes(samples, sample_rate)
    deviations = np.square(frequencies - _centroids(magnitudes, frequencies)[:, None])
    return _energy_weighted_mean(magnitudes, np.sqrt((magnitudes * deviations).sum(1) / (magnitudes.sum(1) + _TINY)))


def flatness(samples: Samples, sample_rate: int) -> float:
    """Geometric over arithmetic mean of the power spectrum: white noise 0.56 (e^-γ), a sine near 0."""
    magnitudes, _ = _magnitudes(samples, sample_rate)
    power = np.square(magnitudes) + _TINY
    return _energy_weighted_mean(magnitudes, np.exp(np.log(power).mean(1)) / power.mean(1))


def low_share_db(samples: Samples, sample_rate: int) -> float:
    """Energy below 250 Hz relative to the total energy, in dB."""
    magnitudes, frequencies = _magnitudes(samples, sample_rate)
    return _share_db(magnitudes, frequencies < _LOW_BAND_HZ)


def high_share_db(samples: Samples, sample_rate: int) -> float:
    """Energy above 6 kHz relative to the total energy, in dB."""
    magnitudes, frequencies = _magnitudes(samples, sample_rate)
    return _share_db(magnitudes, frequencies > _HIGH_BAND_HZ)


def flux(samples: Samples, sample_rate: int) -> float:
    """Mean change of the normalised spectrum over 46 ms: 0 for a held tone, 1 if all energy moves to other bins."""
    magnitudes, _ = _magnitudes(samples, sample_rate)
    shares = magnitudes / (magnitudes.sum(1, keepdims=True) + _TINY)
    change = np.abs(shares[4:] - shares[:-4]).sum(1) / 2
    return _energy_weighted_mean(magnitudes[4:], change) if len(change) else 0.0


def modulation_depth(samples: Samples, sample_rate: int) -> float:
    """Depth of amplitude modulation between 2 and 16 Hz: m for the envelope `1 + m sin(2πft)`."""
    envelope, rate = _envelope(samples, sample_rate, 0.01)
    if len(envelope) < 2 * rate / _MODULATION_LOW_HZ or envelope.mean() < 1e-6:
        return 0.0
    window = np.hanning(len(envelope) + 1)[:-1]
    spectrum = np.abs(np.fft.rfft((envelope - envelope.mean()) * window)) ** 2
    frequencies = np.fft.rfftfreq(len(envelope), 1 / rate)
    inside = (frequencies >= _MODULATION_LOW_HZ) & (frequencies <= _MODULATION_HIGH_HZ)
    variance = 2 * spectrum[inside].sum() / len(envelope) / np.square(window).sum()
    return float(np.sqrt(2 * variance) / envelope.mean())


def attack_seconds(samples: Samples, sample_rate: int) -> float:
    """Rise time of the envelope from 10 % to 90 % of its maximum."""
    envelope, rate = _envelope(samples, sample_rate, 0.002)
    peak = int(envelope.argmax())
    rising = envelope[: peak + 1]
    high = int(np.argmax(rising >= 0.9 * envelope[peak]))
    below = np.flatnonzero(rising[:high] <= 0.1 * envelope[peak])
    return max(high - (int(below[-1]) if len(below) else 0), 1) / rate


def decay_seconds(samples: Samples, sample_rate: int) -> float:
    """Time in which the envelope falls by 20 dB after its maximum, or the time to the end if it does not."""
    envelope, rate = _envelope(samples, sample_rate, 0.005)
    peak = int(envelope.argmax())
    below = np.flatnonzero(envelope[peak:] <= 0.1 * envelope[peak])
    return max(int(below[0]) if len(below) else len(envelope) - peak, 1) / rate


def crest_db(samples: Samples, sample_rate: int) -> float:
    """Crest factor (peak over RMS) in dB: 3.01 for a sine, more for percussive sounds."""
    peak = float(np.abs(samples).max(initial=0.0))
    power = float(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0
    return 20 * float(np.log10(peak + _TINY)) - 10 * float(np.log10(power + _TINY)) if peak > 1e-6 else 0.0


def harmonicity(samples: Samples, sample_rate: int) -> float:
    """Highest normalised autocorrelation at a lag of 1 to 20 ms: 1 for a periodic sound, near 0 for noise."""
    strengths, _, energies = _estimate_periods(samples, sample_rate)
    return float((strengths * energies).sum() / (energies.sum() + _TINY))


def pitch_hz(samples: Samples, sample_rate: int) -> float:
    """Median frequency of the strongest period between 50 and 1,000 Hz, over the louder half of the frames."""
    _, frequencies, energies = _estimate_periods(samples, sample_rate)
    return float(np.median(frequencies[energies >= np.median(energies)]))


def _frames(samples: Samples, size: int, hop: int) -> Values:
    padded = np.pad(samples.astype(np.float64), (0, max(0, size - len(samples))))
    return np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]


def _magnitudes(samples: Samples, sample_rate: int) -> tuple[Values, Values]:
    """Magnitude spectra `[frames, bins]` and the bins' frequencies in Hz."""
    window = np.hanning(_N_FFT + 1)[:-1]
    frequencies = np.arange(_N_FFT // 2 + 1, dtype=np.float64) * float(sample_rate / _N_FFT)
    magnitudes = np.abs(np.fft.rfft(_frames(samples, _N_FFT, _HOP) * window))
    return magnitudes, frequencies


def _centroids(magnitudes: Values, frequencies: Values) -> Values:
    return magnitudes @ frequencies / (magnitudes.sum(1) + _TINY)


def _energy_weighted_mean(magnitudes: Values, values: Values) -> float:
    """Mean of one value per frame, weighted by the frames' energy."""
    energies = np.square(magnitudes).sum(1)
    return float((values * energies).sum() / (energies.sum() + _TINY))


def _share_db(magnitudes: Values, chosen: NDArray[np.bool_]) -> float:
    power = np.square(magnitudes).sum(0)
    return float(10 * np.log10((power[chosen].sum() + _TINY) / (power.sum() + _TINY)))


def _envelope(samples: Samples, sample_rate: int, seconds: float) -> tuple[Values, float]:
    """RMS over windows of `2 * seconds`, every `seconds`, and its rate in Hz."""
    hop = max(1, round(seconds * sample_rate))
    return np.sqrt(np.square(_frames(samples, 2 * hop, hop)).mean(1)), sample_rate / hop


def _estimate_periods(samples: Samples, sample_rate: int) -> tuple[Values, Values, Values]:
    """Strength of the best period, its frequency in Hz and the energy, per frame."""
    low, high = round(sample_rate / _PITCH_HIGH_HZ), round(sample_rate / _PITCH_LOW_HZ)
    frames = _frames(samples, 4 * high, 2 * high)
    head, size = 2 * high, 8 * high
    spectrum = np.fft.rfft(frames, size)
    products = np.fft.irfft(spectrum * np.fft.rfft(frames[:, :head], size).conj(), size)[:, : high + 1]
    sums = np.pad(np.cumsum(np.square(frames), axis=1), ((0, 0), (1, 0)))
    energies = sums[:, head : head + high + 1] - sums[:, : high + 1]
    normal = products / np.sqrt(energies[:, :1] * energies + _TINY)
    lags = _best_lags(normal, low)
    return normal[np.arange(len(lags)), lags].clip(0, 1), sample_rate / lags, energies[:, 0]


def _best_lags(normal: Values, low: int) -> NDArray[np.int64]:
    """Shortest lag that is a peak and nearly as strong as the strongest, so that it is no multiple of the period."""
    inside = normal[:, low:-1]
    peaks = (inside >= normal[:, low - 1 : -2]) & (inside >= normal[:, low + 1 :])
    strong = peaks & (inside >= 0.95 * np.where(peaks, inside, -1).max(1, keepdims=True))
    return np.where(strong.any(1), strong.argmax(1), inside.argmax(1)) + low


DESCRIPTORS = (
    Descriptor("loudness", "Loudness", "LUFS", loudness_lufs, 2.0),
    Descriptor("centroid", "Brightness", "Hz", centroid_hz, 1.15, ratio=True),
    Descriptor("flatness", "Noisiness", "", flatness, 1.5, ratio=True),
    Descriptor("low_share", "Warmth", "dB", low_share_db, 2.0),
    Descriptor("high_share", "Air", "dB", high_share_db, 3.0),
    Descriptor("spread", "Width", "Hz", spread_hz, 1.15, ratio=True),
    Descriptor("harmonicity", "Tonality", "", harmonicity, 0.1),
    Descriptor("pitch", "Pitch", "Hz", pitch_hz, 1.06, ratio=True),
    Descriptor("flux", "Motion", "", flux, 0.04),
    Descriptor("modulation", "Modulation", "", modulation_depth, 0.1),
    Descriptor("crest", "Punch", "dB", crest_db, 2.0),
    Descriptor("attack", "Attack", "s", attack_seconds, 1.5, ratio=True),
    Descriptor("decay", "Decay", "s", decay_seconds, 1.3, ratio=True),
)
"""All descriptors; if two fit an axis equally well, the earlier one names it."""


def descriptor(name: str) -> Descriptor:
    """Descriptor with the id `name`. Raises KeyError if there is none."""
    return {each.id: each for each in DESCRIPTORS}[name]
