"""HiFi-GAN (Kong, Kim & Bae 2020): transposed convolutions, each followed by parallel residual blocks.

Tensors have the names of the published weights.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize

from distill_app.vocoders.networks.config import HifiGanConfig
from distill_app.vocoders.networks.gan_blocks import (
    init_weights,
    input_conv,
    mean_output,
    output_conv,
    residual_shapes,
    same_conv,
    upsampling_layers,
)

SLOPE = 0.1
OUTPUT_SLOPE = 0.01


class ResBlock1(nn.Module):
    """Residual block of a dilated and an undilated convolution for each dilation."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.convs1 = nn.ModuleList(same_conv(channels, kernel, dilation) for dilation in dilations)
        self.convs2 = nn.ModuleList(same_conv(channels, kernel) for _ in dilations)

    def forward(self, features: Tensor) -> Tensor:
        for dilated, plain in zip(self.convs1, self.convs2, strict=True):
            inner = dilated(F.leaky_relu(features, SLOPE))
            features = features + plain(F.leaky_relu(inner, SLOPE))
        return features


class ResBlock2(nn.Module):
    """Residual block of one convolution for each dilation."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.convs = nn.ModuleList(same_conv(channels, kernel, dilation) for dilation in dilations)

    def forward(self, features: Tensor) -> Tensor:
        for dilated in self.convs:
            features = features + dilated(F.leaky_relu(features, SLOPE))
        return features


class HifiGanGenerator(nn.Module):
    """HiFi-GAN generator: log-mel `[batch, bands, frames]` to samples `[batch, frames * hop]`."""

    def __init__(self, config: HifiGanConfig) -> None:
        super().__init__()
        self.config = config
        self.conv_pre = input_conv(config)
        self.ups = nn.ModuleList(upsampling_layers(config))
        block = ResBlock1 if config.resblock == 1 else ResBlock2
        self.resblocks = nn.ModuleList(block(*shape) for shape in residual_shapes(config))
        self.conv_post = output_conv(config)
        init_weights(self.ups, self.resblocks, self.conv_post)

    @property
    def context_frames(self) -> int:
        return self.config.context_frames

    def forward(self, mel: Tensor) -> Tensor:
        features, kernels = self.conv_pre(mel), len(self.config.resblock_kernels)
        for number, up in enumerate(self.ups):
            features = up(F.leaky_relu(features, SLOPE))
            features = mean_output(self.resblocks[number * kernels : (number + 1) * kernels], features)
        return torch.tanh(self.conv_post(F.leaky_relu(features, OUTPUT_SLOPE)).squeeze(1)).to(mel.dtype)


def add_weight_norm(network: nn.Module) -> nn.Module:
    """Add weight norm (Salimans & Kingma 2016) to every convolution, for training."""
    for module in network.modules():
        if isinstance(module, nn.Conv1d | nn.ConvTranspose1d | nn.Conv2d):
            parametrizations.weight_norm(module)
    return network


def state_without_weight_norm(network: nn.Module) -> dict[str, Tensor]:
    """State dict with weight norm merged into the weights, which makes the network two to three times faster."""
    state = {name: tensor for name, tensor in network.state_dict().items() if "parametrizations." not in name}
    for name, module in network.named_modules():
        if parametrize.is_parametrized(module):
            state[f"{name}.weight"] = module.weight
    return state
