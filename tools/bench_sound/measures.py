"""Measures of single renders. Samples `[n]` are mono at 44.1 kHz; log-mels `[bands, frames]` are in nepers."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.dsp.mel import to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.window import WINDOW_FRAMES
from tools.vocoder_audio import RATE_HZ

Samples = NDArray[np.float32]

HOP = DISTILL_MEL.hop
PIECE_SAMPLES = WINDOW_FRAMES * HOP
"""Length in which sounds are compared: a window of the model, 1.49 s."""
DB_PER_NEPER = 20 / math.log(10)
FRAMES_PER_SECOND = DISTILL_MEL.sample_rate / HOP
REPETITION_SECONDS_LEAST = 6.0
"""Shortest sound whose repetition is measured: twice the longest lag."""
_LAG_SECONDS = 0.5, 3.0
_RANGE_NEPERS = 60 / DB_PER_NEPER
_STEP_FRAMES, _STEP_PERCENTILE = 43, 90  # half a second on either side
_POOLED_FRAMES = 4
_ENVELOPE_SECONDS = 0.001
_ONSET_LEVEL = 0.1
_TINY = 1e-12


def repetition(samples: Samples) -> float:
    """Highest correlation of the log-mel's fluctuation with itself at any lag from 0.5 to 3 s.

    Each band minus its mean over time, at most 60 dB below the loudest cell. 1 for a loop that is shorter than 3 s; NaN
    for a sound shorter than `REPETITION_SECONDS_LEAST`.
    """
    if len(samples) < REPETITION_SECONDS_LEAST * RATE_HZ:
        return math.nan
    mel = clip_range(to_mel(samples)).double()
    moving = mel - mel.mean(1, keepdim=True)
    first, last = (round(each * FRAMES_PER_SECOND) for each in _LAG_SECONDS)
    return max(_correlation(moving[:, :-lag], moving[:, lag:]) for lag in range(first, last + 1))


def spectrum_step_db(samples: Samples) -> float:
    """Change of spectrum from one half second to the next in dB, where it is large: the 90th percentile over time.

    Mean |difference| of the mean powers, at most 60 dB below the loudest cell. A sound that goes on as it is has small
    steps, one that is patched together of unlike sounds has large ones. NaN for a sound shorter than two seconds.
    """
    powers = (2 * clip_range(to_mel(samples)).double()).exp()
    if powers.shape[1] < 4 * _STEP_FRAMES:
        return math.nan
    means = torch.nn.functional.avg_pool1d(powers, _STEP_FRAMES, 1).log() / 2
    steps = (means[:, _STEP_FRAMES:] - means[:, :-_STEP_FRAMES]).abs().mean(0)
    return DB_PER_NEPER * float(np.percentile(steps.numpy(), _STEP_PERCENTILE))


def _correlation(one: Tensor, other: Tensor) -> float:
    return float((one * other).sum() / (one.norm() * other.norm()).clamp_min(_TINY))


def clip_range(mel: Tensor) -> Tensor:
    """Log-mel with what lies more than 60 dB below its loudest cell raised to that level."""
    return mel.clamp_min(float(mel.max()) - _RANGE_NEPERS)


def mel_error_db(asked: Tensor, mel: Tensor) -> float:
    """Mean |difference| of two log-mels in dB, cell by cell, over the shorter time.

    Both are at most 60 dB below the loudest cell of the asked one.
    """
    frames = min(asked.shape[1], mel.shape[1])
    floor = float(asked.max()) - _RANGE_NEPERS
    one, other = (each[:, :frames].clamp_min(floor) for each in (asked, mel))
    return DB_PER_NEPER * float((one - other).abs().mean())


def spectrum_error_db(asked: Tensor, mel: Tensor) -> float:
    """Mean |difference| of the spectra in dB, each the mean power over time of a log-mel."""
    return mel_error_db(mean_spectrum(asked), mean_spectrum(mel))


def mean_spectrum(mel: Tensor) -> Tensor:
    """Log-mel `[bands, 1]` of the mean power over time."""
    return 0.5 * (torch.logsumexp(2 * mel.double(), 1, keepdim=True) - math.log(mel.shape[1])).float()


def piece_mel(samples: Samples) -> Tensor:
    """Log-mel of samples, padded with silence to a window at least."""
    return to_mel(np.pad(samples, (0, max(0, PIECE_SAMPLES - len(samples)))))


def pooled_windows(mel: Tensor, hop: int) -> Tensor:
    """Features `[n, features]` of the windows of a log-mel, `hop` frames apart: means over four frames.

    Each window is at most 60 dB below its loudest cell.
    """
    windows = mel.unfold(1, WINDOW_FRAMES, hop).transpose(0, 1)
    floors = windows.amax((1, 2), keepdim=True) - _RANGE_NEPERS
    return torch.nn.functional.avg_pool1d(torch.maximum(windows, floors), _POOLED_FRAMES).flatten(1)


def novelty_db(mel: Tensor, known: Tensor) -> float:
    """Mean distance of a log-mel's windows to the nearest known one: mean |difference| in dB; NaN if it is too short.

    Args:
        known: features of the recordings' windows, as of `pooled_windows`.
    """
    if mel.shape[1] < WINDOW_FRAMES:
        return math.nan
    features = pooled_windows(mel, WINDOW_FRAMES)
    nearest = torch.cdist(features, known, p=1).min(1).values
    return DB_PER_NEPER * float(nearest.mean()) / features.shape[1]


@dataclass(frozen=True)
class Attack:
    """Beginning of a one-shot.

    Args:
        onset_ms: from the begin of the render to a tenth of its peak.
        rise_ms: from a tenth to nine tenths of the peak.
        crest_db: peak over the RMS of the whole.
    """

    onset_ms: float
    rise_ms: float
    crest_db: float


def attack(samples: Samples) -> Attack:
    """Attack of one-shot samples, by their envelope: the running maximum over 1 ms. NaN for silence."""
    magnitude = np.abs(np.asarray(samples, np.float64))
    peak = float(magnitude.max(initial=0.0))
    if peak <= 0:
        return Attack(math.nan, math.nan, math.nan)
    envelope = _running_maximum(magnitude, round(_ENVELOPE_SECONDS * RATE_HZ))
    onset = int(np.argmax(envelope >= _ONSET_LEVEL * peak))
    risen = int(np.argmax(envelope >= (1 - _ONSET_LEVEL) * peak))
    rms = float(np.sqrt(np.square(magnitude).mean()))
    return Attack(1e3 * onset / RATE_HZ, 1e3 * (risen - onset) / RATE_HZ, 20 * math.log10(peak / rms))


def _running_maximum(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Maximum of each value and the `size - 1` before it."""
    padded = np.pad(values, (size - 1, 0))
    return np.lib.stride_tricks.sliding_window_view(padded, size).max(1)
