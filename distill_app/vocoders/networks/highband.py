"""Optimized `ConvNextGenerator` for inference that computes the upper bins of the spectrum only.

Frames stay rows from the first layer to the last, so that nothing is transposed. Layer scale is merged into the
weights. Head and prior have rows only for the requested bins.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from distill_app.vocoders.networks.channels_last import depthwise_conv, gather_windows
from distill_app.vocoders.networks.convnext import (
    MAX_LOG_MAGNITUDE,
    MIN_MAGNITUDE,
    ConvNextBlock,
    ConvNextGenerator,
    normalise_mel,
)


@dataclass(frozen=True, eq=False)
class _Block:
    """`ConvNextBlock` on rows `[frames, channels]`: taps `[kernel, channels]`, layer scale merged into `contract`."""

    taps: Tensor
    bias: Tensor
    norm: nn.LayerNorm
    expand: nn.Linear
    contract: Tensor
    contract_bias: Tensor

    @classmethod
    def of(cls, block: ConvNextBlock) -> "_Block":
        taps, bias = block.depthwise.weight[:, 0].T.contiguous(), block.depthwise.bias
        assert bias is not None
        contract, scale = block.contract, block.scale
        weight = (scale[:, None] * contract.weight).T.contiguous()
        return cls(taps, bias, block.norm, block.expand, weight, scale * contract.bias)

    def add_to(self, features: Tensor) -> None:
        inner = F.gelu(self.expand(self.norm(depthwise_conv(features, self.taps, self.bias))))
        features.add_(self.contract_bias).addmm_(inner, self.contract)


class HighBandNetwork:
    """Upper bins of a `ConvNextGenerator`'s spectrum.

    Args:
        network: source of the weights; later changes of it have no defined effect.
        first_bin: lowest bin that is computed.
    """

    def __init__(self, network: ConvNextGenerator, first_bin: int) -> None:
        backbone, prior, head = network.backbone, network.prior, network.head
        self._first, self._bins = first_bin, network.bins
        self._kernel = backbone.embed.kernel_size[0]
        self._embed, self._embed_bias = backbone.embed.weight.permute(0, 2, 1).flatten(1), backbone.embed.bias
        self._norm, self._last_norm = backbone.norm, backbone.last_norm
        self._blocks = [_Block.of(block) for block in backbone.blocks if isinstance(block, ConvNextBlock)]
        rows = [row for part in range(3) for row in range(part * network.bins + first_bin, (part + 1) * network.bins)]
        self._head, self._head_bias = head.weight[rows], head.bias[rows]
        self._prior = torch.cat([prior.sharp[first_bin:], prior.smooth[first_bin:]])

    def __call__(self, mel: Tensor) -> Tensor:
        """Complex spectrum `[frames, bins]` of a log-mel `[bands, frames]`; 0 below the first bin."""
        rows = mel.T.contiguous()
        residual, x, y = F.linear(self._features(rows), self._head, self._head_bias).chunk(3, dim=1)
        factor = (residual.exp() * self._amplitude(rows)).clamp_max_(math.exp(MAX_LOG_MAGNITUDE))
        factor.mul_(x.square().addcmul_(y, y).add_(1e-12).rsqrt_())
        spectrum = mel.new_zeros(len(rows), self._bins, 2)
        torch.mul(factor, x, out=spectrum[:, self._first :, 0])
        torch.mul(factor, y, out=spectrum[:, self._first :, 1])
        return torch.view_as_complex(spectrum)

    def _features(self, rows: Tensor) -> Tensor:
        """Output `[frames, channels]` of the backbone for rows `[frames, bands]`."""
        features = self._norm(
            F.linear(gather_windows(normalise_mel(rows), self._kernel), self._embed, self._embed_bias)
        )
        for block in self._blocks:
            block.add_to(features)
        normalised: Tensor = self._last_norm(features)
        return normalised

    def _amplitude(self, rows: Tensor) -> Tensor:
        """Magnitude prior of the upper bins."""
        sharp, smooth = F.linear(rows.exp(), self._prior).chunk(2, dim=1)
        return torch.maximum(sharp, smooth).clamp_min_(MIN_MAGNITUDE)
