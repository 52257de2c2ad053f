"""Convolutions on rows `[frames, channels]`, which need no transposition before or after matrix products."""

import torch.nn.functional as F
from torch import Tensor


def pad_frames(rows: Tensor, kernel: int) -> Tensor:
    """Zero-pad rows so that a convolution of that kernel keeps their number."""
    return F.pad(rows, (0, 0, kernel // 2, kernel // 2))


def gather_windows(rows: Tensor, kernel: int) -> Tensor:
    """Each frame with its neighbours, `[frames, kernel * channels]` (im2col)."""
    channels = rows.shape[1]
    return pad_frames(rows, kernel).as_strided((len(rows), kernel * channels), (channels, 1))


def depthwise_conv(rows: Tensor, taps: Tensor, bias: Tensor) -> Tensor:
    """Depthwise convolution with taps `[kernel, channels]`."""
    wide, total = pad_frames(rows, len(taps)), bias.expand_as(rows).clone()
    for tap, weight in enumerate(taps):
        total.addcmul_(wide[tap : tap + len(rows)], weight)
    return total
