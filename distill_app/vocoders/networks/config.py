"""Configs of generator networks, as weights files store them. No torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import prod
from typing import Any, ClassVar, Literal, get_args

from distill_app.dsp.mel_format import MelFormat
from distill_app.vocoders.networks import receptive_field

Activation = Literal["snake", "snakebeta"]

CHANNELS_MAX, HIDDEN_MAX, BLOCKS_MAX = 2_048, 8_192, 64
_LIST_MAX, _KERNEL_MAX, _DILATION_MAX = 16, 64, 64
_CONSISTENT_FRAMES = 2
"""Least number of hops per window for which an inverse STFT exists."""


@dataclass(frozen=True)
class GeneratorConfig:
    """Config of a generator network; each family has its own subclass.

    Args:
        mel_format: the mel it reads.

    Raises ValueError where a value is invalid.
    """

    family: ClassVar[str]
    mel_format: MelFormat

    @property
    def context_frames(self) -> int:
        """Frames on either side that the samples of a frame depend on."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        return {"family": self.family, **asdict(self)}


@dataclass(frozen=True)
class InverseStftConfig(GeneratorConfig):
    """Network that predicts a spectrum at frame rate, followed by an inverse STFT.

    Args:
        channels: width of the backbone.
        blocks: ConvNeXt blocks of the backbone.
    """

    channels: int
    blocks: int

    blocks_min: ClassVar[int] = 0

    def __post_init__(self) -> None:
        mel = self.mel_format
        check_range("the width", self.channels, 1, CHANNELS_MAX)
        check_range("the number of blocks", self.blocks, self.blocks_min, BLOCKS_MAX)
        if mel.win != mel.n_fft or mel.n_fft % mel.hop or mel.n_fft < _CONSISTENT_FRAMES * mel.hop:
            raise ValueError("the inverse STFT needs a window of whole hops, two at least")

    @property
    def context_frames(self) -> int:
        return receptive_field.inverse_stft_context(self.mel_format, self.blocks)


@dataclass(frozen=True)
class ConvNextConfig(InverseStftConfig):
    """Distill's own Vocos-like network, see convnext.py."""

    family = "convnext"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.mel_format.centred:
            raise ValueError("this network's frames are not centred")


@dataclass(frozen=True)
class VocosConfig(InverseStftConfig):
    """Vocos as published, see vocos.py.

    Args:
        hidden: width within a block.
    """

    family = "vocos"
    hidden: int

    blocks_min: ClassVar[int] = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("the width within a block", self.hidden, 1, HIDDEN_MAX)


@dataclass(frozen=True)
class GanConfig(GeneratorConfig):
    """Network that upsamples from frame rate to sample rate by transposed convolutions.

    Args:
        channels: before the first upsampling; each upsampling halves them.
        rates, rate_kernels: factor and kernel of each upsampling; the product of the factors is the hop.
        resblock: 1 or 2, kind of the residual blocks.
        resblock_kernels, resblock_dilations: of the parallel residual blocks after each upsampling.
    """

    channels: int
    rates: tuple[int, ...]
    rate_kernels: tuple[int, ...]
    resblock: int
    resblock_kernels: tuple[int, ...]
    resblock_dilations: tuple[tuple[int, ...], ...]

    activation_context: ClassVar[int] = 0
    """Samples on either side that an activation depends on."""

    def __post_init__(self) -> None:
        check_range("the width", self.channels, 1, CHANNELS_MAX)
        check_range("the kind of residual blocks", self.resblock, 1, 2)
        _check_numbers("an up-sampling rate", self.rates, 1, _KERNEL_MAX)
        _check_numbers("an up-sampling kernel", self.rate_kernels, 1, _KERNEL_MAX)
        _check_numbers("a residual kernel", self.resblock_kernels, 1, _KERNEL_MAX)
        _check_length("the dilations", self.resblock_dilations)
        for dilations in self.resblock_dilations:
            _check_numbers("a dilation", dilations, 1, _DILATION_MAX)
        _check_upsampling(self)

    @property
    def context_frames(self) -> int:
        return receptive_field.gan_context(
            self.rates, self.rate_kernels, self._residual_context(), self.activation_context
        )

    def _residual_context(self) -> int:
        """Context of the widest of the parallel residual blocks."""
        pairs = zip(self.resblock_kernels, self.resblock_dilations, strict=True)
        return max(receptive_field.residual_context(self.resblock, *each, self.activation_context) for each in pairs)


