"""Long convolutions between many channels by short Fourier transforms: a third of the multiplications.

    rows ─▶ overlapping blocks of 32 ─▶ transform ─▶ one product of matrices per frequency ─▶ back ─▶ rows

Overlap-save (Oppenheim & Schafer, Discrete-Time Signal Processing, 8.7.3): of a block of N moments, N - kernel + 1 come
out right. The frequencies lie half-way between those of a Fourier transform: blocks then go on with the sign turned
instead of as they were, which does no harm, and all N / 2 frequencies are complex, without exception. The transforms
are products with small matrices, whose rounding is that of any other layer.
"""

import math
from functools import lru_cache

import torch
from torch import Tensor, nn

_BLOCK = 32
_FREQUENCIES = _BLOCK // 2
FFT_KERNELS = range(7, _FREQUENCIES)
"""Shorter ones save less than the transforms cost, longer ones leave too little of a block."""
_TOGETHER = 4
"""Frequencies whose weights are transformed at a time: few, so that the memory is at hand and used again."""


class FftConv:
    """A Conv1d that keeps the length, on rows.

    Its weights are transformed at each call, which is cheap beside the products and takes no memory; the layer's weight
    is laid out anew in place: it is held once.
    """

    def __init__(self, layer: nn.Conv1d) -> None:
        kernel = layer.kernel_size[0]
        self._weight = layer.weight.detach().permute(2, 1, 0).contiguous()  # [kernel, in, out]
        self._bias, self._dilation = layer.bias, layer.dilation[0]
        self._step = _BLOCK - kernel + 1
        self.context = self._dilation * (kernel // 2)
        layer.weight.data = self._weight.permute(2, 1, 0)

    def __call__(self, rows: Tensor) -> Tensor:
        products = self._products(self._transformed(rows))
        _, back = _transforms(len(self._weight))
        moments = (back @ products.view(_BLOCK, -1)).view(self._step, -1, self._dilation, products.shape[-1])
        found = moments.transpose(0, 1).reshape(-1, products.shape[-1])[: len(rows)]
        return found if self._bias is None else found.add_(self._bias)

    def _transformed(self, rows: Tensor) -> Tensor:
        """Blocks of every `dilation`-th row, transformed: `[frequencies, real and imaginary, blocks, channels]`."""
        there, _ = _transforms(len(self._weight))
        wide, span = rows.shape[1] * self._dilation, self._step * self._dilation
        blocks = -(-len(rows) // span)
        padded = rows.new_zeros(blocks * span + (len(self._weight) - 1) * self._dilation, rows.shape[1])
        padded[self.context : self.context + len(rows)] = rows
        gathered = padded.as_strided((_BLOCK, blocks, wide), (wide, self._step * wide, 1)).reshape(_BLOCK, -1)
        return (there @ gathered).view(_FREQUENCIES, 2, -1, rows.shape[1])

    def _products(self, blocks: Tensor) -> Tensor:
        """Complex products with the weights' transform, some frequencies at a time."""
        kernel, inputs, outputs = self._weight.shape
        found = blocks.new_empty(*blocks.shape[:3], outputs)
        for number, transform in enumerate(_weight_transforms(kernel)):
            some = slice(number * _TOGETHER, (number + 1) * _TOGETHER)
            weights = (transform @ self._weight.view(kernel, -1)).view(2, _TOGETHER, inputs, outputs)
            _multiply(blocks[some], weights[0], weights[1], found[some])
        return found


def _multiply(blocks: Tensor, real: Tensor, imaginary: Tensor, out: Tensor) -> None:
    """Complex matrix products of `[frequencies, 2, rows, in]` and `[frequencies, in, out]` into `out`."""
    flat = blocks.flatten(1, 2)
    torch.bmm(flat, real, out=out.flatten(1, 2))
    turned = torch.bmm(flat, imaginary).view_as(out)
    out[:, 0] -= turned[:, 1]
    out[:, 1] += turned[:, 0]


def _angles(count: int) -> Tensor:
    """2π f t / N of the half-way frequencies and the first moments, `[frequencies, count]`, double precision."""
    frequencies = torch.arange(_FREQUENCIES, dtype=torch.float64) + 0.5
    return torch.outer(frequencies, torch.arange(count, dtype=torch.float64)) * (2 * math.pi / _BLOCK)


@lru_cache(maxsize=16)
@torch.inference_mode(False)
def _transforms(kernel: int) -> tuple[Tensor, Tensor]:
    """There `[N, N]` and back `[N - kernel + 1, N]`: only the moments that are right."""
    angles = _angles(_BLOCK)
    there = torch.stack([angles.cos(), -angles.sin()], 1).flatten(0, 1)
    return there.float(), (there.T[kernel - 1 :] * (2 / _BLOCK)).float().contiguous()


@lru_cache(maxsize=16)
@torch.inference_mode(False)
def _weight_transforms(kernel: int) -> tuple[Tensor, ...]:
    """For some frequencies each: their real parts, then their imaginary parts, `[2 * together, kernel]`.

    They are for taps in a layer's order, which a convolution turns around in time.
    """
    angles = torch.split(_angles(kernel).flip(1), _TOGETHER)
    return tuple(torch.cat([each.cos(), -each.sin()]).float() for each in angles)
