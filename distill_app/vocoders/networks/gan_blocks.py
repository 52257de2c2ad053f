"""Layers common to HiFi-GAN and BigVGAN."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from distill_app.vocoders.networks.config import GanConfig
from distill_app.vocoders.networks.receptive_field import EDGE_KERNEL

_WEIGHT_STD = 0.01


def upsampling_layers(config: GanConfig) -> Iterator[nn.ConvTranspose1d]:
    """Transposed convolutions; each halves the channels."""
    channels = config.channels
    for rate, kernel in zip(config.rates, config.rate_kernels, strict=True):
        yield nn.ConvTranspose1d(channels, channels // 2, kernel, rate, (kernel - rate) // 2)
        channels //= 2


def residual_shapes(config: GanConfig) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Channels, kernel and dilations of each residual block; those of one stage follow each other."""
    for stage in range(1, len(config.rates) + 1):
        for kernel, dilations in zip(config.resblock_kernels, config.resblock_dilations, strict=True):
            yield config.channels // 2**stage, kernel, dilations


def input_conv(config: GanConfig) -> nn.Conv1d:
    return nn.Conv1d(config.mel_format.bands, config.channels, EDGE_KERNEL, padding=EDGE_KERNEL // 2)


def output_conv(config: GanConfig, bias: bool = True) -> nn.Conv1d:
    return nn.Conv1d(config.channels // 2 ** len(config.rates), 1, EDGE_KERNEL, padding=EDGE_KERNEL // 2, bias=bias)


def same_conv(channels: int, kernel: int, dilation: int = 1) -> nn.Conv1d:
    return nn.Conv1d(channels, channels, kernel, dilation=dilation, padding=(kernel - 1) * dilation // 2)


def mean_output(blocks: nn.ModuleList, features: Tensor) -> Tensor:
    """Mean of the outputs of parallel blocks."""
    total = torch.zeros_like(features)
    for block in blocks:
        total = total + block(features)
    return total / len(blocks)


def init_weights(*parts: nn.Module) -> None:
    """Initialise convolutions from N(0, 0.01²), as published."""
    for part in parts:
        for module in part.modules():
            if isinstance(module, nn.Conv1d | nn.ConvTranspose1d):
                nn.init.trunc_normal_(module.weight, std=_WEIGHT_STD)  # truncated at 200 σ
