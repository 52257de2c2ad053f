"""Distill's generator: a ConvNeXt backbone at frame rate and an inverse STFT, like Vocos (Siuzdak 2023).

The pseudo-inverse of the mel filterbank gives a magnitude prior; the network predicts a residual on its logarithm
(FreeV, Lv et al. 2024). The phase is the direction of two predicted components (APNet, Ai & Ling 2023).

    mel ─▶ embed ─▶ blocks ─▶ head ─┬▶ residual ─▶ + ─▶ exp ─▶ × ─▶ inverse STFT ─▶ samples
     └───▶ amplitude prior ─────────┼─────────────▲            ▲
                                    └▶ x, y ─▶ (x + iy) / |x + iy|
"""

from functools import lru_cache

import torch
from torch import Tensor, nn

from distill_app.dsp.istft import inverse_stft
from distill_app.dsp.mel import filterbank
from distill_app.dsp.mel_format import MelFormat
from distill_app.vocoders.networks.config import ConvNextConfig
from distill_app.vocoders.networks.receptive_field import EDGE_KERNEL

_EXPANSION = 3
_MEL_CENTRE, _MEL_SPREAD = -4.0, 4.0
"""Typical centre and spread of log-mels of music: scales the input to about ±1."""
MAX_LOG_MAGNITUDE = 8.0
"""Limit against overflow; a full-scale sine has ln(512) = 6.2."""
_SMOOTH_SHARE = 0.1
MIN_MAGNITUDE = 1e-5


@lru_cache(maxsize=8)
@torch.inference_mode(False)  # the cached tensor serves training, too
def _pseudo_inverse(mel_format: MelFormat) -> Tensor:
    """Pseudo-inverse of the filterbank, `[n_fft // 2 + 1, bands]`. The result is shared: do not write to it."""
    return torch.linalg.pinv(filterbank(mel_format))


class AmplitudePrior(nn.Module):
    """Log-magnitudes `[batch, bins, frames]` of a log-mel `[batch, bands, frames]`.

    The pseudo-inverse of the filterbank, bounded from below by a share of its smooth transpose, as it is negative or
    nearly zero in places.
    """

    def __init__(self, mel_format: MelFormat) -> None:
        super().__init__()
        bank = filterbank(mel_format)
        smooth = bank.T / (bank.T @ bank.sum(1, keepdim=True)).clamp_min(1e-9)
        self.register_buffer("sharp", _pseudo_inverse(mel_format).clone(), persistent=False)
        self.register_buffer("smooth", _SMOOTH_SHARE * smooth, persistent=False)
        self.sharp: Tensor
        self.smooth: Tensor

    def forward(self, mel: Tensor) -> Tensor:
        linear = mel.exp()
        return torch.maximum(self.sharp @ linear, self.smooth @ linear).clamp_min(MIN_MAGNITUDE).log()


class ConvNextBlock(nn.Module):
    """Residual block on `[batch, channels, frames]` (Liu et al. 2022) with layer scale."""

    def __init__(self, channels: int, scale: float) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(channels, channels, EDGE_KERNEL, padding="same", groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.expand = nn.Linear(channels, _EXPANSION * channels)
        self.contract = nn.Linear(_EXPANSION * channels, channels)
        self.scale = nn.Parameter(torch.full((channels,), scale))

    def forward(self, features: Tensor) -> Tensor:
        inner = self.norm(self.depthwise(features).transpose(1, 2))
        inner = self.contract(nn.functional.gelu(self.expand(inner)))
        return features + (self.scale * inner).transpose(1, 2)


class ConvNextBackbone(nn.Module):
    """Features `[batch, frames, channels]`, normalised, of an input `[batch, inputs, frames]`."""

    def __init__(self, inputs: int, channels: int, blocks: int) -> None:
        super().__init__()
        self.embed = nn.Conv1d(inputs, channels, EDGE_KERNEL, padding="same")
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.blocks = nn.Sequential(*[ConvNextBlock(channels, 1 / max(1, blocks)) for _ in range(blocks)])
        self.last_norm = nn.LayerNorm(channels, eps=1e-6)

    def forward(self, inputs: Tensor) -> Tensor:
        features = self.norm(self.embed(inputs).transpose(1, 2)).transpose(1, 2)
        return self.last_norm(self.blocks(features).transpose(1, 2))


class ConvNextGenerator(nn.Module):
    """ConvNeXt generator: log-mel `[batch, bands, frames]` to samples `[batch, frames * hop]`."""

    def __init__(self, config: ConvNextConfig) -> None:
        super().__init__()
        self.config = config
        self.mel_format = config.mel_format
        self.bins = config.mel_format.n_fft // 2 + 1
        self.prior = AmplitudePrior(config.mel_format)
        self.backbone = ConvNextBackbone(config.mel_format.bands, config.channels, config.blocks)
        self.head = nn.Linear(config.channels, 3 * self.bins)
        _initialise(self, self.head, self.bins)

    @property
    def context_frames(self) -> int:
        return self.config.context_frames

    def forward(self, mel: Tensor) -> Tensor:
        spectrum = self.spectrum(mel)
        with torch.autocast(mel.device.type, enabled=False):
            return spectrum_to_samples(spectrum, self.mel_format)

    def spectrum(self, mel: Tensor) -> Tensor:
        """Complex spectrum `[batch, bins, frames]`, before the inverse STFT."""
        features = self.head(self.backbone(normalise_mel(mel))).transpose(1, 2)
        with torch.autocast(mel.device.type, enabled=False):
            residual, x, y = features.to(mel.dtype).split(self.bins, dim=1)
            magnitude = (self.prior(mel) + residual).clamp_max(MAX_LOG_MAGNITUDE).exp()
            factor = magnitude * torch.rsqrt(x.square() + y.square() + 1e-12)
            return torch.complex(factor * x, factor * y)


def spectrum_to_samples(spectrum: Tensor, mel_format: MelFormat) -> Tensor:
    """Samples `[batch, frames * hop]` of a complex spectrum `[batch, bins, frames]`."""
    return inverse_stft(spectrum, mel_format)[:, mel_format.padding : -mel_format.padding]


def normalise_mel(mel: Tensor) -> Tensor:
    """Mel scaled to about ±1."""
    return (mel - _MEL_CENTRE) / _MEL_SPREAD


def _initialise(network: nn.Module, head: nn.Linear, residuals: int) -> None:
    """Initialise as Vocos does, with a residual of 0, so that the first magnitude is the prior."""
    for module in network.modules():
        if isinstance(module, nn.Conv1d | nn.Linear):
            nn.init.trunc_normal_(module.weight, std=0.02)
            nn.init.zeros_(module.bias) if module.bias is not None else None
    with torch.no_grad():
        head.weight[:residuals].zero_()