@dataclass(frozen=True)
class HifiGanConfig(GanConfig):
    """HiFi-GAN, see hifigan.py."""

    family = "hifigan"


@dataclass(frozen=True)
class BigVganConfig(GanConfig):
    """BigVGAN, see bigvgan.py.

    Args:
        activation: "snake", or "snakebeta" with a separate amplitude β.
        log_scale: whether α and β are stored as logarithms.
        tanh: whether tanh limits the samples to ±1; otherwise they are clipped.
        bias: whether the last convolution has a bias.
    """

    family = "bigvgan"
    activation: Activation
    log_scale: bool
    tanh: bool
    bias: bool

    activation_context: ClassVar[int] = receptive_field.SNAKE_CONTEXT

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.activation not in get_args(Activation):
            raise ValueError("an activation is “snake” or “snakebeta”")
        if not all(type(each) is bool for each in (self.log_scale, self.tanh, self.bias)):
            raise ValueError("the log scale, tanh and bias are on or off")


_FAMILIES: Mapping[str, type[GeneratorConfig]] = {
    each.family: each for each in (ConvNextConfig, VocosConfig, HifiGanConfig, BigVganConfig)
}
_VERSION_0_FIELDS = {
    "rates",
    "rate_kernels",
    "resblock",
    "resblock_kernels",
    "resblock_dilations",
    "channels",
    "blocks",
}


def config_from_dict(values: Mapping[str, Any]) -> GeneratorConfig:
    """Config from the values of `to_dict`. Raises ValueError or TypeError where one is missing, unknown or invalid."""
    values = dict(_upgrade(values))
    family = values.pop("family")
    if family not in _FAMILIES:
        raise ValueError("no such family of networks")
    if set(values) != _field_names(family):
        raise ValueError("such a generator has other fields than these")
    mel_format = MelFormat.from_dict(values.pop("mel_format"))
    return _FAMILIES[family](mel_format, **{name: _to_tuples(value) for name, value in values.items()})


def _field_names(family: str) -> set[str]:
    return {each.name for each in fields(_FAMILIES[family])}


def _upgrade(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Upgrade values of older files, which have the fields of both families of then and call ConvNeXt "vocos"."""
    if set(values) != _VERSION_0_FIELDS | {"family", "mel_format"}:
        return values
    family = "convnext" if values["family"] == "vocos" else "hifigan"
    return {"family": family} | {name: values[name] for name in _field_names(family)}


def _to_tuples(value: Any) -> Any:
    return tuple(_to_tuples(each) for each in value) if isinstance(value, list | tuple) else value


def check_range(name: str, value: object, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} is a whole number from {low} to {high}")


def _check_length(name: str, values: object) -> None:
    if not isinstance(values, tuple) or not 1 <= len(values) <= _LIST_MAX:
        raise ValueError(f"{name} are a list of 1 to {_LIST_MAX}")


def _check_numbers(name: str, values: object, low: int, high: int) -> None:
    if not isinstance(values, tuple) or not 1 <= len(values) <= _LIST_MAX:
        raise ValueError(f"of {name} there are 1 to {_LIST_MAX}, in a list")
    for value in values:
        check_range(name, value, low, high)


def _check_upsampling(config: GanConfig) -> None:
    if len(config.rates) != len(config.rate_kernels) or len(config.resblock_kernels) != len(config.resblock_dilations):
        raise ValueError("every up-sampling rate has its kernel, every residual kernel its dilations")
    if prod(config.rates) != config.mel_format.hop:
        product = f"{'·'.join(map(str, config.rates))} = {prod(config.rates)}"
        raise ValueError(f"it up-samples {product} times where its mel has a hop of {config.mel_format.hop}")
    pairs = zip(config.rates, config.rate_kernels, strict=True)
    if not all(kernel >= rate and (kernel - rate) % 2 == 0 for rate, kernel in pairs):
        raise ValueError("an up-sampling kernel is its rate and an even number more")
    if not all(kernel % 2 for kernel in config.resblock_kernels):
        raise ValueError("residual kernels are odd")
    if config.channels % 2 ** len(config.rates):
        raise ValueError("the channels can be halved by every up-sampling")
