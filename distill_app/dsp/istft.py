"""Inverse STFT of spectra framed as the mel is (not centred)."""

from functools import lru_cache

import torch
from torch import Tensor

from distill_app.dsp.mel import hann_window
from distill_app.dsp.mel_format import Framing

_ENVELOPE_FLOOR = 1e-6


def overlap_add(frames: Tensor, hop: int) -> Tensor:
    """Overlap-add of frames `[batch, n_fft, frames]` to samples `[batch, (frames - 1) * hop + n_fft]`.

    `n_fft` is a multiple of `hop`: each frame is a row of whole hops, and the sum takes n_fft / hop additions.
    """
    batch, n_fft, count = frames.shape
    parts = n_fft // hop
    pieces = frames.transpose(1, 2).reshape(batch, count, parts, hop)
    total = frames.new_zeros(batch, count + parts - 1, hop)
    for part in range(parts):
        total[:, part : part + count] += pieces[:, :, part]
    return total.reshape(batch, -1)


@lru_cache(maxsize=32)
@torch.inference_mode(False)  # the cached tensor serves training, too
def inverse_envelope(framing: Framing, count: int) -> Tensor:
    """Reciprocal of the summed squared windows of `count` frames, `[rows, hop]`.

    The result is shared: do not write to it.
    """
    squared = hann_window(framing.win).square()[None, :, None]
    envelope = overlap_add(squared.expand(1, -1, count), framing.hop).clamp_min(_ENVELOPE_FLOOR)
    return envelope.reciprocal().view(-1, framing.hop)


def inverse_stft(spectrum: Tensor, framing: Framing) -> Tensor:
    """Least-squares inverse STFT (Griffin & Lim 1984, eq. 6) of `[batch, bins, frames]`.

    Returns samples with the padding still at each end.
    """
    window = hann_window(framing.win).to(spectrum.device)[:, None]
    frames = torch.fft.irfft(spectrum, n=framing.n_fft, dim=1).mul_(window)
    return overlap_add(frames, framing.hop).mul_(
        inverse_envelope(framing, spectrum.shape[-1]).view(-1).to(spectrum.device)
    )
