"""Gains that give frames of recordings the spectrum that is wanted, and leave their texture as it is."""

from functools import lru_cache

import torch
from torch import Tensor

from distill_app.dsp.mel import band_centres_hz
from distill_app.dsp.mel_format import MelFormat
from distill_app.grain.frame_features import SMOOTH_BANDS
from distill_app.grain.targets import mean_power, smooth_bands

_GAIN_MIN, _GAIN_MAX = -6.0, 2.5
"""Nepers: −52 and +22 dB."""
_ERROR_MAX = 0.5
"""Nepers (4 dB) of what a model makes of a recording that are taken for its error, and not for what is asked."""


def gains(wanted: Tensor, smooth: Tensor) -> Tensor:
    """Gains `[bands, n]` in nepers from smoothed recordings to a wanted log-mel, both `[bands, n]`."""
    return (wanted - smooth).clamp(_GAIN_MIN, _GAIN_MAX)


def window_gains(wanted: Tensor, level: Tensor, recorded: Tensor, known: Tensor) -> Tensor:
    """Gains `[bands]` in nepers from a recorded window to a window of the model, log-mels `[bands, n]`.

    They lead from what the model makes of the recording, so that its errors are not imposed on the recording: at the
    recording's own place nothing is changed.

    Args:
        level: the recorded window by which it is brought to a level.
        known: the recorded window as the model knows it.
    """
    powers = (smooth_bands(mean_power(each), SMOOTH_BANDS) for each in (wanted, level, recorded, known))
    asked, loud, found, reconstructed = powers
    return gains(asked, loud + (reconstructed - found).clamp(-_ERROR_MAX, _ERROR_MAX))


def shape(mel: Tensor, band_gains: Tensor, floor: float) -> Tensor:
    """Log-mel `[bands, n]` with gains in nepers; what is silent stays so.

    Args:
        floor: log-mel of silence.
    """
    return torch.where(mel <= floor, mel, (mel + band_gains).clamp_min(floor))


def bin_gains(band_gains: Tensor, mel_format: MelFormat) -> Tensor:
    """Linear gains `[n_fft // 2 + 1, n]` of gains in nepers `[bands, n]`, interpolated between the bands' centres."""
    return (_interpolation(mel_format) @ band_gains).exp()


@lru_cache(maxsize=4)
@torch.inference_mode(False)
def _interpolation(mel_format: MelFormat) -> Tensor:
    """Weights `[bins, bands]` of a linear interpolation over frequency; constant beyond the outer bands."""
    centres = band_centres_hz(mel_format)
    hertz = torch.arange(mel_format.n_fft // 2 + 1) * (mel_format.sample_rate / mel_format.n_fft)
    above = torch.searchsorted(centres, hertz).clamp(1, len(centres) - 1)
    low, high = centres[above - 1], centres[above]
    share = ((hertz - low) / (high - low)).clamp(0, 1)
    weights = torch.zeros(len(hertz), len(centres))
    rows = torch.arange(len(hertz))
    weights[rows, above - 1] = 1 - share
    weights[rows, above] = share
    return weights
