"""Networks in the form in which the processor computes them soonest: the same numbers but for rounding."""

from collections.abc import Callable

from torch import Tensor, nn

from distill_app.vocoders.inference.gan import OptimizedGan
from distill_app.vocoders.inference.vocos import OptimizedVocos
from distill_app.vocoders.networks.bigvgan import BigVganGenerator
from distill_app.vocoders.networks.hifigan import HifiGanGenerator
from distill_app.vocoders.networks.vocos import VocosGenerator


def optimize_for_inference(network: nn.Module) -> Callable[[Tensor], Tensor]:
    """What is called in place of the network, on the processor, without gradients.

    Samples `[batch, n]` of a log-mel `[batch, bands, frames]`. The network keeps its weights' values and may still be
    used; they are laid out in another order, so that nothing is held twice. A network of another kind is its own form.
    """
    if isinstance(network, HifiGanGenerator | BigVganGenerator):
        return OptimizedGan(network)
    if isinstance(network, VocosGenerator):
        return OptimizedVocos(network)
    return network


__all__ = ["inference_form"]
