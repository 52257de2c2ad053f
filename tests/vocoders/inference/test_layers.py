"""Layers on rows equal the layers they are made of, also at the ends."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from distill_app.vocoders.inference.convolutions import (
    Conv2dRows,
    Im2ColConv,
    MatmulPerTap,
    SingleChannelConv,
    TransposedConv,
)
from distill_app.vocoders.inference.fft_conv import FFT_KERNELS, FftConv
from distill_app.vocoders.inference.snake import SnakeRows
from distill_app.vocoders.networks.bigvgan import AntiAliasedSnake
from distill_app.vocoders.networks.presets import BIGVGAN_V1_24K

SAME_LENGTH = [Conv2dRows, MatmulPerTap, FftConv]
OFTEN = settings(max_examples=40, deadline=None, derandomize=True)


def _rows(count: int, channels: int) -> Tensor:
    return torch.randn(count, channels, generator=torch.Generator().manual_seed(count))


@torch.inference_mode()
def _assert_same(form: Callable[[Tensor], Tensor], layer: nn.Module, rows: Tensor) -> None:
    """Assert equality but for a few rounding errors."""
    found = form(rows)  # first: the layer's own numbers are the form's
    wanted = layer.double()(rows.T[None].double())[0].T
    found = found.reshape(wanted.shape)
    assert wanted.numel()
    assert (found - wanted).abs().max() <= 2e-6 * wanted.abs().max()


@pytest.mark.parametrize("layer_class", SAME_LENGTH)
@OFTEN
@given(
    count=st.integers(1, 200),
    kernel=st.sampled_from([each for each in FFT_KERNELS if each % 2]),
    dilation=st.integers(1, 6),
    widths=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    bias=st.booleans(),
)
def test_a_convolution_that_keeps_the_length(
    layer_class: Any, count: int, kernel: int, dilation: int, widths: tuple[int, int], bias: bool
) -> None:
    padding = (kernel - 1) * dilation // 2
    layer = nn.Conv1d(*widths, kernel, dilation=dilation, padding=padding, bias=bias).requires_grad_(False)
    form = layer_class(layer)
    assert form.context == padding
    _assert_same(form, layer, _rows(count, widths[0]))


@pytest.mark.parametrize("layer_class", [Conv2dRows, MatmulPerTap, Im2ColConv])
@OFTEN
@given(count=st.integers(1, 60), kernel=st.sampled_from([1, 3, 5, 7]), channels=st.integers(1, 9))
def test_a_short_kernel(layer_class: Any, count: int, kernel: int, channels: int) -> None:
    layer = nn.Conv1d(channels, 3, kernel, padding=kernel // 2).requires_grad_(False)
    _assert_same(layer_class(layer), layer, _rows(count, channels))


@OFTEN
@given(count=st.integers(1, 60), channels=st.integers(1, 40), bias=st.booleans())
def test_the_last_convolution(count: int, channels: int, bias: bool) -> None:
    layer = nn.Conv1d(channels, 1, 7, padding=3, bias=bias).requires_grad_(False)
    _assert_same(SingleChannelConv(layer), layer, _rows(count, channels))


@OFTEN
@given(count=st.integers(1, 40), rate=st.integers(1, 9), more=st.integers(0, 12), bias=st.booleans())
def test_an_up_sampling(count: int, rate: int, more: int, bias: bool) -> None:
    layer = nn.ConvTranspose1d(5, 3, rate + 2 * more, rate, more, bias=bias).requires_grad_(False)
    _assert_same(TransposedConv(layer), layer, _rows(count, 5))


@OFTEN
@given(count=st.integers(1, 60), channels=st.integers(1, 40))
def test_the_anti_aliased_activation(count: int, channels: int) -> None:
    torch.manual_seed(channels)
    layer = AntiAliasedSnake(channels, BIGVGAN_V1_24K).requires_grad_(False)
    for tensor in layer.state_dict().values():  # filters that are not symmetric show which way round they are
        tensor.add_(torch.randn_like(tensor) / 5)
    _assert_same(SnakeRows(layer), layer, _rows(count, channels))


@pytest.mark.parametrize("layer_class", [SnakeRows, *SAME_LENGTH])
@torch.inference_mode()
def test_depends_on_its_context_only(layer_class: Any) -> None:
    layer = (
        AntiAliasedSnake(4, BIGVGAN_V1_24K) if layer_class is SnakeRows else nn.Conv1d(4, 4, 7, dilation=3, padding=9)
    ).requires_grad_(False)
    form, rows = layer_class(layer), _rows(80, 4)
    changed = rows.clone()
    changed[40] += 1
    heard = ((form(changed) - form(rows)).abs().amax(1) > 1e-4).nonzero().flatten()
    assert 40 - form.context <= heard.min() <= heard.max() <= 40 + form.context
    assert heard.max() - heard.min() >= 2 * form.context - 2
