"""More or less noise between the partials of samples, at the spectrum that they have. numpy only."""

import math

import numpy as np
from numpy.typing import NDArray

from distill_app.tone.sample_windows import hann, mean_bins

NOISE_REACH, CLEAN_REACH = 1_024, 4_096
"""Samples on either side of one that its noise depends on, and its cleaning."""
_NOISE_FFT, _NOISE_BINS = 1_024, 9
_CLEAN_FFT, _CLEAN_BINS, _CLEAN_MIN, _CLEAN_POWER = 4_096, 31, 0.05, 1.5
_SHARE = 0.8
_NOISE_BLOCK = 8_192
_OVERLAP, _HANN_SQUARES = 4, 1.5
_TINY = 1e-9

Values = NDArray[np.float64]
Spectra = NDArray[np.complex128]


def noisier(samples: Values, first: int, value: float) -> Values:
    """Samples `[channels, n]` mixed with noise of their own spectrum, in short frames, so that attacks stay.

    Args:
        first: number of the first sample in the sound; the noise depends on the place.
        value: 0 … 1.
    """
    share, spectra = _SHARE * value, _transform(samples, first, _NOISE_FFT)
    white = _transform(np.broadcast_to(_white(first, samples.shape[1]), samples.shape), first, _NOISE_FFT)
    envelope = np.sqrt(mean_bins(np.square(np.abs(spectra)), _NOISE_BINS))
    unit = white / math.sqrt(float(np.square(hann(_NOISE_FFT)).sum()))
    mixed = math.sqrt(1 - share**2) * spectra + share * envelope * unit
    return _synthesized(_spectrum_held(spectra, mixed, 2 * _NOISE_BINS - 1), samples.shape[1], first, _NOISE_FFT)


def cleaner(samples: Values, first: int, value: float) -> Values:
    """Samples `[channels, n]` without what lies between the peaks of their spectrum.

    Args:
        value: 0 … 1.
    """
    spectra = _transform(samples, first, _CLEAN_FFT)
    magnitudes = np.abs(spectra)
    prominence = magnitudes / (mean_bins(magnitudes, _CLEAN_BINS) + _TINY)
    kept = spectra * prominence.clip(_CLEAN_MIN, 1) ** (_CLEAN_POWER * value)
    return _synthesized(_spectrum_held(spectra, kept, 2 * _CLEAN_BINS - 1), samples.shape[1], first, _CLEAN_FFT)


def _spectrum_held(before: Spectra, after: Spectra, bins: int) -> Spectra:
    """Spectra `after` with the power of `before` over `bins` neighbouring bins."""
    powers = [mean_bins(np.square(np.abs(each)), bins) for each in (before, after)]
    return after * np.sqrt(powers[0] / (powers[1] + _TINY**2))


def _transform(samples: Values, first: int, n_fft: int) -> Spectra:
    """Spectra `[channels, frames, bins]` of frames at absolute multiples of the hop."""
    hop = n_fft // _OVERLAP
    lead = n_fft + first % hop
    count = -(-(samples.shape[1] + lead) // hop)
    padded = np.pad(samples, ((0, 0), (lead, count * hop + n_fft - lead - samples.shape[1])))
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft, 1)[:, ::hop]
    return np.fft.rfft(frames * hann(n_fft))


def _synthesized(spectra: Spectra, length: int, first: int, n_fft: int) -> Values:
    """Samples `[channels, length]` of `_transform`'s spectra, by overlap-add."""
    hop, frames = n_fft // _OVERLAP, np.fft.irfft(spectra, n_fft) * hann(n_fft)
    channels, count, _ = frames.shape
    total = np.zeros((channels, (count - 1) * hop + n_fft))
    for part in range(_OVERLAP):
        piece = frames[:, :, part * hop : (part + 1) * hop].reshape(channels, -1)
        total[:, part * hop : part * hop + piece.shape[1]] += piece
    lead = n_fft + first % hop
    return total[:, lead : lead + length] / _HANN_SQUARES


def _white(first: int, count: int) -> Values:
    """White noise `[count]` of deviation 1 that depends on the place alone."""
    blocks = range(first // _NOISE_BLOCK, (first + count - 1) // _NOISE_BLOCK + 1)
    noise = [np.random.Generator(np.random.Philox(key=block)).standard_normal(_NOISE_BLOCK) for block in blocks]
    return np.concatenate(noise)[first - blocks[0] * _NOISE_BLOCK :][:count]
