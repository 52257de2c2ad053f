"""Optimized forms of the GAN generators for inference on the CPU, equal to the networks but for rounding."""

from collections.abc import Callable

from torch import Tensor, nn

from distill_app.vocoders.inference.gan import OptimizedGan
from distill_app.vocoders.networks.bigvgan import BigVganGenerator
from distill_app.vocoders.networks.hifigan import HifiGanGenerator


def optimize_for_inference(network: nn.Module) -> Callable[[Tensor], Tensor]:
    """Callable that replaces a network on the CPU, without gradients; the network itself if it has no faster form.

    The network stays usable. Both share their weights, whose memory layout is changed in place.
    """
    return OptimizedGan(network) if isinstance(network, HifiGanGenerator | BigVganGenerator) else network


__all__ = ["optimize_for_inference"]
