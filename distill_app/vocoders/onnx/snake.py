"""ONNX graph of BigVGAN's anti-aliased activation in polyphase form.

    x ─▶ 3 edge samples ─┬▶ 6 taps ─▶ even ─▶ snake ─▶ edges ─▶ 6 taps ─┬▶ + ─▶
                         └▶ 6 taps ─▶ odd ──▶ snake ─▶ edges ─▶ 6 taps ─┘

Even and odd samples of the doubled rate stay separate, so that no zeros are inserted. Filters are depthwise
convolutions.
"""

import torch
from torch import Tensor

from distill_app.vocoders.networks.bigvgan import EPSILON, AntiAliasedSnake, Snake
from distill_app.vocoders.networks.receptive_field import FILTER_TAPS
from distill_app.vocoders.onnx.graph_builder import GraphBuilder

_EDGE = FILTER_TAPS // 4
"""Samples by which the filter of a phase extends beyond its input."""
_TIME = 3


def anti_aliased_snake(graph: GraphBuilder, features: str, layer: AntiAliasedSnake) -> str:
    """Add an anti-aliased Snake activation on `[batch, channels, 1, n]`."""
    channels = len(layer.act.alpha)
    up, down = layer.upsample.filter.flatten(), layer.downsample.lowpass.filter.flatten()
    ends = graph.constant([0, 0, 0, _EDGE, 0, 0, 0, _EDGE])
    padded = graph.with_shape(graph.node("Pad", features, ends, mode="edge"), channels, 2 * _EDGE)
    snake = [graph.constant(each) for each in _scales(layer.act)]
    even = _snake(graph, _filter(graph, padded, _pad_end(2 * up.flip(0)[::2]), channels), snake)
    odd = _snake(graph, _filter(graph, padded, _pad_start(2 * up.flip(0)[1::2]), channels), snake)
    even, odd = _with_edges(graph, even, odd, channels)
    filtered = (
        _filter(graph, even, _pad_start(down[1::2]), channels),
        _filter(graph, odd, _pad_end(down[::2]), channels),
    )
    return graph.node("Add", *filtered)


def _scales(layer: Snake) -> tuple[Tensor, Tensor]:
    """α and 1 / β, each `[channels, 1, 1]`."""
    alpha, beta = layer.alpha_beta()
    return alpha[:, None], (beta + EPSILON).reciprocal()[:, None]


def _pad_end(taps: Tensor) -> Tensor:
    """Taps padded at the end, so that the filters of both phases have the same length."""
    return torch.cat([taps, taps.new_zeros(1)])


def _pad_start(taps: Tensor) -> Tensor:
    """Taps padded at the start."""
    return torch.cat([taps.new_zeros(1), taps])


def _filter(graph: GraphBuilder, value: str, taps: Tensor, channels: int) -> str:
    weight = taps.expand(channels, 1, 1, -1)
    return graph.with_shape(graph.node("Conv", value, graph.constant(weight), group=channels), channels)


def _snake(graph: GraphBuilder, value: str, alpha_beta: list[str]) -> str:
    alpha, inverse_beta = alpha_beta
    sine = graph.node("Sin", graph.node("Mul", value, alpha))
    return graph.node("Add", value, graph.node("Mul", graph.node("Mul", sine, sine), inverse_beta))


def _with_edges(graph: GraphBuilder, even: str, odd: str, channels: int) -> tuple[str, str]:
    """Extend both phases by the first sample, which is even, and the last one, which is odd."""
    first = _sample(graph, even, 0, 1)
    last = _sample(graph, odd, -1, torch.iinfo(torch.int64).max)
    ends = [first] * _EDGE, [last] * _EDGE
    padded = [graph.node("Concat", *ends[0], phase, *ends[1], axis=_TIME) for phase in (even, odd)]
    return graph.with_shape(padded[0], channels, 2 * _EDGE), graph.with_shape(padded[1], channels, 2 * _EDGE)


def _sample(graph: GraphBuilder, value: str, start: int, end: int) -> str:
    return graph.node("Slice", value, graph.constant([start]), graph.constant([end]), graph.constant([_TIME]))
