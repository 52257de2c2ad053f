"""How the level of bands moves within a frame of a mel: energies through a short window, and gains put back there.

A mel frame looks through 46 ms; where in it an attack lies, it does not say. Here a window of 512 samples moves on by
128, four steps for each hop of the mel.
"""

from functools import lru_cache

import torch
from torch import Tensor
from torchaudio.functional import melscale_fbanks

from distill_app.dsp.mel_format import DISTILL_MEL

BANDS = 32
WINDOW, STEP = 512, 128
STEPS_PER_HOP = DISTILL_MEL.hop // STEP
FLOOR = 1.6e-6
"""Energy of a full-scale sine 100 dB down."""


@lru_cache(maxsize=2)
def _bank(device: torch.device) -> Tensor:
    """Triangles `[bands, bins]` on the Slaney scale whose neighbours add up to 1."""
    rate = DISTILL_MEL.sample_rate
    bank = melscale_fbanks(WINDOW // 2 + 1, 0.0, rate / 2, BANDS, rate, norm=None, mel_scale="slaney")
    return bank.T.contiguous().to(device)


@lru_cache(maxsize=2)
def _shares(device: torch.device) -> Tensor:
    """How much each band has to say about each bin, `[bins, bands]`."""
    bank = _bank(device)
    return (bank / bank.sum(dim=0).clamp_min(1e-6)).T.contiguous()


def _spectrum(samples: Tensor) -> Tensor:
    window = torch.hann_window(WINDOW, device=samples.device)
    return torch.stft(samples, WINDOW, STEP, window=window, return_complex=True)


def log_envelopes(samples: Tensor) -> Tensor:
    """Half the logarithm of each band's energy plus FLOOR (nepers), `[batch, BANDS, steps]`, of samples `[batch, n]`.

    Step j looks around sample `j * STEP`; there are n / STEP of them.
    """
    return _logs(_spectrum(samples)[..., : samples.shape[-1] // STEP])


def _logs(spectrum: Tensor) -> Tensor:
    return 0.5 * (_bank(spectrum.device) @ spectrum.abs().square() + FLOOR).log()


def shaped(samples: Tensor, log_target: Tensor, strength: Tensor, limit: float) -> Tensor:
    """Samples `[batch, n]` whose envelopes are drawn towards `log_target [batch, BANDS, steps]`.

    Args:
        strength: 0 … 1 for each band and step, how far.
        limit: largest change of a band's level, in nepers.
    """
    spectrum = _spectrum(samples)
    steps = log_target.shape[-1]
    change = ((log_target - _logs(spectrum[..., :steps])) * strength).clamp_(-limit, limit)
    spectrum[..., :steps] *= _shares(samples.device) @ change.exp_()
    window = torch.hann_window(WINDOW, device=samples.device)
    return torch.istft(spectrum, WINDOW, STEP, window=window, length=samples.shape[-1])


def from_mel_bands(mel_centres_hz: Tensor) -> Tensor:
    """Weights `[BANDS, mel bands]` that average log-mels around each band, by where the mel's bands lie."""
    bank = _bank(torch.device("cpu"))
    place = mel_centres_hz / (DISTILL_MEL.sample_rate / WINDOW)
    lower = place.floor().long().clamp(0, WINDOW // 2 - 1)
    part = (place - lower).clamp(0, 1)
    weights = bank[:, lower] * (1 - part) + bank[:, lower + 1] * part + 1e-6
    return weights / weights.sum(dim=1, keepdim=True)
