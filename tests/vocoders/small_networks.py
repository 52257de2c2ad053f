"""Small networks of each family with random weights."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from distill_app.dsp.mel_format import MelFormat
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.networks import GeneratorConfig, build_generator
from distill_app.vocoders.networks.bigvgan import BigVganGenerator
from distill_app.vocoders.networks.hifigan import HifiGanGenerator
from distill_app.vocoders.networks.presets import (
    BIGVGAN_V1_24K,
    BIGVGAN_V2_44K,
    HIFIGAN_V1_22K,
    HIFIGAN_V3_22K,
    TINY,
    VOCOS_24K,
)

_MEL = MelFormat(8_000, 128, 32, 128, 20)
_UPSAMPLING: dict[str, Any] = {
    "mel_format": _MEL,
    "channels": 8,
    "rates": (8, 4),
    "rate_kernels": (16, 8),
    "resblock_kernels": (3, 5),
    "resblock_dilations": ((1, 3), (1, 2)),
}
_VOCOS = replace(VOCOS_24K, channels=24, blocks=2, hidden=48)

SMALL: Mapping[str, GeneratorConfig] = {
    "convnext": TINY,
    "vocos-centred": _VOCOS,
    "vocos-same": replace(_VOCOS, mel_format=replace(_VOCOS.mel_format, centred=False)),
    "hifigan-1": replace(HIFIGAN_V1_22K, **_UPSAMPLING),
    "hifigan-2": replace(HIFIGAN_V3_22K, **_UPSAMPLING),
    "bigvgan-1": replace(BIGVGAN_V1_24K, **_UPSAMPLING),
    "bigvgan-2": replace(BIGVGAN_V2_44K, **_UPSAMPLING),
}


def small_network(config: GeneratorConfig) -> nn.Module:
    """Network with random weights that make a sound without saturating its tanh."""
    torch.manual_seed(0)
    network = build_generator(config).eval().requires_grad_(False)
    for parameter in network.parameters():
        if parameter.ndim > 1:
            nn.init.kaiming_uniform_(parameter)
    if isinstance(network, HifiGanGenerator | BigVganGenerator):
        network.conv_post.weight.mul_(0.005)
    return network


def info_of(name: str, config: GeneratorConfig, live: bool = True) -> VocoderInfo:
    return VocoderInfo(name, name.title(), "For tests.", config.mel_format, 1, "MIT", live)


def mel_of(config: GeneratorConfig, frames: int, seed: int = 1) -> Tensor:
    """Log-mel `[bands, frames]`."""
    return torch.randn(config.mel_format.bands, frames, generator=torch.Generator().manual_seed(seed)) - 3
