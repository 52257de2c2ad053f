"""What a corpus's statistics are added up from: taken while a recording is decoded, so that it is read only once."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from torch import Tensor

from distill_app.corpus.mel_sources import Mel, blocks

_DEVIATION_MIN = 0.5


@dataclass(frozen=True, eq=False)
class BandStats:
    """Of log-mel frames: how many there are, and per band their sum and the sum of their squares, `[bands]`, double."""

    frames: int
    total: Tensor
    squares: Tensor

    @classmethod
    def of(cls, mel: Mel) -> "BandStats":
        return added(_of_block(block) for block in blocks(mel))

    def statistics(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per band, each `[bands]`; a band that never moves gets a deviation of 0.5."""
        variance = (self.squares - self.total.square() / self.frames) / (self.frames - 1)
        mean, deviation = self.total / self.frames, variance.clamp_min(0).sqrt()
        return mean.float(), deviation.clamp_min(_DEVIATION_MIN).float()


def _of_block(block: Tensor) -> BandStats:
    values = block.double()
    return BandStats(values.shape[1], values.sum(1), values.square().sum(1))


def added(parts: Iterable[BandStats]) -> BandStats:
    """Of the frames of all parts, of which there is at least one; no more than two of them are held at a time."""
    return reduce(lambda a, b: BandStats(a.frames + b.frames, a.total + b.total, a.squares + b.squares), parts)
