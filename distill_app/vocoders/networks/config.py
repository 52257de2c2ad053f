"""What a generator network is made of: a frozen value that its weights file carries. No torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from math import prod
from typing import Any, Literal, get_args

from distill_app.dsp.mel_format import DISTILL_MEL, MelFormat

Family = Literal["vocos", "hifigan"]

CHANNELS_MAX, BLOCKS_MAX = 2_048, 64
_LIST_MAX, _KERNEL_MAX, _DILATION_MAX = 16, 64, 64
_CONSISTENT_FRAMES = 2
"""Least hops in a window for an inverse STFT to undo it."""


@dataclass(frozen=True)
class GeneratorConfig:
    """One generator network, mel to samples.

    Args:
        family: which network.
        channels: width of the backbone; of HiFi-GAN before the first up-sampling, halved by each one.
        blocks: blocks of the backbone ("vocos").
        mel_format: the mel it reads.
        rates, rate_kernels: factor and kernel of each up-sampling ("hifigan").
        resblock: 1 or 2, kind of HiFi-GAN's residual blocks.
        resblock_kernels, resblock_dilations: of the residual blocks after each up-sampling, added up.

    Raises ValueError where it describes no network.
    """

    family: Family
    channels: int
    blocks: int = 0
    mel_format: MelFormat = field(default=DISTILL_MEL)
    rates: tuple[int, ...] = ()
    rate_kernels: tuple[int, ...] = ()
    resblock: int = 1
    resblock_kernels: tuple[int, ...] = ()
    resblock_dilations: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        if self.family not in get_args(Family):
            raise ValueError("no such family of networks")
        _check_range("channels", self.channels, 1, CHANNELS_MAX)
        _check_range("blocks", self.blocks, 0, BLOCKS_MAX)
        (_check_upsampling if self.family == "hifigan" else _check_inverse)(self)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "GeneratorConfig":
        """Raises ValueError or TypeError where a field is missing, unknown or of the wrong kind."""
        if set(values) != {each.name for each in fields(cls)}:
            raise ValueError("a generator has other fields than these")
        mel_format = MelFormat.from_dict(values["mel_format"])
        lists: dict[str, Any] = {name: tuple(values[name]) for name in ("rates", "rate_kernels", "resblock_kernels")}
        lists["resblock_dilations"] = tuple(tuple(each) for each in values["resblock_dilations"])
        return cls(**{**values, **lists, "mel_format": mel_format})


def _check_range(name: str, value: object, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} goes from {low} to {high}")


def _check_inverse(config: GeneratorConfig) -> None:
    """An inverse STFT gives the samples: hops tile the window."""
    mel = config.mel_format
    if config.rates or config.rate_kernels or config.resblock_kernels or config.resblock_dilations:
        raise ValueError("only HiFi-GAN has up-sampling and residual blocks to describe")
    if mel.win != mel.n_fft or mel.n_fft % mel.hop or mel.n_fft < _CONSISTENT_FRAMES * mel.hop:
        raise ValueError("the inverse STFT needs a window of whole hops, two at least")


def _check_upsampling(config: GeneratorConfig) -> None:
    for name in ("rates", "rate_kernels", "resblock_kernels", "resblock_dilations"):
        if not 1 <= len(getattr(config, name)) <= _LIST_MAX:
            raise ValueError(f"{name} has 1 to {_LIST_MAX} entries")
    _check_range("resblock", config.resblock, 1, 2)
    for number in (*config.rates, *config.rate_kernels, *config.resblock_kernels):
        _check_range("a rate or kernel", number, 1, _KERNEL_MAX)
    for dilations in config.resblock_dilations:
        _check_range("the number of dilations", len(dilations), 1, _LIST_MAX)
        for number in dilations:
            _check_range("a dilation", number, 1, _DILATION_MAX)
    _check_sizes(config)


def _check_sizes(config: GeneratorConfig) -> None:
    if len(config.rates) != len(config.rate_kernels) or len(config.resblock_kernels) != len(config.resblock_dilations):
        raise ValueError("every rate has its kernel, every residual kernel its dilations")
    if prod(config.rates) != config.mel_format.hop:
        raise ValueError("the product of the up-sampling rates is the hop of the mel")
    pairs = zip(config.rates, config.rate_kernels, strict=True)
    if not all(kernel >= rate and (kernel - rate) % 2 == 0 for rate, kernel in pairs):
        raise ValueError("an up-sampling kernel is its rate and an even number more")
    if not all(kernel % 2 for kernel in config.resblock_kernels):
        raise ValueError("residual kernels are odd")
    if config.channels % 2 ** len(config.rates):
        raise ValueError("the channels can be halved by every up-sampling")


def _hifigan_v2() -> GeneratorConfig:
    """HiFi-GAN V2 (Kong et al. 2020) with its up-sampling made to fit a hop of 512."""
    return GeneratorConfig(
        "hifigan",
        128,
        rates=(8, 8, 4, 2),
        rate_kernels=(16, 16, 8, 4),
        resblock_kernels=(3, 7, 11),
        resblock_dilations=((1, 3, 5),) * 3,
    )


GENERATORS: Mapping[str, GeneratorConfig] = {
    "tiny": GeneratorConfig("vocos", 32, 2),
    "256x6": GeneratorConfig("vocos", 256, 6),
    "384x8": GeneratorConfig("vocos", 384, 8),
    "512x8": GeneratorConfig("vocos", 512, 8),
    "hifigan-v2": _hifigan_v2(),
}
