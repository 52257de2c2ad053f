"""Sums from which mean and deviation per band are computed, added up while recordings are decoded."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from torch import Tensor

from distill_app.corpus.mel_sources import Mel, iter_blocks

_DEVIATION_MIN = 0.5


@dataclass(frozen=True, eq=False)
class BandStats:
    """Frame count of log-mels, and sums of values and of squares per band, `[bands]` in double precision."""

    frames: int
    sums: Tensor
    square_sums: Tensor

    @classmethod
    def of(cls, mel: Mel) -> "BandStats":
        """Sums over a whole mel, read block by block."""
        return merge(_block_stats(block) for block in iter_blocks(mel))

    def mean_and_std(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per band, each `[bands]`; 0.5 is the smallest deviation."""
        variance = (self.square_sums - self.sums.square() / self.frames) / (self.frames - 1)
        mean, deviation = self.sums / self.frames, variance.clamp_min(0).sqrt()
        return mean.float(), deviation.clamp_min(_DEVIATION_MIN).float()


def _block_stats(block: Tensor) -> BandStats:
    values = block.double()
    return BandStats(values.shape[1], values.sum(1), values.square().sum(1))


def merge(parts: Iterable[BandStats]) -> BandStats:
    """Sums over all `parts`, at least one, consumed one at a time."""
    return reduce(lambda a, b: BandStats(a.frames + b.frames, a.sums + b.sums, a.square_sums + b.square_sums), parts)
