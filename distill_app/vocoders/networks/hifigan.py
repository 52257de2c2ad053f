"""The HiFi-GAN generator (Kong, Kim & Bae 2020): transposed convolutions up to sample rate, with residual blocks of
several kernels after each, added up. Its tensors are called as in the published weights."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize

from distill_app.vocoders.networks.config import GeneratorConfig

_SLOPE = 0.1
_LAST_SLOPE = 0.01
_EDGE_KERNEL = 7
_WEIGHT_STD = 0.01


def _same(channels: int, kernel: int, dilation: int) -> nn.Conv1d:
    return nn.Conv1d(channels, channels, kernel, dilation=dilation, padding=(kernel - 1) * dilation // 2)


class ResBlock1(nn.Module):
    """For each dilation: a dilated convolution and a plain one, around which the input is added."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.convs1 = nn.ModuleList(_same(channels, kernel, dilation) for dilation in dilations)
        self.convs2 = nn.ModuleList(_same(channels, kernel, 1) for _ in dilations)

    def forward(self, features: Tensor) -> Tensor:
        for dilated, plain in zip(self.convs1, self.convs2, strict=True):
            inner = dilated(F.leaky_relu(features, _SLOPE))
            features = features + plain(F.leaky_relu(inner, _SLOPE))
        return features


class ResBlock2(nn.Module):
    """For each dilation one convolution, around which the input is added."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.convs = nn.ModuleList(_same(channels, kernel, dilation) for dilation in dilations)

    def forward(self, features: Tensor) -> Tensor:
        for dilated in self.convs:
            features = features + dilated(F.leaky_relu(features, _SLOPE))
        return features


class HifiGanGenerator(nn.Module):
    """See the module."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        channels = config.channels
        self.conv_pre = nn.Conv1d(config.mel_format.bands, channels, _EDGE_KERNEL, padding=_EDGE_KERNEL // 2)
        self.ups, self.resblocks = nn.ModuleList(), nn.ModuleList()
        block = ResBlock1 if config.resblock == 1 else ResBlock2
        for rate, kernel in zip(config.rates, config.rate_kernels, strict=True):
            self.ups.append(nn.ConvTranspose1d(channels, channels // 2, kernel, rate, (kernel - rate) // 2))
            channels //= 2
            for size, dilations in zip(config.resblock_kernels, config.resblock_dilations, strict=True):
                self.resblocks.append(block(channels, size, dilations))
        self.conv_post = nn.Conv1d(channels, 1, _EDGE_KERNEL, padding=_EDGE_KERNEL // 2)
        self._kernels = len(config.resblock_kernels)
        _initialise(self)

    def forward(self, mel: Tensor) -> Tensor:
        features = self.conv_pre(mel)
        for number, up in enumerate(self.ups):
            features = up(F.leaky_relu(features, _SLOPE))
            features = self._residuals(features, number)
        return torch.tanh(self.conv_post(F.leaky_relu(features, _LAST_SLOPE)).squeeze(1).float())

    def _residuals(self, features: Tensor, number: int) -> Tensor:
        blocks = self.resblocks[number * self._kernels : (number + 1) * self._kernels]
        total = torch.zeros_like(features)
        for block in blocks:
            total = total + block(features)
        return total / self._kernels


def _initialise(network: HifiGanGenerator) -> None:
    """As published: the up-samplings, what follows them and the last layer start from N(0, 0.01²)."""
    for part in (network.ups, network.resblocks, network.conv_post):
        for module in part.modules():
            if isinstance(module, nn.Conv1d | nn.ConvTranspose1d):
                nn.init.trunc_normal_(module.weight, std=_WEIGHT_STD)  # at 200 σ: N(0, σ²)


def add_weight_norm(network: nn.Module) -> nn.Module:
    """Splits every convolution's weight into length and direction (Salimans & Kingma 2016), for training."""
    for module in network.modules():
        if isinstance(module, nn.Conv1d | nn.ConvTranspose1d | nn.Conv2d):
            parametrizations.weight_norm(module)
    return network


def plain_state(network: nn.Module) -> dict[str, Tensor]:
    """The network's tensors with weight norm removed: the same sound, two to three times faster."""
    state = {name: tensor for name, tensor in network.state_dict().items() if "parametrizations." not in name}
    for name, module in network.named_modules():
        if parametrize.is_parametrized(module):
            state[f"{name}.weight"] = module.weight
    return state
