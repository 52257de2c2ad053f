"""Generators: log-mel `[batch, bands, frames]` to samples `[batch, mel_format.samples(frames)]`.

Every one has `context_frames`: how many frames on either side its samples depend on. Torch comes late, so that configs
can be read without it. Another family is a config class, a module and a case here.
"""

from typing import TYPE_CHECKING

from distill_app.vocoders.networks.config import (
    BigVganConfig,
    ConvNextConfig,
    GeneratorConfig,
    HifiGanConfig,
    VocosConfig,
)

if TYPE_CHECKING:
    from torch import nn


def build_generator(config: GeneratorConfig) -> "nn.Module":
    """The network with fresh weights, without weight norm. Raises ValueError where there is none of that family."""
    match config:
        case HifiGanConfig():
            from distill_app.vocoders.networks.hifigan import HifiGanGenerator

            return HifiGanGenerator(config)
        case BigVganConfig():
            from distill_app.vocoders.networks.bigvgan import BigVganGenerator

            return BigVganGenerator(config)
        case VocosConfig():
            from distill_app.vocoders.networks.vocos import VocosGenerator

            return VocosGenerator(config)
        case ConvNextConfig():
            from distill_app.vocoders.networks.convnext import ConvNextGenerator

            return ConvNextGenerator(config)
    raise ValueError("no such family of networks")


__all__ = ["GeneratorConfig", "build_generator"]
