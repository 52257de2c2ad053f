"""Levels of log-mels, and a ceiling that limits them at extreme slider positions."""

import math
from functools import lru_cache

import torch
from torch import Tensor

from distill_app.dsp.loudness import k_weights
from distill_app.dsp.mel import band_centres_hz, filterbank, hann_window
from distill_app.dsp.mel_format import MelFormat

NATS_PER_DB = math.log(10) / 20
_PEAK_MARGIN_DB = 0.6
"""Allowed excess of a render's peak over that of the loudest recording."""
_PEAK_DBFS = -0.2
"""Highest peak of a render, so that the safety limiter stays idle, unless the recordings themselves exceed it."""
_SURELY_DB = 0.01
"""Distance to a ceiling beyond which single precision is enough."""


def frame_levels(mel: Tensor, mel_format: MelFormat) -> Tensor:
    """Estimated RMS of the samples under each frame of log-mels `[n, bands, frames]`, in dBFS `[n, frames]`.

    By Parseval's theorem, with band energy spread evenly over its bins: accurate for noise and below 2 kHz, up to 8 dB
    too low for a single sine at 8 kHz, where bands are wide.
    """
    return torch.logsumexp(2 * (mel + _weights(mel_format).to(mel.dtype)[:, None]), 1) / (2 * NATS_PER_DB)


def window_levels(mel: Tensor, mel_format: MelFormat) -> Tensor:
    """K-weighted level of each log-mel window of `[n, bands, frames]`: half the log energy, `[n]` nats."""
    return torch.logsumexp(2 * (mel + _k_weights(mel_format).to(mel.dtype)[:, None]), (1, 2)) / 2


def k_levels(mel: Tensor, mel_format: MelFormat) -> Tensor:
    """K-weighted level `[..., frames]` of each frame of log-mels `[..., bands, frames]`, in nats."""
    return torch.logsumexp(2 * (mel + _k_weights(mel_format).to(mel.dtype)[:, None]), -2) / 2


def limit_level(mel: Tensor, mel_format: MelFormat, ceiling_dbfs: float) -> Tensor:
    """Log-mel windows `[n, bands, frames]` attenuated so that no frame exceeds the ceiling.

    Computed in double precision where one may: a model file may hold numbers too large for single precision.
    """
    if bool((frame_levels(mel, mel_format) < ceiling_dbfs - _SURELY_DB).all()):
        return mel
    over = (frame_levels(mel.double(), mel_format).amax(1) - ceiling_dbfs).clamp_min(0)
    if not over.any():
        return mel
    return (mel.double() - NATS_PER_DB * over[:, None, None]).to(mel.dtype)


def peak_ceiling_dbfs(recorded: float) -> float:
    """Highest sample peak of a render in dBFS, given that of the loudest recording."""
    return min(recorded + _PEAK_MARGIN_DB, max(recorded - 0.5, _PEAK_DBFS))


@lru_cache(maxsize=4)
@torch.inference_mode(False)
def _k_weights(mel_format: MelFormat) -> Tensor:
    """`_weights` plus the K-weighting of loudness at the band centres, `[bands]`."""
    gains = k_weights(band_centres_hz(mel_format).numpy(), mel_format.sample_rate)
    return _weights(mel_format) + torch.from_numpy(gains).clamp_min(1e-6).log().float() / 2


@lru_cache(maxsize=4)
@torch.inference_mode(False)  # the cached tensor is also used in training
def _weights(mel_format: MelFormat) -> Tensor:
    """Log of each band's share in the samples' RMS at log-mel 0, `[bands]`."""
    filters = filterbank(mel_format).double()
    bins = (filters / filters.sum(0).clamp_min(1e-12)).sum(1)
    squares = mel_format.n_fft * hann_window(mel_format.win).double().square().sum()
    return ((2 * bins / squares).sqrt() / filters.sum(1).clamp_min(1e-12)).log().float()
