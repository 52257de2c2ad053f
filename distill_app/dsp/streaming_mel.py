"""Log-mel of a long sound in blocks, in constant memory."""

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from distill_app.dsp.mel import frames_stft, log_mel
from distill_app.dsp.mel_format import MelFormat

_BLOCK_FRAMES = 512


def mel_blocks(samples: Tensor, mel_format: MelFormat) -> Iterator[Tensor]:
    """Log-mel blocks `[bands, frames]` of samples `[n]`, padded as in `mel_stream`."""
    return mel_stream(torch.split(samples, _BLOCK_FRAMES * mel_format.hop), mel_format)


@torch.inference_mode()
def mel_stream(blocks: Iterable[Tensor], mel_format: MelFormat) -> Iterator[Tensor]:
    """Log-mel blocks `[bands, frames]` of sample blocks `[n]`; joined they are `to_mel` of the joined samples.

    The end is padded with silence to a whole frame and to at least one window. Only the samples that the next frame
    needs are kept.
    """
    hop, n_fft = mel_format.hop, mel_format.n_fft
    pending = torch.empty(0)
    for block in _reflect_edges(_pad_to_frames(blocks, mel_format), mel_format.padding):
        pending = torch.cat([pending, block])
        while (frames := min(_BLOCK_FRAMES, (len(pending) - n_fft) // hop + 1)) > 0:
            yield log_mel(frames_stft(pending[None, : (frames - 1) * hop + n_fft], mel_format), mel_format)[0]
            pending = pending[frames * hop :]


def _pad_to_frames(blocks: Iterable[Tensor], mel_format: MelFormat) -> Iterator[Tensor]:
    """Blocks followed by silence up to a whole frame and to at least one window."""
    count = 0
    for block in blocks:
        count += len(block)
        yield block
    whole = -(-count // mel_format.hop) * mel_format.hop
    yield torch.zeros(max(whole, mel_format.n_fft) - count)


def _reflect_edges(blocks: Iterator[Tensor], padding: int) -> Iterator[Tensor]:
    """Blocks (more than `padding` samples in all) with `padding` reflected samples added at both ends."""
    begin = torch.empty(0)
    while len(begin) <= padding:
        begin = torch.cat([begin, next(blocks)])
    yield torch.cat([begin[1 : padding + 1].flip(0), begin])
    last = begin
    for block in blocks:
        yield block
        last = torch.cat([last[-padding - 1 :], block])
    yield last[-padding - 1 : -1].flip(0)
