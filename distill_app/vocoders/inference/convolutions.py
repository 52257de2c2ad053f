"""Convolutions on rows `[time, channels]`, which are faster on a CPU than `[channels, time]`.

Each is made of an `nn.Conv1d` that keeps the length. Both share the weight, whose memory layout is changed in place.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from distill_app.vocoders.networks.channels_last import gather_windows


def conv1d_rows(
    rows: Tensor, weight: Tensor, bias: Tensor | None, padding: int, dilation: int, groups: int = 1
) -> Tensor:
    """Convolution of rows `[time, in]` to `[time, out]`, with a weight `[out, in / groups, 1, kernel]`.

    Rows are an image of height 1 in channels-last format, so that nothing is copied.
    """
    image = F.conv2d(rows.T[None, :, None], weight, bias, 1, (0, padding), (1, dilation), groups)
    return image[0, :, 0].T


def conv2d_weight(weight: Tensor) -> Tensor:
    """Weight `[out, in, kernel]` as that of an image of height 1, channels last."""
    return weight[:, :, None].contiguous(memory_format=torch.channels_last)


class Conv2dRows:
    """Convolution as a 2-D convolution in channels-last format, for few channels."""

    def __init__(self, layer: nn.Conv1d) -> None:
        self._weight, self._bias = conv2d_weight(layer.weight.detach()), layer.bias
        self._dilation = layer.dilation[0]
        self.context = self._dilation * (layer.kernel_size[0] // 2)
        layer.weight.data = self._weight[:, :, 0]

    def __call__(self, rows: Tensor) -> Tensor:
        return conv1d_rows(rows, self._weight, self._bias, self.context, self._dilation)


class MatmulPerTap:
    """Convolution as one matrix product per tap, for many channels."""

    def __init__(self, layer: nn.Conv1d) -> None:
        self._weight = layer.weight.detach().permute(2, 1, 0).contiguous()  # [kernel, in, out]
        self._bias, self._dilation = layer.bias, layer.dilation[0]
        self.context = self._dilation * (layer.kernel_size[0] // 2)
        layer.weight.data = self._weight.permute(2, 1, 0)

    def __call__(self, rows: Tensor) -> Tensor:
        total = rows.new_zeros(len(rows), self._weight.shape[2])
        if self._bias is not None:
            total += self._bias
        for tap, weight in enumerate(self._weight):
            shift = tap * self._dilation - self.context
            first, last = max(0, -shift), min(len(rows), len(rows) - shift)
            if first < last:
                total[first:last].addmm_(rows[first + shift : last + shift], weight)
        return total


class Im2ColConv:
    """Convolution as one matrix product of gathered windows, for few rows."""

    def __init__(self, layer: nn.Conv1d) -> None:
        weight = layer.weight.detach().transpose(1, 2).contiguous()  # [out, kernel, in]
        self._kernel, self._weight, self._bias = weight.shape[1], weight.flatten(1), layer.bias
        layer.weight.data = weight.transpose(1, 2)

    def __call__(self, rows: Tensor) -> Tensor:
        return F.linear(gather_windows(rows, self._kernel), self._weight, self._bias)


class SingleChannelConv:
    """Convolution to one channel, samples `[time]`: one matrix product, then the sum of shifted taps."""

    def __init__(self, layer: nn.Conv1d) -> None:
        self._weight, self._bias = layer.weight[0].T, layer.bias  # [kernel, in]

    def __call__(self, rows: Tensor) -> Tensor:
        taps, count = len(self._weight), len(rows)
        products = F.pad(self._weight @ rows.T, (taps // 2, taps // 2))
        samples = products[0, :count].clone()
        for tap in range(1, taps):
            samples += products[tap, tap : tap + count]
        return samples if self._bias is None else samples.add_(self._bias)


class TransposedConv:
    """Transposed convolution as matrix products, whose results overlap and are added.

    Args:
        layer: a layer with padding (kernel − rate) / 2.
    """

    def __init__(self, layer: nn.ConvTranspose1d) -> None:
        self.rate, self.outputs, self._padding = layer.stride[0], layer.out_channels, int(layer.padding[0])
        self.context = -(-layer.kernel_size[0] // self.rate) - 1
        self._weight = layer.weight.detach().transpose(1, 2).contiguous()  # [in, kernel, out]
        self._bias = layer.bias
        layer.weight.data = self._weight.transpose(1, 2)

    def __call__(self, rows: Tensor) -> Tensor:
        total = self._initial(len(rows) + self.context)
        for part in range(self.context + 1):
            taps = self._weight[:, part * self.rate : (part + 1) * self.rate].flatten(1)
            total[part : part + len(rows), : taps.shape[1]].addmm_(rows, taps)
        return total.view(-1, self.outputs)[self._padding : self._padding + len(rows) * self.rate]

    def _initial(self, count: int) -> Tensor:
        """Bias, or zeros, `[count, rate * out]`."""
        if self._bias is None:
            return self._weight.new_zeros(count, self.rate * self.outputs)
        return self._bias.repeat(count, self.rate)
