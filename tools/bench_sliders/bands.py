"""Sound in bands of hearing: one transform of it all, Gaussian bands a Cam apart, power every 2.5 ms.

Cams number the bands by the equivalent rectangular bandwidth (Glasberg and Moore 1990). Nothing here comes from the
app, so that a slider cannot please this by being built on it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Spectrum = NDArray[np.complex128]
Signal = NDArray[np.float32] | NDArray[np.float64]

RATE_HZ = 44_100
ENVELOPE_HZ = 400
LOWEST_HZ, HIGHEST_HZ = 45.0, 17_000.0

_PAD_SECONDS = 0.25  # of silence, for the transform is circular
_SMOOTH_HZ = 160.0  # powers keep all changes below, and none above ENVELOPE_HZ / 2
_COMPRESSION = 0.3
_FLOOR = 1e-9  # -90 dB: a band below has no loudness


@dataclass(frozen=True, eq=False)
class Bands:
    """Power of a sound in bands.

    Args:
        power: `[bands, frames]` at `ENVELOPE_HZ`, full scale 1.
        cams: centres of the bands `[bands]`.
    """

    power: Values
    cams: Values

    @property
    def loudness(self) -> Values:
        """Specific loudness `[bands, frames]`: compressed power, 0 below -90 dB."""
        return np.maximum((self.power + _FLOOR) ** _COMPRESSION - _FLOOR**_COMPRESSION, 0.0)

    @property
    def centres_hz(self) -> Values:
        return hz_of(self.cams)


def cams_of(frequency_hz: Values | float) -> Values:
    return np.asarray(21.4 * np.log10(1 + 0.00437 * np.asarray(frequency_hz)), dtype=np.float64)


def hz_of(cams: Values | float) -> Values:
    return np.asarray((10 ** (np.asarray(cams) / 21.4) - 1) / 0.00437, dtype=np.float64)


def to_bands(samples: Signal) -> Bands:
    """Bands of mono samples `[n]` at 44.1 kHz."""
    count = len(samples) + round(_PAD_SECONDS * RATE_HZ)
    spectrum = np.fft.rfft(samples.astype(np.float64), count)
    cams = np.arange(float(cams_of(LOWEST_HZ)), float(cams_of(HIGHEST_HZ)))
    frames = max(1, round(len(samples) * ENVELOPE_HZ / RATE_HZ))
    return Bands(np.stack([_power(spectrum, count, float(hz_of(each)))[:frames] for each in cams]), cams)


def _power(spectrum: Spectrum, count: int, centre_hz: float) -> Values:
    """Power of one band: its bins moved to zero frequency, squared, and resampled in the frequency domain."""
    bin_hz, width_hz = RATE_HZ / count, 24.7 * (0.00437 * centre_hz + 1)
    low = max(1, round((centre_hz - 1.5 * width_hz) / bin_hz))
    high = min(len(spectrum), round((centre_hz + 1.5 * width_hz) / bin_hz) + 1)
    hz = np.arange(low, high) * bin_hz
    part = spectrum[low:high] * np.exp(-np.pi / 2 * ((hz - centre_hz) / width_hz) ** 2)
    size = 2 * len(part)  # squaring doubles the bandwidth
    squared = np.square(np.abs(np.fft.ifft(part, size) * size / count)) * 2
    return _resample(squared, count / RATE_HZ)


def _resample(power: Values, seconds: float) -> Values:
    """Power `[frames]` at `ENVELOPE_HZ` of a whole circle of values."""
    frames = round(seconds * ENVELOPE_HZ)
    changes = np.fft.rfft(power) / len(power)
    changes = np.pad(changes, (0, max(0, frames // 2 + 1 - len(changes))))[: frames // 2 + 1]
    hz = np.arange(len(changes)) / seconds
    fade = np.clip((ENVELOPE_HZ / 2 - hz) / (ENVELOPE_HZ / 2 - _SMOOTH_HZ), 0, 1)
    return np.maximum(np.fft.irfft(changes * fade, frames) * frames, 0.0)


def band_pass(values: Values, low_hz: float, high_hz: float, rate_hz: float = ENVELOPE_HZ) -> Values:
    """Part of series `[..., frames]` between two frequencies, after their mean and ends are taken away smoothly."""
    count = values.shape[-1]
    window = np.minimum(1, np.minimum(np.arange(count) + 0.5, count - np.arange(count) - 0.5) / (0.1 * count))
    centred = (values - values.mean(-1, keepdims=True)) * window
    changes, hz = np.fft.rfft(centred), np.fft.rfftfreq(count, 1 / rate_hz)
    return np.fft.irfft(np.where((hz >= low_hz) & (hz <= high_hz), changes, 0), count)
