"""Samples from frames of recordings: overlap-add of their transforms, each with its gain.

Frames that follow each other in a recording give the recording itself, where the gain is constant; at a jump the four
frames that overlap are a crossfade.
"""

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from distill_app.dsp.istft import overlap_add
from distill_app.dsp.mel import hann_window
from distill_app.dsp.mel_format import MelFormat
from distill_app.grain.shaping import bin_gains

_HANN_SQUARES = 1.5
"""Sum of the squared Hann windows at a hop of a quarter window."""


def shaped_frames(spectra: Tensor, band_gains: Tensor, mel_format: MelFormat) -> Tensor:
    """Windowed samples `[channels, n_fft, n]` of spectra `[channels, bins, n]` with gains `[bands, n]` in nepers."""
    shaped = spectra * bin_gains(band_gains, mel_format)
    window = hann_window(mel_format.n_fft)[:, None] / _HANN_SQUARES
    return torch.fft.irfft(shaped, n=mel_format.n_fft, dim=1) * window


def add_frames(blocks: Iterable[Tensor], mel_format: MelFormat) -> Iterator[Tensor]:
    """Samples `[channels, n * hop]` of blocks of windowed frames `[channels, n_fft, n]`, in constant memory.

    A block of samples is complete only when the frames after it are known, so the first blocks are shorter and one more
    follows the last.
    """
    hop, padding = mel_format.hop, mel_format.padding
    tail: Tensor | None = None
    skip = padding
    for frames in blocks:
        if not frames.shape[2]:
            continue
        total = overlap_add(frames, hop)
        if tail is not None:
            total[:, : tail.shape[1]] += tail
        done = frames.shape[2] * hop
        tail = total[:, done:]
        yield total[:, min(skip, done) : done]
        skip = max(0, skip - done)
    if tail is not None:
        yield tail[:, skip:padding]
