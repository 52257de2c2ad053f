"""Plain fast Griffin-Lim on a mel: the baseline for the app's vocoders. The app does not use it.

The magnitudes are the mel's non-negative least squares solution; their phases, random at first, come from 64 iterations
of the fast Griffin-Lim algorithm with momentum 0.99 (Perraudin, Balazs & Søndergaard 2013), torchaudio's own.
"""

from functools import lru_cache

import torch
from torch import Tensor
from torchaudio.functional import griffinlim

from distill_app.dsp import DISTILL_MEL
from distill_app.dsp.mel import filterbank

ITERATIONS = 64
_MOMENTUM = 0.99
_UPDATES = 32
_SEED = 0
_TINY = 1e-7


def plain_griffin_lim(mel: Tensor) -> Tensor:
    """Samples `[frames * hop]` of a log-mel `[bands, frames]` in the app's format; deterministic.

    torchaudio's frames are centred on multiples of the hop, the mel's lie half a hop later. So a frame is added on
    either side, and the extra half hop is cut off.
    """
    mel_format = DISTILL_MEL
    n_fft, hop = mel_format.n_fft, mel_format.hop
    magnitude = nonnegative_least_squares(mel.exp())
    wide = torch.cat([magnitude[:, :1], magnitude, magnitude[:, -1:]], dim=1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        samples = griffinlim(
            wide, torch.hann_window(n_fft), n_fft, hop, n_fft, 1.0, ITERATIONS, _MOMENTUM, None, rand_init=True
        )
    return samples[hop // 2 :][: mel_format.samples(mel.shape[1])]


def nonnegative_least_squares(mel: Tensor) -> Tensor:
    """Non-negative magnitudes `[bins, frames]` whose mel approximates a linear mel `[bands, frames]`.

    32 multiplicative updates for the squared error (Lee & Seung 2001), from the pseudo-inverse's positive part.
    """
    bank, inverse = filterbank(DISTILL_MEL), _pseudo_inverse()
    magnitude, wanted = (inverse @ mel).clamp_min(_TINY), bank.T @ mel
    for _ in range(_UPDATES):
        magnitude = magnitude * wanted / (bank.T @ (bank @ magnitude)).clamp_min(_TINY**2)
    return magnitude


@lru_cache(maxsize=1)
def _pseudo_inverse() -> Tensor:
    return torch.linalg.pinv(filterbank(DISTILL_MEL))
