"""ONNX graphs of Vocos and of Distill's ConvNeXt network: log-mel `[batch, bands, 1, frames]` to a spectrum.

The results are real and imaginary part, each `[batch, bins, frames]`, as ONNX has no inverse STFT.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from distill_app.vocoders.networks.convnext import (
    MAX_LOG_MAGNITUDE,
    MIN_MAGNITUDE,
    ConvNextBlock,
    ConvNextGenerator,
    normalise_mel,
)
from distill_app.vocoders.networks.vocos import MAX_MAGNITUDE, VocosBlock, VocosGenerator
from distill_app.vocoders.onnx.graph_builder import GraphBuilder

_NOT_ZERO = 1e-12


@dataclass(frozen=True, eq=False)
class _Block:
    """ConvNeXt block of either network; layer scale is merged into its last layer."""

    depthwise: nn.Conv1d
    norm: nn.LayerNorm
    expand: nn.Linear
    contract: nn.Linear
    scale: Tensor

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        rows = graph.layer_norm(graph.to_channels_last(graph.conv(features, self.depthwise)), self.norm)
        rows = graph.node("Gelu", graph.linear(rows, self.expand.weight, self.expand.bias))
        rows = graph.linear(rows, self.scale[:, None] * self.contract.weight, self.scale * self.contract.bias)
        return graph.node("Add", features, graph.to_channels_first(rows))


def vocos_graph(graph: GraphBuilder, mel: str, network: VocosGenerator) -> tuple[str, str]:
    backbone, bins = network.backbone, network.config.mel_format.n_fft // 2 + 1
    blocks = [_vocos_block(cast(VocosBlock, block)) for block in backbone.convnext]
    features = _backbone(graph, mel, backbone.embed, backbone.norm, blocks, backbone.final_layer_norm)
    logarithm, phase = _head(graph, features, network.head.out, [bins, bins])
    magnitude = graph.node("Min", graph.node("Exp", logarithm), graph.constant(MAX_MAGNITUDE))
    directions = graph.node("Cos", phase), graph.node("Sin", phase)
    return _spectrum(graph, magnitude, directions)


def convnext_graph(graph: GraphBuilder, mel: str, network: ConvNextGenerator) -> tuple[str, str]:
    backbone, bins = network.backbone, network.bins
    blocks = [_convnext_block(cast(ConvNextBlock, block)) for block in backbone.blocks]
    features = _backbone(graph, _normalised_mel(graph, mel), backbone.embed, backbone.norm, blocks, backbone.last_norm)
    residual, x, y = _head(graph, features, network.head, [bins] * 3)
    magnitude = graph.node("Mul", _prior(graph, mel, network), graph.node("Exp", residual))
    magnitude = graph.node("Min", magnitude, graph.constant(math.exp(MAX_LOG_MAGNITUDE)))
    return _spectrum(graph, graph.node("Div", magnitude, _modulus(graph, x, y)), (x, y))


def _vocos_block(block: VocosBlock) -> _Block:
    return _Block(block.dwconv, block.norm, block.pwconv1, block.pwconv2, block.gamma)


def _convnext_block(block: ConvNextBlock) -> _Block:
    return _Block(block.depthwise, block.norm, block.expand, block.contract, block.scale)


def _backbone(
    graph: GraphBuilder, inputs: str, embed: nn.Conv1d, norm: nn.LayerNorm, blocks: Sequence[_Block], last: nn.LayerNorm
) -> str:
    """Output of the backbone, `[batch, 1, frames, channels]`."""
    features = graph.to_channels_first(graph.layer_norm(graph.to_channels_last(graph.conv(inputs, embed)), norm))
    for block in blocks:
        features = block.add_to(graph, features)
    return graph.layer_norm(graph.to_channels_last(features), last)


def _head(graph: GraphBuilder, rows: str, layer: nn.Linear, sizes: list[int]) -> list[str]:
    """Output of a linear layer, split into `[batch, 1, frames, size]` for each size."""
    values = graph.linear(rows, layer.weight, layer.bias)
    return graph.nodes("Split", values, graph.constant(sizes), outputs=len(sizes), axis=-1)


def _spectrum(graph: GraphBuilder, magnitude: str, directions: tuple[str, str]) -> tuple[str, str]:
    """Magnitude times both directions, `[batch, 1, frames, bins]` each, as two `[batch, bins, frames]`."""
    real, imaginary = (graph.to_channels_first(graph.node("Mul", magnitude, each)) for each in directions)
    return graph.squeeze(real, 2), graph.squeeze(imaginary, 2)


def _normalised_mel(graph: GraphBuilder, mel: str) -> str:
    offset = normalise_mel(torch.zeros(()))
    factor = normalise_mel(torch.ones(())) - offset
    return graph.node("Add", graph.node("Mul", mel, graph.constant(factor)), graph.constant(offset))


def _prior(graph: GraphBuilder, mel: str, network: ConvNextGenerator) -> str:
    """Magnitude prior `[batch, 1, frames, bins]` of a mel."""
    linear = graph.to_channels_last(graph.node("Exp", mel))
    bounds = [
        graph.node("MatMul", linear, graph.constant(bank.T)) for bank in (network.prior.sharp, network.prior.smooth)
    ]
    return graph.node("Max", *bounds, graph.constant(MIN_MAGNITUDE))


def _modulus(graph: GraphBuilder, x: str, y: str) -> str:
    squares = [graph.node("Mul", each, each) for each in (x, y)]
    return graph.node("Sqrt", graph.node("Sum", *squares, graph.constant(_NOT_ZERO)))
