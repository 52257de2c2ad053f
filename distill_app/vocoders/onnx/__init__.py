"""Networks as ONNX graphs, built layer by layer. Needs the package onnx. A new family is a case below.

`torch.onnx` is not used: its TorchScript exporter is deprecated; the new exporter needs further packages, takes seconds
per network, and leaves convolutions one-dimensional, which are slower in ONNX Runtime.
"""

from collections.abc import Mapping

from onnx import ModelProto
from torch import nn

from distill_app.common.errors import VocoderError
from distill_app.vocoders.networks.bigvgan import BigVganGenerator
from distill_app.vocoders.networks.convnext import ConvNextGenerator
from distill_app.vocoders.networks.hifigan import HifiGanGenerator
from distill_app.vocoders.networks.vocos import VocosGenerator
from distill_app.vocoders.onnx.convnext import convnext_graph, vocos_graph
from distill_app.vocoders.onnx.gan import bigvgan_graph, hifigan_graph
from distill_app.vocoders.onnx.graph_builder import GraphBuilder, TensorSpec

MEL, SAMPLES, SPECTRUM = "mel", ("samples",), ("real", "imaginary")
_ROW_AXIS, _CHANNEL_AXIS = 2, 1


def onnx_model(network: nn.Module, opset: int, metadata: Mapping[str, str]) -> ModelProto:
    """ONNX model of a network with its present weights, for any batch size and length.

    Input: `mel` `[batch, bands, frames]`. Output of HiFi-GAN and BigVGAN: `samples` `[batch, samples]`; of the others:
    `real` and `imaginary`, each `[batch, bins, frames]`, as ONNX has no inverse STFT.

    Args:
        opset: version of the ONNX operators, at least 20.
        metadata: texts stored in the model.

    Raises VocoderError for another family.
    """
    graph = GraphBuilder()
    mel = graph.unsqueeze(MEL, _ROW_AXIS)
    match network:
        case HifiGanGenerator():
            results = _samples(graph, hifigan_graph(graph, mel, network))
        case BigVganGenerator():
            results = _samples(graph, bigvgan_graph(graph, mel, network))
        case VocosGenerator():
            results = _spectrum(vocos_graph(graph, mel, network), network.config.mel_format.n_fft)
        case ConvNextGenerator():
            results = _spectrum(convnext_graph(graph, mel, network), network.config.mel_format.n_fft)
        case _:
            raise VocoderError("This vocoder has no network that could be written as ONNX.")
    return graph.model(TensorSpec(MEL, ("batch", network.config.mel_format.bands, "frames")), results, opset, metadata)


def _samples(graph: GraphBuilder, samples: str) -> dict[TensorSpec, str]:
    rows = graph.squeeze(samples, _ROW_AXIS)
    return {TensorSpec(SAMPLES[0], ("batch", "samples")): graph.squeeze(rows, _CHANNEL_AXIS)}


def _spectrum(parts: tuple[str, str], n_fft: int) -> dict[TensorSpec, str]:
    axes = ("batch", n_fft // 2 + 1, "frames")
    return {TensorSpec(name, axes): part for name, part in zip(SPECTRUM, parts, strict=True)}
