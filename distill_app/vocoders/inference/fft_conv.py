"""Convolution by short Fourier transforms, for long kernels and many channels: a third of the multiplications.

    rows ─▶ overlapping blocks of 32 ─▶ transform ─▶ one matrix product per frequency ─▶ inverse ─▶ rows

Overlap-save (Oppenheim & Schafer, Discrete-Time Signal Processing, 8.7.3): of a block of N values, N - kernel + 1 are
valid. The frequencies are half-way between those of the DFT (odd-frequency DFT): the block's periodic continuation then
changes its sign, which does not affect the valid values, and all N / 2 frequencies are complex. The transforms are
products with small matrices, whose rounding errors are those of any other layer.
"""

import math
from functools import lru_cache

import torch
from torch import Tensor, nn

_BLOCK = 32
_FREQUENCIES = _BLOCK // 2
FFT_KERNELS = range(7, _FREQUENCIES)
"""Kernel sizes that gain: shorter ones save less than the transforms cost, longer ones leave few valid values."""
_GROUP = 4
"""Frequencies whose weights are transformed at a time, so few that they stay in the cache."""


class FftConv:
    """Convolution of rows by overlap-save.

    The weights are transformed at each call, which is cheap beside the products; kept, they would take three times the
    memory.
    """

    def __init__(self, layer: nn.Conv1d) -> None:
        kernel = layer.kernel_size[0]
        self._weight = layer.weight.detach().permute(2, 1, 0).contiguous()  # [kernel, in, out]
        self._bias, self._dilation = layer.bias, layer.dilation[0]
        self._step = _BLOCK - kernel + 1
        self.context = self._dilation * (kernel // 2)
        layer.weight.data = self._weight.permute(2, 1, 0)

    def __call__(self, rows: Tensor) -> Tensor:
        products = self._products(self._transform(rows))
        _, inverse = _transforms(len(self._weight))
        values = (inverse @ products.view(_BLOCK, -1)).view(self._step, -1, self._dilation, products.shape[-1])
        result = values.transpose(0, 1).reshape(-1, products.shape[-1])[: len(rows)]
        return result if self._bias is None else result.add_(self._bias)

    def _transform(self, rows: Tensor) -> Tensor:
        """Spectra `[frequencies, 2 (real, imaginary), blocks, channels]` of blocks of every `dilation`-th row."""
        forward, _ = _transforms(len(self._weight))
        wide, span = rows.shape[1] * self._dilation, self._step * self._dilation
        blocks = -(-len(rows) // span)
        padded = rows.new_zeros(blocks * span + (len(self._weight) - 1) * self._dilation, rows.shape[1])
        padded[self.context : self.context + len(rows)] = rows
        gathered = padded.as_strided((_BLOCK, blocks, wide), (wide, self._step * wide, 1)).reshape(_BLOCK, -1)
        return (forward @ gathered).view(_FREQUENCIES, 2, -1, rows.shape[1])

    def _products(self, blocks: Tensor) -> Tensor:
        """Complex products of spectra and transformed weights, one group of frequencies at a time."""
        kernel, inputs, outputs = self._weight.shape
        result = blocks.new_empty(*blocks.shape[:3], outputs)
        for number, transform in enumerate(_weight_transforms(kernel)):
            group = slice(number * _GROUP, (number + 1) * _GROUP)
            weights = (transform @ self._weight.view(kernel, -1)).view(2, _GROUP, inputs, outputs)
            _multiply(blocks[group], weights[0], weights[1], result[group])
        return result


def _multiply(blocks: Tensor, real: Tensor, imaginary: Tensor, out: Tensor) -> None:
    """Write complex matrix products of `[frequencies, 2, rows, in]` and `[frequencies, in, out]` to `out`."""
    flat = blocks.flatten(1, 2)
    torch.bmm(flat, real, out=out.flatten(1, 2))
    crossed = torch.bmm(flat, imaginary).view_as(out)
    out[:, 0] -= crossed[:, 1]
    out[:, 1] += crossed[:, 0]


def _angles(count: int) -> Tensor:
    """Angles 2π f t / N `[frequencies, count]` of the half-way frequencies, in double precision."""
    frequencies = torch.arange(_FREQUENCIES, dtype=torch.float64) + 0.5
    return torch.outer(frequencies, torch.arange(count, dtype=torch.float64)) * (2 * math.pi / _BLOCK)


@lru_cache(maxsize=16)
@torch.inference_mode(False)
def _transforms(kernel: int) -> tuple[Tensor, Tensor]:
    """Forward transform `[N, N]`, and inverse `[N - kernel + 1, N]` for the valid values only."""
    angles = _angles(_BLOCK)
    forward = torch.stack([angles.cos(), -angles.sin()], 1).flatten(0, 1)
    return forward.float(), (forward.T[kernel - 1 :] * (2 / _BLOCK)).float().contiguous()


@lru_cache(maxsize=16)
@torch.inference_mode(False)
def _weight_transforms(kernel: int) -> tuple[Tensor, ...]:
    """Transforms `[2 * group, kernel]` of the taps, real parts first, for each group of frequencies."""
    angles = torch.split(_angles(kernel).flip(1), _GROUP)
    return tuple(torch.cat([each.cos(), -each.sin()]).float() for each in angles)
