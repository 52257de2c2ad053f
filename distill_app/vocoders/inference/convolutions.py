"""Convolutions on rows `[time, channels]`: the channels of one moment lie side by side, as the processor likes it.

Each is made of a layer that keeps the length. The layer's weight is laid out anew in place, so that it is held once.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from distill_app.vocoders.networks.channels_last import gather_windows


def conv1d_rows(
    rows: Tensor, weight: Tensor, bias: Tensor | None, padding: int, dilation: int, groups: int = 1
) -> Tensor:
    """Rows `[time, out]` of `[time, in]` and a weight `[out, in / groups, 1, kernel]`, channels last.

    Rows are a picture of height 1 with its channels last: nothing is turned around or gathered.
    """
    picture = F.conv2d(rows.T[None, :, None], weight, bias, 1, (0, padding), (1, dilation), groups)
    return picture[0, :, 0].T


def conv2d_weight(weight: Tensor) -> Tensor:
    """`[out, in, kernel]` as the weight of a picture of height 1."""
    return weight[:, :, None].contiguous(memory_format=torch.channels_last)


class Conv2dRows:
    """For few channels: as a picture."""

    def __init__(self, layer: nn.Conv1d) -> None:
        self._weight, self._bias = conv2d_weight(layer.weight.detach()), layer.bias
        self._dilation = layer.dilation[0]
        self.context = self._dilation * (layer.kernel_size[0] // 2)
        layer.weight.data = self._weight[:, :, 0]

    def __call__(self, rows: Tensor) -> Tensor:
        return conv1d_rows(rows, self._weight, self._bias, self.context, self._dilation)


class MatmulPerTap:
    """For many channels: a product of matrices for each tap."""

    def __init__(self, layer: nn.Conv1d) -> None:
        self._weight = layer.weight.detach().permute(2, 1, 0).contiguous()  # [kernel, in, out]
        self._bias, self._dilation = layer.bias, layer.dilation[0]
        self.context = self._dilation * (layer.kernel_size[0] // 2)
        layer.weight.data = self._weight.permute(2, 1, 0)

    def __call__(self, rows: Tensor) -> Tensor:
        found = rows.new_zeros(len(rows), self._weight.shape[2])
        if self._bias is not None:
            found += self._bias
        for tap, weight in enumerate(self._weight):
            shift = tap * self._dilation - self.context
            first, last = max(0, -shift), min(len(rows), len(rows) - shift)
            if first < last:
                found[first:last].addmm_(rows[first + shift : last + shift], weight)
        return found


class Im2ColConv:
    """For few rows: one product of matrices, of all that each moment looks at."""

    def __init__(self, layer: nn.Conv1d) -> None:
        weight = layer.weight.detach().transpose(1, 2).contiguous()  # [out, kernel, in]
        self._kernel, self._weight, self._bias = weight.shape[1], weight.flatten(1), layer.bias
        layer.weight.data = weight.transpose(1, 2)

    def __call__(self, rows: Tensor) -> Tensor:
        return F.linear(gather_windows(rows, self._kernel), self._weight, self._bias)


class SingleChannelConv:
    """For one channel in the end, samples `[time]`: one product gives what every tap adds to the samples around it."""

    def __init__(self, layer: nn.Conv1d) -> None:
        self._weight, self._bias = layer.weight[0].T, layer.bias  # [kernel, in]

    def __call__(self, rows: Tensor) -> Tensor:
        taps, count = len(self._weight), len(rows)
        shares = F.pad(self._weight @ rows.T, (taps // 2, taps // 2))
        samples = shares[0, :count].clone()
        for tap in range(1, taps):
            samples += shares[tap, tap : tap + count]
        return samples if self._bias is None else samples.add_(self._bias)


class TransposedConv:
    """A ConvTranspose1d, as products of matrices: each row gives as many as the kernel has taps; they overlap.

    Args:
        layer: its kernel is the rate and an even number more, half of which is cut off at either end.
    """

    def __init__(self, layer: nn.ConvTranspose1d) -> None:
        self.rate, self.outputs, self._cut = layer.stride[0], layer.out_channels, int(layer.padding[0])
        self.context = -(-layer.kernel_size[0] // self.rate) - 1
        self._weight = layer.weight.detach().transpose(1, 2).contiguous()  # [in, kernel, out]
        self._bias = layer.bias
        layer.weight.data = self._weight.transpose(1, 2)

    def __call__(self, rows: Tensor) -> Tensor:
        total = self._empty(len(rows) + self.context)
        for part in range(self.context + 1):
            taps = self._weight[:, part * self.rate : (part + 1) * self.rate].flatten(1)
            total[part : part + len(rows), : taps.shape[1]].addmm_(rows, taps)
        return total.view(-1, self.outputs)[self._cut : self._cut + len(rows) * self.rate]

    def _empty(self, count: int) -> Tensor:
        """`[count, rate * out]`: what is there before anything is added."""
        if self._bias is None:
            return self._weight.new_zeros(count, self.rate * self.outputs)
        return self._bias.repeat(count, self.rate)
