"""HiFi-GAN and BigVGAN on rows, stage after stage, each in tiles that stay near the processor.

A tile brings along the rows that its sound depends on at its own stage, far fewer than those of the whole network.
Between two stages lies one array; what is computed within a tile is much smaller, and its memory serves the next one.
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

_TILE, _CONTEXTS = 1 << 18, 64
"""Numbers in each array of a tile: 1 MB; but so many times as many rows as it brings along on either side."""
_WIDE = 64
"""Channels from which on products of matrices are faster than pictures."""

_Block = ResBlock1 | ResBlock2 | AmpBlock1 | AmpBlock2


class OptimizedGan:
    """See the module. Called as the network is, whose weights are laid out anew in place."""

    def __init__(self, network: HifiGanGenerator | BigVganGenerator) -> None:
        self._first, self._last = Im2ColConv(network.conv_pre), SingleChannelConv(network.conv_post)
        self._before = _between(network)
        self._stages = [*_stages(network)]
        self._bend = _bend(network)

    def __call__(self, mel: Tensor) -> Tensor:
        """Samples `[batch, n]` of a log-mel `[batch, bands, frames]`."""
        return torch.stack([self._samples(item) for item in mel])

    def _samples(self, mel: Tensor) -> Tensor:
        rows = self._before(self._first(mel.T.contiguous()))
        for stage in self._stages:
            rows = stage.in_tiles(rows)
        return self._bend(self._last(rows))


class _Rows(Protocol):
    """`[time, channels]` to as many rows, each of which depends on `context` rows on either side."""

    @property
    def context(self) -> int: ...

    def __call__(self, rows: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class _Leaky:
    """Leaky ReLU; with a slope of 1 nothing at all."""

    slope: float
    in_place: bool = False
    context: int = 0

    def __call__(self, rows: Tensor) -> Tensor:
        return F.leaky_relu(rows, self.slope, self.in_place) if self.slope != 1 else rows


@dataclass(frozen=True, eq=False)
class _Layer:
    """Activations and convolutions in turn, around which the input is added."""

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
    """An up-sampling, the mean of residual blocks, and the activation that follows."""

    up: TransposedConv
    blocks: Sequence[Sequence[_Layer]]
    after: _Rows

    @property
    def context(self) -> int:
        """Rows on either side, before the up-sampling, that a row depends on."""
        raised = max(sum(layer.context for layer in layers) for layers in self.blocks) + self.after.context
        return self.up.context + -(-raised // self.up.rate)

    def in_tiles(self, rows: Tensor) -> Tensor:
        """`[time, in]` to `[time * rate, out]`."""
        rate, context = self.up.rate, self.context
        found = rows.new_empty(len(rows) * rate, self.up.outputs)
        most = max(_TILE // (rate * self.up.outputs), _CONTEXTS * context)
        tile = -(-len(rows) // -(-len(rows) // most))
        for first in range(0, len(rows), tile):
            start = max(0, first - context)
            there = found[first * rate : (first + tile) * rate]
            there.copy_(self(rows[start : first + tile + context])[(first - start) * rate :][: len(there)])
        return found

    def __call__(self, rows: Tensor) -> Tensor:
        raised = self.up(rows)
        total = torch.zeros_like(raised)
        for layers in self.blocks:
            branch = raised.clone()
            for layer in layers:
                layer.add_to(branch)
            total += branch
        return self.after(total.div_(len(self.blocks)))


def _stages(network: HifiGanGenerator | BigVganGenerator) -> Iterator[_Stage]:
    kernels, between = len(network.config.resblock_kernels), _between(network)
    for number, up in enumerate(network.ups):
        blocks = network.resblocks[number * kernels : (number + 1) * kernels]
        layers = [[*_layers(cast(_Block, block))] for block in blocks]
        last = number == len(network.ups) - 1
        yield _Stage(TransposedConv(_only(up)), layers, _in_the_end(network) if last else between)


def _only(up: nn.Module) -> nn.ConvTranspose1d:
    """BigVGAN's are lists of one."""
    return cast(nn.ConvTranspose1d, up[0] if isinstance(up, nn.ModuleList) else up)


def _between(network: HifiGanGenerator | BigVganGenerator) -> _Rows:
    """The activation before an up-sampling; BigVGAN has none."""
    return _Leaky(SLOPE if isinstance(network, HifiGanGenerator) else 1, in_place=True)


def _in_the_end(network: HifiGanGenerator | BigVganGenerator) -> _Rows:
    """The activation before the last convolution."""
    return (
        _Leaky(OUTPUT_SLOPE, in_place=True)
        if isinstance(network, HifiGanGenerator)
        else SnakeRows(network.activation_post)
    )


def _bend(network: HifiGanGenerator | BigVganGenerator) -> Callable[[Tensor], Tensor]:
    tanh = isinstance(network, HifiGanGenerator) or network.config.tanh
    return torch.tanh_ if tanh else lambda samples: samples.clamp_(-1, 1)


def _layers(block: _Block) -> Iterator[_Layer]:
    activations = _activations(block)
    convolutions = (block.convs1, block.convs2) if isinstance(block, ResBlock1 | AmpBlock1) else (block.convs,)
    for turn in zip(*convolutions, strict=True):
        yield _Layer([step for layer in turn for step in (next(activations), _convolution(cast(nn.Conv1d, layer)))])


def _activations(block: _Block) -> Iterator[_Rows]:
    """In the order in which they are used; the first one of a turn leaves its input as it is."""
    if isinstance(block, AmpBlock1 | AmpBlock2):
        return (SnakeRows(cast(AntiAliasedSnake, each)) for each in block.activations)
    return cycle([_Leaky(SLOPE), _Leaky(SLOPE, in_place=True)] if isinstance(block, ResBlock1) else [_Leaky(SLOPE)])


def _convolution(layer: nn.Conv1d) -> _Rows:
    if min(layer.in_channels, layer.out_channels) < _WIDE:
        return Conv2dRows(layer)
    return FftConv(layer) if layer.kernel_size[0] in FFT_KERNELS else MatmulPerTap(layer)
