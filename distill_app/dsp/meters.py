"""How loud a sound is. numpy only."""

import math

import numpy as np
from numpy.typing import NDArray


def decibels(amplitude: float | NDArray[np.floating]) -> NDArray[np.float64]:
    """dB re full scale of amplitudes; minus infinity for 0."""
    with np.errstate(divide="ignore"):
        return 20.0 * np.log10(np.abs(np.asarray(amplitude, dtype=np.float64)))


def decibels_of(amplitude: float) -> float:
    """The same of one number, without the time that an array takes."""
    return 20.0 * math.log10(abs(amplitude)) if amplitude else -math.inf


def peak(samples: NDArray[np.floating]) -> NDArray[np.float64]:
    """Sample peak in dBFS, `[...]` of samples `[..., n]`: a full-scale sine gives 0."""
    return decibels(np.max(np.abs(samples), axis=-1, initial=0.0))


def rms(samples: NDArray[np.floating]) -> NDArray[np.float64]:
    """RMS level in dBFS, `[...]` of samples `[..., n]`, re a full-scale square: a full-scale sine gives -3.01."""
    if samples.shape[-1] == 0:
        return decibels(np.zeros(samples.shape[:-1]))
    return decibels(np.sqrt(np.mean(np.square(samples, dtype=np.float64), axis=-1)))


def crest(samples: NDArray[np.floating]) -> NDArray[np.float64]:
    """Peak over RMS in dB, `[...]` of samples `[..., n]`: 3.01 for a sine; not a number for silence."""
    with np.errstate(invalid="ignore"):
        return peak(samples) - rms(samples)
