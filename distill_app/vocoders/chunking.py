"""Cuts a mel that arrives in blocks into chunks that carry their context.

mel      ───────────────────────────────────────────────────────────────
chunks   |     frames     |after|
                   |before|     frames     |after|
                                    |before|  the rest  |
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from distill_app.common.errors import VocoderError
from distill_app.dsp.mel_format import MelFormat


@dataclass(frozen=True, eq=False)
class Chunk:
    """A piece of a mel with its context.

    Args:
        mel: `[bands, before + frames + after]`.
        before, after: frames of context, fewer than requested only at the ends of the mel.
        last: whether the mel ends here.
    """

    mel: Tensor
    before: int
    after: int
    last: bool

    @property
    def frames(self) -> int:
        """Number of frames without the context."""
        return self.mel.shape[1] - self.before - self.after

    def split(self, context: int) -> tuple["Chunk", "Chunk"]:
        """Two halves with `context` frames each, of a chunk of at least two frames."""
        end, middle = self.mel.shape[1], self.before + self.frames // 2
        first_end, second_start = min(end, middle + context), max(0, middle - context)
        first = Chunk(self.mel[:, :first_end], self.before, first_end - middle, False)
        return first, Chunk(self.mel[:, second_start:], middle - second_start, self.after, self.last)


def split_batch(mel: Tensor) -> Iterator[Tensor]:
    """Mels `[bands, frames]` of a batch `[batch, bands, frames]`. Raises VocoderError for any other shape."""
    if mel.ndim != 3 or not len(mel):
        raise VocoderError("A vocoder reads mels as [batch, bands, frames], one of them at least.")
    return iter(mel)


def validate_blocks(blocks: Iterable[Tensor], mel_format: MelFormat) -> Iterator[Tensor]:
    """Pass through mel blocks `[bands, frames]`. Raises VocoderError where they are invalid or all of them empty."""
    count = 0
    for block in blocks:
        if block.ndim != 2 or block.shape[0] != mel_format.bands:
            raise VocoderError(f"This vocoder reads mels of {mel_format.bands} bands, not of {block.shape[0]}.")
        if not torch.isfinite(block).all():
            raise VocoderError("This mel holds values that are not numbers.")
        count += block.shape[1]
        yield block
    if not count:
        raise VocoderError("There is nothing to make sound of: the mel is empty.")


def cut_chunks(blocks: Iterable[Tensor], frames: int, context: int) -> Iterator[Chunk]:
    """Chunks of `frames` frames with `context` on either side; the last one has the remaining frames.

    Holds at most one chunk and one block. A chunk is yielded only once it is known whether more follows.
    """
    held, before = torch.empty(0), 0
    for block in blocks:
        held = torch.cat([held, block], dim=1) if held.numel() else block
        while held.shape[1] > (need := before + frames + context):
            yield Chunk(held[:, :need], before, context, False)
            kept = min(context, before + frames)
            held, before = held[:, before + frames - kept :], kept
    yield Chunk(held, before, 0, True)
