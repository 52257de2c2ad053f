"""Mel scales, as torchaudio and librosa compute them."""

import math

import torch
from torch import Tensor

from distill_app.dsp.mel_format import Scale

_HZ_PER_MEL = 200 / 3
_LINEAR_HZ = 1000.0
_LINEAR_MEL = _LINEAR_HZ / _HZ_PER_MEL
_LOG_STEP = math.log(6.4) / 27


def hz_to_mel(hz: float, scale: Scale) -> float:
    """Mel of a frequency: Slaney's Auditory Toolbox (1998), linear up to 1 kHz; or the HTK book's formula."""
    if scale == "htk":
        return 2595 * math.log10(1 + hz / 700)
    return hz / _HZ_PER_MEL if hz < _LINEAR_HZ else _LINEAR_MEL + math.log(hz / _LINEAR_HZ) / _LOG_STEP


def mel_to_hz(mels: Tensor, scale: Scale) -> Tensor:
    """Frequencies of mels, the inverse of `hz_to_mel`."""
    if scale == "htk":
        return 700 * (10 ** (mels / 2595) - 1)
    logarithmic = _LINEAR_HZ * torch.exp(_LOG_STEP * (mels - _LINEAR_MEL))
    return torch.where(mels < _LINEAR_MEL, _HZ_PER_MEL * mels, logarithmic)
