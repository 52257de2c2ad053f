"""Descriptors of the spectrum, computed on mels: no sound is rendered.

The magnitude of each band is spread over its bins, and what the descriptors of rendered sound mean is computed on them
(`distill_app.dsp.descriptors`). Pitch and all that happens in time needs the sound itself.
"""

import torch
from torch import Tensor

from distill_app.dsp.mel import filterbank
from distill_app.dsp.mel_format import MelFormat
from distill_app.models.loudness import NATS_PER_DB, window_levels

_TINY = 1e-12
_LOW_BAND_HZ, _HIGH_BAND_HZ = 250.0, 6_000.0


def mel_descriptors(mel: Tensor, mel_format: MelFormat) -> dict[str, Tensor]:
    """Values `[n]` of log-mels `[n, bands, frames]` by the id of the descriptor."""
    magnitudes = _magnitudes(mel, mel_format)
    hz = torch.arange(magnitudes.shape[1], dtype=torch.float64) * mel_format.sample_rate / mel_format.n_fft
    sums = magnitudes.sum(1) + _TINY
    centroids = (magnitudes * hz[:, None]).sum(1) / sums
    deviations = (hz[:, None] - centroids[:, None]).square()
    return {
        "loudness": window_levels(mel.double(), mel_format) / NATS_PER_DB,
        "centroid": _energy_weighted_mean(magnitudes, centroids),
        "flatness": _energy_weighted_mean(magnitudes, _flatness(magnitudes)),
        "low_share": _share_db(magnitudes, hz < _LOW_BAND_HZ),
        "high_share": _share_db(magnitudes, hz > _HIGH_BAND_HZ),
        "spread": _energy_weighted_mean(magnitudes, ((magnitudes * deviations).sum(1) / sums).sqrt()),
    }


def _magnitudes(mel: Tensor, mel_format: MelFormat) -> Tensor:
    """Magnitudes `[n, bins, frames]`: each bin takes the mean of the bands that it belongs to."""
    filters = filterbank(mel_format).double()
    bands = mel.double().exp() / filters.sum(1)[:, None]
    return (filters / filters.sum(0).clamp_min(_TINY)).T @ bands


def _flatness(magnitudes: Tensor) -> Tensor:
    power = magnitudes.square() + _TINY
    return power.log().mean(1).exp() / power.mean(1)


def _energy_weighted_mean(magnitudes: Tensor, values: Tensor) -> Tensor:
    """Mean `[n]` of one value per frame, `[n, frames]`, weighted by the frames' energy."""
    energies = magnitudes.square().sum(1)
    return (values * energies).sum(1) / (energies.sum(1) + _TINY)


def _share_db(magnitudes: Tensor, chosen: Tensor) -> Tensor:
    power = magnitudes.square().sum(2)
    return 10 * ((power[:, chosen].sum(1) + _TINY) / (power.sum(1) + _TINY)).log10()
