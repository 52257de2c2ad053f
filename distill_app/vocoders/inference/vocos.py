"""Vocos on rows: frames lie in rows from the first layer to the last, so that nothing is turned around.

The time of a short block is that of its matrix products; between them there is as little as can be.
"""

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from distill_app.dsp.istft import overlap_add
from distill_app.vocoders.inference.convolutions import Im2ColConv
from distill_app.vocoders.networks.channels_last import depthwise_conv
from distill_app.vocoders.networks.vocos import MAX_MAGNITUDE, InverseStft, VocosBlock, VocosGenerator


class OptimizedVocos:
    """See the module. Called as the network is, whose weights are laid out anew in place."""

    def __init__(self, network: VocosGenerator) -> None:
        self._backbone, self._head = network.backbone, network.head.out
        self._embed = Im2ColConv(network.backbone.embed)
        self._blocks = [_Block(block) for block in network.backbone.convnext if isinstance(block, VocosBlock)]
        self._inverse = _Inverse(network.head.istft)

    def __call__(self, mel: Tensor) -> Tensor:
        """Samples `[batch, n]` of a log-mel `[batch, bands, frames]`."""
        return torch.stack([self._samples(item.T.contiguous()) for item in mel])

    def _samples(self, rows: Tensor) -> Tensor:
        features = self._backbone.norm(self._embed(rows))
        for block in self._blocks:
            block.add_to(features)
        logarithm, phase = self._head(self._backbone.final_layer_norm(features)).chunk(2, dim=1)
        return self._inverse(torch.polar(logarithm.exp().clamp_max_(MAX_MAGNITUDE), phase.contiguous()))


class _Block:
    """A VocosBlock; what it gives is added to the features at once."""

    def __init__(self, block: VocosBlock) -> None:
        self._block, layer = block, block.dwconv
        assert layer.bias is not None
        self._taps, self._bias = layer.weight.detach()[:, 0].T.contiguous(), layer.bias
        layer.weight.data = self._taps.T[:, None]

    def add_to(self, features: Tensor) -> None:
        block = self._block
        inner = block.norm(depthwise_conv(features, self._taps, self._bias))
        features.addcmul_(block.pwconv2(F.gelu(block.pwconv1(inner))), block.gamma)


class _Inverse:
    """An InverseStft of frames in rows, complex `[frames, bins]`."""

    def __init__(self, layer: InverseStft) -> None:
        self._window, self._hop, self._padding = layer.window, layer.hop, layer.padding
        self._scale = lru_cache(maxsize=8)(self._fresh_scale)

    def __call__(self, spectrum: Tensor) -> Tensor:
        frames = torch.fft.irfft(spectrum, n=len(self._window), dim=1).mul_(self._window)
        return self._added_up(frames).mul_(self._scale(len(frames)))

    def _added_up(self, frames: Tensor) -> Tensor:
        """Samples `[n]` without what the mel's framing padded."""
        samples = overlap_add(frames.T[None], self._hop)[0]
        return samples[self._padding : len(samples) - self._padding]

    @torch.inference_mode(False)  # what is kept serves others, too
    def _fresh_scale(self, count: int) -> Tensor:
        """What the sum of `count` windowed frames is to be multiplied by."""
        return self._added_up(self._window.square().expand(count, -1)).reciprocal()
