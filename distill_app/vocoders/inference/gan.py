"""Optimized HiFi-GAN and BigVGAN on rows: stage after stage, each in tiles that fit the CPU cache.

A tile includes the context of its own stage only, far less than that of the whole network. One array is kept between
two stages; the arrays within a tile are much smaller, and their memory is reused by the next one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Protocol, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from distill_app.vocoders.inference.convolutions import (
    Conv2dRows,
    Im2ColConv,
    MatmulPerTap,
    SingleChannelConv,
    TransposedConv,
)
from distill_app.vocoders.inference.fft_conv import FFT_KERNELS, FftConv
from distill_app.vocoders.inference.snake import SnakeRows
from distill_app.vocoders.networks.bigvgan import AmpBlock1, AmpBlock2, AntiAliasedSnake, BigVganGenerator
from distill_app.vocoders.networks.hifigan import OUTPUT_SLOPE, SLOPE, HifiGanGenerator, ResBlock1, ResBlock2

_TILE_VALUES, _TILE_CONTEXTS = 1 << 18, 64
"""Values in each array of a tile (1 MB), and least number of contexts in its rows."""
_WIDE = 64
"""Number of channels from which matrix products are faster than 2-D convolutions."""

_Block = ResBlock1 | ResBlock2 | AmpBlock1 | AmpBlock2


class OptimizedGan:
    """HiFi-GAN or BigVGAN generator for inference; shares the weights of the network."""

    def __init__(self, network: HifiGanGenerator | BigVganGenerator) -> None:
        self._first, self._last = Im2ColConv(network.conv_pre), SingleChannelConv(network.conv_post)
        self._activation = _stage_activation(network)
        self._stages = [*_stages(network)]
        self._limit = _limiter(network)

    def __call__(self, mel: Tensor) -> Tensor:
        """Samples `[batch, n]` of a log-mel `[batch, bands, frames]`."""
        return torch.stack([self._samples(item) for item in mel])

    def _samples(self, mel: Tensor) -> Tensor:
        rows = self._activation(self._first(mel.T.contiguous()))
        for stage in self._stages:
            rows = stage.in_tiles(rows)
        return self._limit(self._last(rows))


class _Rows(Protocol):
    """Layer on rows `[time, channels]`; each result depends on `context` rows on either side."""

    @property
    def context(self) -> int: ...

    def __call__(self, rows: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class _Leaky:
    """Leaky ReLU; the identity for a slope of 1."""

    slope: float
    in_place: bool = False
    context: int = 0

    def __call__(self, rows: Tensor) -> Tensor:
        return F.leaky_relu(rows, self.slope, self.in_place) if self.slope != 1 else rows


@dataclass(frozen=True, eq=False)
class _Layer:
    """Residual layer of alternating activations and convolutions."""

    steps: Sequence[_Rows]

    @property
    def context(self) -> int:
        return sum(step.context for step in self.steps)

    def add_to(self, rows: Tensor) -> None:
        inner = rows
        for step in self.steps:
            inner = step(inner)
        rows += inner


@dataclass(frozen=True, eq=False)
class _Stage:
    """An upsampling, the mean of parallel residual blocks, and the next activation."""

    up: TransposedConv
    blocks: Sequence[Sequence[_Layer]]
    after: _Rows

    @property
    def context(self) -> int:
        """Rows before the upsampling, on either side, that a row depends on."""
        upsampled = max(sum(layer.context for layer in layers) for layers in self.blocks) + self.after.context
        return self.up.context + -(-upsampled // self.up.rate)

    def in_tiles(self, rows: Tensor) -> Tensor:
        """Rows `[time * rate, out]` of `[time, in]`, computed tile by tile."""
        rate, context = self.up.rate, self.context
        result = rows.new_empty(len(rows) * rate, self.up.outputs)
        most = max(_TILE_VALUES // (rate * self.up.outputs), _TILE_CONTEXTS * context)
        tile = -(-len(rows) // -(-len(rows) // most))
        for first in range(0, len(rows), tile):
            start = max(0, first - context)
            target = result[first * rate : (first + tile) * rate]
            target.copy_(self(rows[start : first + tile + context])[(first - start) * rate :][: len(target)])
        return result

    def __call__(self, rows: Tensor) -> Tensor:
        upsampled = self.up(rows)
        total = torch.zeros_like(upsampled)
        for layers in self.blocks:
            branch = upsampled.clone()
            for layer in layers:
                layer.add_to(branch)
            total += branch
        return self.after(total.div_(len(self.blocks)))


def _stages(network: HifiGanGenerator | BigVganGenerator) -> Iterator[_Stage]:
    kernels, activation = len(network.config.resblock_kernels), _stage_activation(network)
    for number, up in enumerate(network.ups):
        blocks = network.resblocks[number * kernels : (number + 1) * kernels]
        layers = [[*_layers(cast(_Block, block))] for block in blocks]
        last = number == len(network.ups) - 1
        yield _Stage(TransposedConv(_unwrap(up)), layers, _final_activation(network) if last else activation)


def _unwrap(up: nn.Module) -> nn.ConvTranspose1d:
    """Layer of an upsampling, which BigVGAN wraps in a list of one."""
    return cast(nn.ConvTranspose1d, up[0] if isinstance(up, nn.ModuleList) else up)


def _stage_activation(network: HifiGanGenerator | BigVganGenerator) -> _Rows:
    """Activation before an upsampling; BigVGAN has none."""
    return _Leaky(SLOPE if isinstance(network, HifiGanGenerator) else 1, in_place=True)


def _final_activation(network: HifiGanGenerator | BigVganGenerator) -> _Rows:
    """Activation before the last convolution."""
    return (
        _Leaky(OUTPUT_SLOPE, in_place=True)
        if isinstance(network, HifiGanGenerator)
        else SnakeRows(network.activation_post)
    )


def _limiter(network: HifiGanGenerator | BigVganGenerator) -> Callable[[Tensor], Tensor]:
    """Function that limits the samples to ±1."""
    tanh = isinstance(network, HifiGanGenerator) or network.config.tanh
    return torch.tanh_ if tanh else lambda samples: samples.clamp_(-1, 1)


def _layers(block: _Block) -> Iterator[_Layer]:
    activations = _activations(block)
    convolutions = (block.convs1, block.convs2) if isinstance(block, ResBlock1 | AmpBlock1) else (block.convs,)
    for pair in zip(*convolutions, strict=True):
        yield _Layer([step for layer in pair for step in (next(activations), _convolution(cast(nn.Conv1d, layer)))])


def _activations(block: _Block) -> Iterator[_Rows]:
    """Activations in the order of their use; only the second one of a layer works in place."""
    if isinstance(block, AmpBlock1 | AmpBlock2):
        return (SnakeRows(cast(AntiAliasedSnake, each)) for each in block.activations)
    return cycle([_Leaky(SLOPE), _Leaky(SLOPE, in_place=True)] if isinstance(block, ResBlock1) else [_Leaky(SLOPE)])


def _convolution(layer: nn.Conv1d) -> _Rows:
    if min(layer.in_channels, layer.out_channels) < _WIDE:
        return Conv2dRows(layer)
    return FftConv(layer) if layer.kernel_size[0] in FFT_KERNELS else MatmulPerTap(layer)
