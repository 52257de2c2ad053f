"""BigVGAN v1 and v2 (Lee et al. 2023): HiFi-GAN with anti-aliased periodic activations.

Each activation runs at twice the rate, between two low-pass filters (Karras et al. 2021):

    x ─▶ 2 × up ─▶ x + sin²(αx) / β ─▶ 2 × down ─▶

Tensors have the names of the published weights, which include the filters.
"""

import math
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from distill_app.vocoders.networks.config import BigVganConfig
from distill_app.vocoders.networks.gan_blocks import (
    init_weights,
    input_conv,
    mean_output,
    output_conv,
    residual_shapes,
    same_conv,
    upsampling_layers,
)
from distill_app.vocoders.networks.receptive_field import FILTER_TAPS, SNAKE_CONTEXT

_CUTOFF, _HALF_WIDTH = 0.25, 0.3
"""Cutoff and half width of the filters' transition, in cycles per sample at twice the rate."""
_UP_CROP = 3 * SNAKE_CONTEXT
"""Samples at twice the rate that the upsampling filter adds at either end."""
EPSILON = 1e-9


@lru_cache(maxsize=1)
@torch.inference_mode(False)  # the cached tensor is also used in training
def kaiser_sinc_filter() -> Tensor:
    """Low-pass filter `[1, 1, 12]`: a sinc with a Kaiser window (Kaiser & Schafer 1980), sum 1.

    Cached: do not modify it in place.
    """
    attenuation_db = 2.285 * (FILTER_TAPS // 2 - 1) * math.pi * 4 * _HALF_WIDTH + 7.95
    beta = 0.5842 * (attenuation_db - 21) ** 0.4 + 0.07886 * (attenuation_db - 21)  # from 21 to 50 dB
    with torch.device("cpu"):  # also while a network is built on the meta device
        window = torch.kaiser_window(FILTER_TAPS, periodic=False, beta=beta)
        positions = torch.arange(FILTER_TAPS) - (FILTER_TAPS - 1) / 2
    taps = window * torch.sinc(2 * _CUTOFF * positions)
    return (taps / taps.sum()).view(1, 1, -1)


class Snake(nn.Module):
    """x + sin²(αx) / β per channel (Ziyin et al. 2020); for the activation “snake”, β is α."""

    def __init__(self, channels: int, config: BigVganConfig) -> None:
        super().__init__()
        start = torch.zeros(channels) if config.log_scale else torch.ones(channels)
        self.alpha = nn.Parameter(start)
        self.beta = nn.Parameter(start.clone()) if config.activation == "snakebeta" else None
        self._log_scale = config.log_scale

    def forward(self, features: Tensor) -> Tensor:
        alpha, beta = self.alpha_beta()
        return features + (features * alpha).sin().square() / (beta + EPSILON)

    def alpha_beta(self) -> tuple[Tensor, Tensor]:
        """α and β, each `[channels, 1]`, on a linear scale."""
        alpha = self.alpha[:, None]
        beta = alpha if self.beta is None else self.beta[:, None]
        return (alpha.exp(), beta.exp()) if self._log_scale else (alpha, beta)


class UpSample(nn.Module):
    """`[batch, channels, n]` to `[batch, channels, 2 n]`."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("filter", kaiser_sinc_filter().clone())
        self.filter: Tensor

    def forward(self, features: Tensor) -> Tensor:
        channels = features.shape[1]
        padded = F.pad(features, (SNAKE_CONTEXT, SNAKE_CONTEXT), mode="replicate")
        filters = self.filter.expand(channels, -1, -1)
        upsampled = 2 * F.conv_transpose1d(padded, filters, stride=2, groups=channels)
        return upsampled[..., _UP_CROP:-_UP_CROP]


class LowPass(nn.Module):
    """`[batch, channels, 2 n]` to `[batch, channels, n]`."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("filter", kaiser_sinc_filter().clone())
        self.filter: Tensor

    def forward(self, features: Tensor) -> Tensor:
        channels = features.shape[1]
        padded = F.pad(features, (SNAKE_CONTEXT, SNAKE_CONTEXT + 1), mode="replicate")
        return F.conv1d(padded, self.filter.expand(channels, -1, -1), stride=2, groups=channels)


class DownSample(nn.Module):
    """Wrapper of `LowPass`, as in the published weights."""

    def __init__(self) -> None:
        super().__init__()
        self.lowpass = LowPass()

    def forward(self, features: Tensor) -> Tensor:
        return self.lowpass(features)


class AntiAliasedSnake(nn.Module):
    """Snake activation on `[batch, channels, n]` at twice the rate."""

    def __init__(self, channels: int, config: BigVganConfig) -> None:
        super().__init__()
        self.act, self.upsample, self.downsample = Snake(channels, config), UpSample(), DownSample()

    def forward(self, features: Tensor) -> Tensor:
        return self.downsample(self.act(self.upsample(features)))


class AmpBlock1(nn.Module):
    """Residual block of a dilated and an undilated convolution for each dilation."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...], config: BigVganConfig) -> None:
        super().__init__()
        self.convs1 = nn.ModuleList(same_conv(channels, kernel, dilation) for dilation in dilations)
        self.convs2 = nn.ModuleList(same_conv(channels, kernel) for _ in dilations)
        self.activations = nn.ModuleList(AntiAliasedSnake(channels, config) for _ in range(2 * len(dilations)))

    def forward(self, features: Tensor) -> Tensor:
        layers = zip(self.activations[::2], self.convs1, self.activations[1::2], self.convs2, strict=True)
        for first, dilated, second, plain in layers:
            features = features + plain(second(dilated(first(features))))
        return features


class AmpBlock2(nn.Module):
    """Residual block of one convolution for each dilation."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...], config: BigVganConfig) -> None:
        super().__init__()
        self.convs = nn.ModuleList(same_conv(channels, kernel, dilation) for dilation in dilations)
        self.activations = nn.ModuleList(AntiAliasedSnake(channels, config) for _ in dilations)

    def forward(self, features: Tensor) -> Tensor:
        for activation, dilated in zip(self.activations, self.convs, strict=True):
            features = features + dilated(activation(features))
        return features


class BigVganGenerator(nn.Module):
    """BigVGAN generator: log-mel `[batch, bands, frames]` to samples `[batch, frames * hop]`."""

    def __init__(self, config: BigVganConfig) -> None:
        super().__init__()
        self.config = config
        self.conv_pre = input_conv(config)
        self.ups = nn.ModuleList(nn.ModuleList([up]) for up in upsampling_layers(config))
        block = AmpBlock1 if config.resblock == 1 else AmpBlock2
        self.resblocks = nn.ModuleList(block(*shape, config) for shape in residual_shapes(config))
        self.conv_post = output_conv(config, config.bias)
        self.activation_post = AntiAliasedSnake(self.conv_post.in_channels, config)
        init_weights(self.ups, self.resblocks, self.conv_post)

    @property
    def context_frames(self) -> int:
        return self.config.context_frames

    def forward(self, mel: Tensor) -> Tensor:
        features, kernels = self.conv_pre(mel), len(self.config.resblock_kernels)
        for number, ups in enumerate(self.ups):
            for up in ups.children():
                features = up(features)
            features = mean_output(self.resblocks[number * kernels : (number + 1) * kernels], features)
        samples = self.conv_post(self.activation_post(features)).squeeze(1)
        return samples.tanh() if self.config.tanh else samples.clamp(-1, 1)
