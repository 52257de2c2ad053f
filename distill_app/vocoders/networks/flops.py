"""Parameters and multiply-accumulates of a network, counted from its config. No torch."""

from collections.abc import Iterator
from dataclasses import dataclass

from distill_app.vocoders.networks.config import (
    BigVganConfig,
    ConvNextConfig,
    GanConfig,
    GeneratorConfig,
    InverseStftConfig,
    VocosConfig,
)
from distill_app.vocoders.networks.receptive_field import EDGE_KERNEL, FILTER_TAPS

_CONVNEXT_EXPANSION = 3
"""Hidden width of Distill's blocks, in channels."""
_LIVE_GMAC_PER_SECOND = 2.0
"""Networks of 1.3 to 1.9 (Vocos 24k, HiFi-GAN V2 and V3) take 29 to 34 ms of one core (AMD EPYC, AVX2) for a fifth of a
second and its context; more is too late for a moving slider."""


@dataclass(frozen=True)
class Cost:
    """Size and speed of a network.

    Args:
        parameters: trained values, without weight norm.
        gmac_per_second: billions of multiply-accumulates per second of sound.
    """

    parameters: int
    gmac_per_second: float


@dataclass(frozen=True)
class _Layer:
    """Parameters of a layer, and its multiply-accumulates per frame of the mel."""

    parameters: int
    macs: int


def cost(config: GeneratorConfig) -> Cost:
    """Count the cost of a network. Raises ValueError for an unknown family."""
    layers = list(_layers(config))
    frames_per_second = config.mel_format.sample_rate / config.mel_format.hop
    gmac = sum(layer.macs for layer in layers) * frames_per_second / 1e9
    return Cost(sum(layer.parameters for layer in layers), gmac)


def is_live(gmac_per_second: float) -> bool:
    """Whether a network is fast enough to follow a moving slider; no for 0, which stands for not counted."""
    return 0 < gmac_per_second <= _LIVE_GMAC_PER_SECOND


def _layers(config: GeneratorConfig) -> Iterator[_Layer]:
    match config:
        case GanConfig():
            return _gan_layers(config)
        case VocosConfig():
            return _frame_rate_layers(config, config.hidden, config.mel_format.n_fft + 2)
        case ConvNextConfig():
            return _convnext_layers(config)
    raise ValueError("no such family of networks")


def _dense(inputs: int, outputs: int, kernel: int = 1, times: int = 1, bias: bool = True) -> _Layer:
    """Linear layer or convolution, computed `times` per frame."""
    return _Layer(inputs * outputs * kernel + outputs * bias, inputs * outputs * kernel * times)


def _gan_layers(config: GanConfig) -> Iterator[_Layer]:
    yield _dense(config.mel_format.bands, config.channels, EDGE_KERNEL)
    channels, times = config.channels, 1
    for rate, kernel in zip(config.rates, config.rate_kernels, strict=True):
        yield _dense(channels, channels // 2, kernel, times)
        channels, times = channels // 2, times * rate
        yield from _residual_layers(config, channels, times)
    if isinstance(config, BigVganConfig):
        yield _activation(config, channels, times)
    yield _dense(channels, 1, EDGE_KERNEL, times, not isinstance(config, BigVganConfig) or config.bias)


def _residual_layers(config: GanConfig, channels: int, times: int) -> Iterator[_Layer]:
    for kernel, dilations in zip(config.resblock_kernels, config.resblock_dilations, strict=True):
        for _ in range(len(dilations) * (2 if config.resblock == 1 else 1)):
            yield _dense(channels, channels, kernel, times)
            if isinstance(config, BigVganConfig):
                yield _activation(config, channels, times)


def _activation(config: BigVganConfig, channels: int, times: int) -> _Layer:
    """Filters around an activation: half of the taps multiply inserted zeros when upsampling."""
    return _Layer(channels * (2 if config.activation == "snakebeta" else 1), 2 * FILTER_TAPS * channels * times)


def _frame_rate_layers(config: InverseStftConfig, hidden: int, outputs: int) -> Iterator[_Layer]:
    width = config.channels
    norm = _Layer(2 * width, 0)
    yield _dense(config.mel_format.bands, width, EDGE_KERNEL)
    yield norm
    for _ in range(config.blocks):
        yield _dense(1, width, EDGE_KERNEL)
        yield norm
        yield _dense(width, hidden)
        yield _dense(hidden, width)
        yield _Layer(width, 0)
    yield norm
    yield _dense(width, outputs)


def _convnext_layers(config: ConvNextConfig) -> Iterator[_Layer]:
    """Layers of the backbone, and the two fixed matrices of the magnitude prior."""
    bins = config.mel_format.n_fft // 2 + 1
    yield _Layer(0, 2 * bins * config.mel_format.bands)
    yield from _frame_rate_layers(config, _CONVNEXT_EXPANSION * config.channels, 3 * bins)
