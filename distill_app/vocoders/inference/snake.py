"""BigVGAN's anti-aliased activation on rows, in polyphase form.

Even and odd samples of the doubled rate stay separate. Each is a short filter of the rows, so that no zeros are
inserted and nothing is interleaved; downsampling is two short filters as well.
"""

import torch
from torch import Tensor

from distill_app.vocoders.inference.convolutions import conv1d_rows, conv2d_weight
from distill_app.vocoders.networks.bigvgan import EPSILON, AntiAliasedSnake
from distill_app.vocoders.networks.receptive_field import FILTER_TAPS, SNAKE_CONTEXT

_EDGE = FILTER_TAPS // 4
"""Rows by which the filter of a phase extends beyond its input."""


class SnakeRows:
    """Anti-aliased Snake activation on rows `[time, channels]`."""

    context = SNAKE_CONTEXT

    def __init__(self, layer: AntiAliasedSnake) -> None:
        alpha, beta = (each.detach()[:, 0] for each in layer.act.alpha_beta())
        self._alpha, self._inverse_beta = alpha.contiguous(), 1 / (beta + EPSILON)
        up, down = 2 * layer.upsample.filter.flatten().flip(0), layer.downsample.lowpass.filter.flatten()
        self._even, self._odd, self._down_odd, self._down_even = (
            conv2d_weight(taps.expand(len(alpha), 1, -1)) for taps in (up[::2], up[1::2], down[::2], down[1::2])
        )

    def __call__(self, rows: Tensor) -> Tensor:
        wide = torch.cat([rows[:1].expand(_EDGE, -1), rows, rows[-1:].expand(_EDGE, -1)])
        even = self._snake(self._filter(wide[:-1], self._even), _EDGE - 1, _EDGE)
        odd = self._snake(self._filter(wide[1:], self._odd), _EDGE, _EDGE - 1)
        even[: _EDGE - 1] = odd[:_EDGE] = even[_EDGE - 1]
        even[-_EDGE:] = odd[1 - _EDGE :] = odd[-_EDGE]
        return self._filter(even, self._down_even).add_(self._filter(odd, self._down_odd))

    def _filter(self, rows: Tensor, filters: Tensor) -> Tensor:
        return conv1d_rows(rows, filters, None, 0, 1, groups=len(self._alpha))

    def _snake(self, rows: Tensor, before: int, after: int) -> Tensor:
        """Snake activation of rows, with uninitialised rows `before` and `after` them for the edges."""
        wide = rows.new_empty(before + len(rows) + after, rows.shape[1])
        wave = (rows * self._alpha).sin_().square_()
        torch.addcmul(rows, wave, self._inverse_beta, out=wide[before : before + len(rows)])
        return wide
