"""The mel of a long sound, block after block, so that neither its spectrum nor the sound need lie in memory whole."""

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from distill_app.dsp.mel import frames_stft, log_mel
from distill_app.dsp.mel_format import MelFormat

_BLOCK_FRAMES = 512


def mel_blocks(samples: Tensor, mel_format: MelFormat) -> Iterator[Tensor]:
    """Log-mel blocks `[bands, frames]` of samples `[n]`; see `mel_stream`."""
    return mel_stream(torch.split(samples, _BLOCK_FRAMES * mel_format.hop), mel_format)


@torch.inference_mode()
def mel_stream(blocks: Iterable[Tensor], mel_format: MelFormat) -> Iterator[Tensor]:
    """Log-mel blocks `[bands, frames]` of sample blocks `[n]`; joined they are `to_mel` of the joined samples.

    The end is padded with silence to a whole frame, and to what the reflection at the edges needs. Frames are given out
    as soon as their samples are there, and no more of the samples is held than the next frame needs.
    """
    hop, n_fft = mel_format.hop, mel_format.n_fft
    held = torch.empty(0)
    for block in _reflected(_filled(blocks, mel_format), mel_format.padding):
        held = torch.cat([held, block])
        while (frames := min(_BLOCK_FRAMES, (len(held) - n_fft) // hop + 1)) > 0:
            yield log_mel(frames_stft(held[None, : (frames - 1) * hop + n_fft], mel_format), mel_format)[0]
            held = held[frames * hop :]


def _filled(blocks: Iterable[Tensor], mel_format: MelFormat) -> Iterator[Tensor]:
    """The same, with silence behind: whole frames, and one window at least."""
    count = 0
    for block in blocks:
        count += len(block)
        yield block
    whole = -(-count // mel_format.hop) * mel_format.hop
    yield torch.zeros(max(whole, mel_format.n_fft) - count)


def _reflected(blocks: Iterator[Tensor], padding: int) -> Iterator[Tensor]:
    """The same, between reflections of `padding` samples at both ends; they are more than that."""
    begin = torch.empty(0)
    while len(begin) <= padding:
        begin = torch.cat([begin, next(blocks)])
    yield torch.cat([begin[1 : padding + 1].flip(0), begin])
    last = begin
    for block in blocks:
        yield block
        last = torch.cat([last[-padding - 1 :], block])
    yield last[-padding - 1 : -1].flip(0)
