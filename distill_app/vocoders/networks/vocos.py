"""Vocos (Siuzdak 2023): a ConvNeXt backbone at frame rate, magnitudes and phases, an inverse STFT.

    mel ─▶ embed ─▶ blocks ─▶ head ─┬▶ exp, at most 100 ─▶ × ─▶ inverse STFT ─▶ samples
                                    └▶ cos, sin ───────────▲

Tensors have the names of the published weights, which include the window.
"""

import torch
from torch import Tensor, nn

from distill_app.dsp.istft import overlap_add
from distill_app.dsp.mel import hann_window
from distill_app.dsp.mel_format import MelFormat
from distill_app.vocoders.networks.config import VocosConfig
from distill_app.vocoders.networks.receptive_field import EDGE_KERNEL

MAX_MAGNITUDE = 100.0
_ENVELOPE_FLOOR = 1e-11


class VocosBlock(nn.Module):
    """Residual block on `[batch, channels, frames]` (Liu et al. 2022)."""

    def __init__(self, config: VocosConfig) -> None:
        super().__init__()
        channels = config.channels
        self.dwconv = nn.Conv1d(channels, channels, EDGE_KERNEL, padding=EDGE_KERNEL // 2, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.pwconv1 = nn.Linear(channels, config.hidden)
        self.pwconv2 = nn.Linear(config.hidden, channels)
        self.gamma = nn.Parameter(torch.full((channels,), 1 / config.blocks))

    def forward(self, features: Tensor) -> Tensor:
        inner = self.norm(self.dwconv(features).transpose(1, 2))
        inner = self.pwconv2(nn.functional.gelu(self.pwconv1(inner)))
        return features + (self.gamma * inner).transpose(1, 2)


class VocosBackbone(nn.Module):
    """Features `[batch, frames, channels]` of a mel `[batch, bands, frames]`."""

    def __init__(self, config: VocosConfig) -> None:
        super().__init__()
        self.embed = nn.Conv1d(config.mel_format.bands, config.channels, EDGE_KERNEL, padding=EDGE_KERNEL // 2)
        self.norm = nn.LayerNorm(config.channels, eps=1e-6)
        self.convnext = nn.ModuleList(VocosBlock(config) for _ in range(config.blocks))
        self.final_layer_norm = nn.LayerNorm(config.channels, eps=1e-6)

    def forward(self, mel: Tensor) -> Tensor:
        features = self.norm(self.embed(mel).transpose(1, 2)).transpose(1, 2)
        for block in self.convnext:
            features = block(features)
        return self.final_layer_norm(features.transpose(1, 2))


class InverseStft(nn.Module):
    """Inverse STFT: spectrum `[batch, bins, frames]` to samples `[batch, mel_format.samples(frames)]`.

    Least squares (Griffin & Lim 1984, eq. 6), without the padding of the mel's framing.
    """

    def __init__(self, mel_format: MelFormat) -> None:
        super().__init__()
        self.hop, self.padding = mel_format.hop, mel_format.padding
        self.register_buffer("window", hann_window(mel_format.n_fft).clone())
        self.window: Tensor

    def forward(self, spectrum: Tensor) -> Tensor:
        window = self.window[:, None]
        frames = torch.fft.irfft(spectrum, n=len(window), dim=1) * window
        samples = overlap_add(frames, self.hop) / self._envelope(frames.shape[-1])
        return samples[:, self.padding : samples.shape[1] - self.padding]

    def _envelope(self, frames: int) -> Tensor:
        squared = self.window.square()[None, :, None]
        return overlap_add(squared.expand(1, -1, frames), self.hop).clamp_min(_ENVELOPE_FLOOR)


class VocosHead(nn.Module):
    """Samples of features `[batch, frames, channels]`."""

    def __init__(self, config: VocosConfig) -> None:
        super().__init__()
        self.out = nn.Linear(config.channels, config.mel_format.n_fft + 2)
        self.istft = InverseStft(config.mel_format)

    def forward(self, features: Tensor) -> Tensor:
        return self.istft(torch.complex(*self.parts(features)))

    def parts(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Real and imaginary part of the spectrum, each `[batch, bins, frames]`."""
        logarithm, phase = self.out(features).transpose(1, 2).chunk(2, dim=1)
        magnitude = logarithm.exp().clamp_max(MAX_MAGNITUDE)
        return magnitude * phase.cos(), magnitude * phase.sin()


class VocosGenerator(nn.Module):
    """Vocos generator: log-mel `[batch, bands, frames]` to samples `[batch, n]`."""

    def __init__(self, config: VocosConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone, self.head = VocosBackbone(config), VocosHead(config)
        _initialise(self)

    @property
    def context_frames(self) -> int:
        return self.config.context_frames

    def forward(self, mel: Tensor) -> Tensor:
        return self.head(self.backbone(mel))


def _initialise(network: nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, nn.Conv1d | nn.Linear):
            nn.init.trunc_normal_(module.weight, std=0.02)
            nn.init.zeros_(module.bias) if module.bias is not None else None
