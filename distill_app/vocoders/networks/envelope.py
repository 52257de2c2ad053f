"""How loud each band is every 2.9 ms, told from a mel: what a phase retrieval cannot find by itself.

The windows of a mel overlap four times, so that the frames around a moment tell where in them the energy lies. A
ConvNeXt backbone learns to read that off. For each band and step it gives the median of what the level may be, in
nepers, and the logarithm of how far it may be off (the scale of a Laplace distribution): small at an attack, large in
the flutter of noise.
"""

import torch
from torch import Tensor, nn

from distill_app.dsp.band_envelopes import BANDS, STEPS_PER_HOP, from_mel_bands
from distill_app.dsp.mel import filterbank
from distill_app.dsp.mel_format import MelFormat
from distill_app.vocoders.networks.config import GeneratorConfig
from distill_app.vocoders.networks.convnext import ConvNextBackbone, scaled

_SPREADS = (-4.0, 2.0)  # of the logarithm of the scale


class EnvelopeNetwork(nn.Module):
    """Log-mel `[batch, bands, frames]` to `[batch, 2, BANDS, frames * STEPS_PER_HOP]`: medians and log scales."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.backbone = ConvNextBackbone(config.mel_format.bands, config.channels, config.blocks)
        self.head = nn.Linear(config.channels, 2 * BANDS * STEPS_PER_HOP)
        self.register_buffer("smooth", from_mel_bands(_centres_hz(config.mel_format)), persistent=False)
        self.smooth: Tensor
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, mel: Tensor) -> Tensor:
        batch, _, frames = mel.shape
        details = self.head(self.backbone(scaled(mel)))  # [batch, frames, 2 * bands * steps]
        details = details.view(batch, frames, 2, BANDS, STEPS_PER_HOP).permute(0, 2, 3, 1, 4)
        base = (self.smooth @ mel)[..., None]
        median, scale = details[:, 0] + base, details[:, 1].clamp(*_SPREADS)
        return torch.stack([median, scale], dim=1).reshape(batch, 2, BANDS, frames * STEPS_PER_HOP)


def _centres_hz(mel_format: MelFormat) -> Tensor:
    """Where each mel band has its peak."""
    return filterbank(mel_format).argmax(dim=1) * (mel_format.sample_rate / mel_format.n_fft)
