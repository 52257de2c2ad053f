"""Generators: log-mel `[batch, bands, frames]` to samples `[batch, frames * hop]`. Another family is one entry."""

from collections.abc import Callable

from torch import nn

from distill_app.vocoders.networks.config import GeneratorConfig
from distill_app.vocoders.networks.convnext import ConvNextGenerator
from distill_app.vocoders.networks.hifigan import HifiGanGenerator

_FAMILIES: dict[str, Callable[[GeneratorConfig], nn.Module]] = {
    "vocos": ConvNextGenerator,
    "hifigan": HifiGanGenerator,
}


def build_generator(config: GeneratorConfig) -> nn.Module:
    """The network with fresh weights, without weight norm. Raises ValueError where there is none of that family."""
    if config.family not in _FAMILIES:
        raise ValueError("no such family of networks")
    return _FAMILIES[config.family](config)


__all__ = ["GeneratorConfig", "build_generator"]
