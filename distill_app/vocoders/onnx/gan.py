"""ONNX graphs of HiFi-GAN and BigVGAN: log-mel `[batch, bands, 1, frames]` to samples `[batch, 1, 1, samples]`."""

from collections.abc import Callable, Sequence
from typing import cast

from torch import nn

from distill_app.vocoders.networks.bigvgan import AmpBlock1, AmpBlock2, AntiAliasedSnake, BigVganGenerator
from distill_app.vocoders.networks.hifigan import OUTPUT_SLOPE, SLOPE, HifiGanGenerator, ResBlock1, ResBlock2
from distill_app.vocoders.onnx.graph_builder import GraphBuilder
from distill_app.vocoders.onnx.snake import anti_aliased_snake

Layer = Callable[[str], str]


def hifigan_graph(graph: GraphBuilder, mel: str, network: HifiGanGenerator) -> str:
    features = graph.conv(mel, network.conv_pre)
    stages = _stages(network.resblocks, len(network.ups))
    for up, blocks in zip(network.ups, stages, strict=True):
        features = graph.conv_transpose(_leaky(graph, features, SLOPE), cast(nn.ConvTranspose1d, up))
        features = graph.mean([_hifigan_block(graph, features, block) for block in blocks])
    return graph.node("Tanh", graph.conv(_leaky(graph, features, OUTPUT_SLOPE), network.conv_post))


def bigvgan_graph(graph: GraphBuilder, mel: str, network: BigVganGenerator) -> str:
    features = graph.conv(mel, network.conv_pre)
    stages = _stages(network.resblocks, len(network.ups))
    for ups, blocks in zip(network.ups, stages, strict=True):
        for up in ups.children():
            features = graph.conv_transpose(features, cast(nn.ConvTranspose1d, up))
        features = graph.mean([_bigvgan_block(graph, features, block) for block in blocks])
    samples = graph.conv(anti_aliased_snake(graph, features, network.activation_post), network.conv_post)
    if network.config.tanh:
        return graph.node("Tanh", samples)
    return graph.node("Clip", samples, graph.constant(-1.0), graph.constant(1.0))


def _stages(blocks: nn.ModuleList, count: int) -> list[list[nn.Module]]:
    """Residual blocks of each upsampling."""
    each = len(blocks) // count
    return [[*blocks[number * each : (number + 1) * each]] for number in range(count)]


def _hifigan_block(graph: GraphBuilder, features: str, block: nn.Module) -> str:
    def activation(value: str) -> str:
        return _leaky(graph, value, SLOPE)

    convolutions = _residual_convs(cast(ResBlock1 | ResBlock2, block))
    return _residual(graph, features, [[(activation, each) for each in turn] for turn in convolutions])


def _bigvgan_block(graph: GraphBuilder, features: str, block: nn.Module) -> str:
    block = cast(AmpBlock1 | AmpBlock2, block)
    activations = iter(block.activations)
    steps = [[(_snake(graph, next(activations)), each) for each in turn] for turn in _residual_convs(block)]
    return _residual(graph, features, steps)


def _snake(graph: GraphBuilder, activation: nn.Module) -> Layer:
    return lambda value: anti_aliased_snake(graph, value, cast(AntiAliasedSnake, activation))


def _residual_convs(block: ResBlock1 | ResBlock2 | AmpBlock1 | AmpBlock2) -> list[tuple[nn.Conv1d, ...]]:
    """Convolutions of each residual layer: dilated and undilated, or a dilated one alone."""
    if isinstance(block, ResBlock1 | AmpBlock1):
        return [*zip(_convolutions(block.convs1), _convolutions(block.convs2), strict=True)]
    return [(each,) for each in _convolutions(block.convs)]


def _convolutions(layers: nn.ModuleList) -> list[nn.Conv1d]:
    return [cast(nn.Conv1d, layer) for layer in layers]


def _residual(graph: GraphBuilder, features: str, steps: Sequence[Sequence[tuple[Layer, nn.Conv1d]]]) -> str:
    """Residual layers, each of activations and convolutions."""
    for step in steps:
        inner = features
        for activation, conv in step:
            inner = graph.conv(activation(inner), conv)
        features = graph.node("Add", inner, features)
    return features


def _leaky(graph: GraphBuilder, value: str, slope: float) -> str:
    return graph.node("LeakyRelu", value, alpha=slope)
