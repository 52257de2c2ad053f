"""A mel that comes in blocks, checked and cut into chunks that carry their context.

mel      ───────────────────────────────────────────────────────────────
chunks   |    frames    |ahead|
                  |behind|    frames    |ahead|
                                |behind|  the rest  |
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from distill_app.common.errors import VocoderError
from distill_app.dsp.mel_format import MelFormat


@dataclass(frozen=True, eq=False)
class Chunk:
    """A piece of a mel, and what lies around it.

    Args:
        mel: `[bands, before + frames + after]`.
        behind, ahead: frames of context; fewer than were asked for only where the mel itself begins or ends.
        last: whether the mel ends here.
    """

    mel: Tensor
    before: int
    after: int
    last: bool

    @property
    def frames(self) -> int:
        """How many it is there for, without its context."""
        return self.mel.shape[1] - self.before - self.after

    def halves(self, context: int) -> tuple["Chunk", "Chunk"]:
        """Two chunks, each with its own context, in place of one of at least two frames."""
        end, middle = self.mel.shape[1], self.before + self.frames // 2
        reach, start = min(end, middle + context), max(0, middle - context)
        first = Chunk(self.mel[:, :reach], self.before, reach - middle, False)
        return first, Chunk(self.mel[:, start:], middle - start, self.after, self.last)


def split_batch(mel: Tensor) -> Iterator[Tensor]:
    """The mels `[bands, frames]` of a batch `[batch, bands, frames]`. Raises VocoderError where it is none."""
    if mel.ndim != 3 or not len(mel):
        raise VocoderError("A vocoder reads mels as [batch, bands, frames], one of them at least.")
    return iter(mel)


def validate_blocks(blocks: Iterable[Tensor], mel_format: MelFormat) -> Iterator[Tensor]:
    """The same blocks `[bands, frames]`. Raises VocoderError where they are no mel of that format, or none at all."""
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
    """Chunks of `frames` with `context` on either side; the last one is there for what is left, its context included.

    None is cut before it is known whether more follows, and no more is held than one chunk and one block.
    """
    held, before = torch.empty(0), 0
    for block in blocks:
        held = torch.cat([held, block], dim=1) if held.numel() else block
        while held.shape[1] > (need := before + frames + context):
            yield Chunk(held[:, :need], before, context, False)
            kept = min(context, before + frames)
            held, before = held[:, before + frames - kept :], kept
    yield Chunk(held, before, 0, True)
