"""Generator networks: log-mel `[batch, bands, frames]` to samples `[batch, mel_format.samples(frames)]`.

Each has `context_frames`, its receptive field on either side. torch is imported late, so that configs can be read
without it. A new family is a config class, a module and a case below.
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
    """Network with initial weights, without weight norm. Raises ValueError for an unknown family."""
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
