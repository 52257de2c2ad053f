"""Gains that give frames of recordings the spectrum that is wanted, and leave their texture as it is."""

from functools import lru_cache

import torch
from torch import Tensor

from distill_app.dsp.mel import band_centres_hz
from distill_app.dsp.mel_format import MelFormat
from distill_app.grain.frame_features import SMOOTH_BANDS
from distill_app.grain.targets import heard, mean_power, smooth_bands, smooth_power

_GAIN_MIN, _GAIN_MAX = -6.0, 2.5
"""Nepers: −52 and +22 dB."""
_ERROR_MAX = 0.5
"""Nepers (4 dB) of what a model makes of a recording that are taken for its error, and not for what is asked."""
_COURSE_FRAMES, _COURSE_BANDS = 5, 21
"""Frames (58 ms) and bands over which the courses of two hits are smoothed before they are compared."""
_ALIKE, _RAISED_MAX = 2 / 8.686, 20 / 8.686
"""Nepers (2 dB) by which two courses differ before one is changed, and (20 dB) by which a decay is raised at most."""
_FADE_FRAMES = 2
"""Frames (23 ms) after the loudest one over which the change of a decay begins."""


def gains(wanted: Tensor, smooth: Tensor) -> Tensor:
    """Gains `[bands, n]` in nepers from smoothed recordings to a wanted log-mel, both `[bands, n]`."""
    return (wanted - smooth).clamp(_GAIN_MIN, _GAIN_MAX)


def window_gains(wanted: Tensor, level: Tensor) -> Tensor:
    """Gains `[bands]` in nepers from a recorded window to the mean power `[bands]` of a window of the model.

    Args:
        level: `[bands]` of `window_level`.
    """
    return gains(smooth_bands(wanted, SMOOTH_BANDS), level)


def window_level(level: Tensor, recorded: Tensor, known: Tensor) -> Tensor:
    """Log-mel `[bands]` from which the gains of a recorded window lead, of log-mels `[bands, n]`.

    It is what the model makes of the recording, so that its errors are not imposed on the recording: at the
    recording's own place nothing is changed.

    Args:
        level: the recorded window by which it is brought to a level.
        known: the recorded window as the model knows it.
    """
    means = torch.stack([mean_power(each) for each in (level, recorded, known)])
    loud, found, reconstructed = smooth_bands(means, SMOOTH_BANDS)
    return loud + (reconstructed - found).clamp(-_ERROR_MAX, _ERROR_MAX)


def decay_gains(wanted: Tensor, known: Tensor) -> Tensor:
    """Gains `[bands, n]` in nepers that let a hit decay as a window of the model does; constant in the attack.

    They lead from what the model makes of the hit, so that at the hit's own place it decays as it was recorded. The
    mean power of the hit stays as it is.

    Args:
        wanted: log-mel `[bands, n]` of the model.
        known: the hit as the model knows it, `[bands, n]`.
    """
    loudest = int(known.mul(2).logsumexp(0).argmax())
    course = _smooth(wanted) - _smooth(known)
    change = torch.nn.functional.softshrink(course - course[:, loudest, None], _ALIKE).clamp(_GAIN_MIN, _RAISED_MAX)
    change = change * ((torch.arange(known.shape[1]) - loudest) / _FADE_FRAMES).clamp(0, 1)
    return change - smooth_bands(mean_power(known + change) - mean_power(known), _COURSE_BANDS)[:, None]


def _smooth(mel: Tensor) -> Tensor:
    """Log-mel `[bands, n]` of the power over neighbouring frames and bands."""
    return smooth_power(heard(mel, mel), _COURSE_FRAMES, _COURSE_BANDS)


def shape(mel: Tensor, band_gains: Tensor, floor: float) -> Tensor:
    """Log-mel `[bands, n]` with gains in nepers; what is silent stays so.

    Args:
        floor: log-mel of silence.
    """
    return torch.where(mel <= floor, mel, (mel + band_gains).clamp_min(floor))


def bin_gains(band_gains: Tensor, mel_format: MelFormat) -> Tensor:
    """Linear gains `[n_fft // 2 + 1, n]` of gains in nepers `[bands, n]`, interpolated between the bands' centres."""
    above, share = _interpolation(mel_format)
    return torch.lerp(band_gains[above - 1], band_gains[above], share).exp_()


@lru_cache(maxsize=4)
@torch.inference_mode(False)
def _interpolation(mel_format: MelFormat) -> tuple[Tensor, Tensor]:
    """Band above each bin `[bins]`, and its share `[bins, 1]` between the centres; constant beyond the outer bands."""
    centres = band_centres_hz(mel_format)
    hertz = torch.arange(mel_format.n_fft // 2 + 1) * (mel_format.sample_rate / mel_format.n_fft)
    above = torch.searchsorted(centres, hertz).clamp(1, len(centres) - 1)
    low, high = centres[above - 1], centres[above]
    return above, ((hertz - low) / (high - low)).clamp(0, 1)[:, None]
