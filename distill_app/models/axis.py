"""Description of one slider. No torch: the window shows its sliders before torch is loaded."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

SLIDER_LIMIT = 1.5
"""Largest slider magnitude; beyond ±1 the sound is outside the range of the corpus."""
NEIGHBOUR_STD = 0.25
"""Standard deviation, in slider units, of random sounds around a sound of the corpus."""

WAY_MAX = 0.35
"""Largest part of the way from the place of a recording to another place that a random sound goes."""


@dataclass(frozen=True)
class Axis:
    """One latent axis, with the coordinates that its slider runs over.

    Args:
        name: shown beside the slider: “glass ↔ kick”, the descriptor's musical name, "Axis 3" or "Character 3".
        descriptor: id of the descriptor it changes most (`distill_app.dsp.descriptors`), or "" if none clearly.
        rho: Spearman correlation of slider and descriptor, measured on rendered sound; None until it is measured.
        low, median, high: coordinates at slider -1, 0 and +1 (2nd, 50th and 98th percentile of the corpus).
        ranks: rising coordinates at equal steps of the slider from -1 to +1, an odd number of them: quantiles of the
            corpus. Empty if the slider is linear on each side of the median.
        low_end, high_end: recordings that its ends sound like, in a word or two; "" if unknown.
    """

    name: str
    descriptor: str
    rho: float | None
    low: float
    median: float
    high: float
    ranks: tuple[float, ...] = ()
    low_end: str = ""
    high_end: str = ""

    def __post_init__(self) -> None:
        if not -math.inf < self.low < self.median < self.high < math.inf:
            raise ValueError("an axis needs low < median < high, all of them finite")
        ranks = self.ranks
        if ranks and (len(ranks) % 2 == 0 or any(a >= b for a, b in pairwise(ranks))):
            raise ValueError("the coordinates of an axis by rank are an odd number, and rise")
        if ranks and (ranks[0], ranks[len(ranks) // 2], ranks[-1]) != (self.low, self.median, self.high):
            raise ValueError("the ranks of an axis begin and end with it")

    @classmethod
    def by_rank(cls, name: str, ranks: Sequence[float]) -> "Axis":
        """Axis whose slider runs over these rising coordinates in equal steps."""
        return cls(name, "", None, ranks[0], ranks[len(ranks) // 2], ranks[-1], tuple(ranks))

    def reversed(self) -> "Axis":
        """Axis whose slider is turned round; for the same direction multiplied by −1."""
        return replace(
            self,
            low=-self.high,
            median=-self.median,
            high=-self.low,
            ranks=tuple(-each for each in reversed(self.ranks)),
            low_end=self.high_end,
            high_end=self.low_end,
        )

    def coordinate(self, slider: float) -> float:
        """Coordinate on the axis at a slider value: by rank within ±1, else linear on each side of the median."""
        if self.ranks and abs(slider) < 1:
            place = (slider + 1) / 2 * (len(self.ranks) - 1)
            before = min(int(place), len(self.ranks) - 2)
            return self.ranks[before] + (place - before) * (self.ranks[before + 1] - self.ranks[before])
        side = self.high - self.median if slider >= 0 else self.median - self.low
        return self.median + slider * side

    def slider(self, coordinate: float) -> float:
        """Slider value at a coordinate; inverse of `coordinate`."""
        if self.ranks and self.low < coordinate < self.high:
            before = bisect_right(self.ranks, coordinate) - 1
            part = (coordinate - self.ranks[before]) / (self.ranks[before + 1] - self.ranks[before])
            return 2 * (before + part) / (len(self.ranks) - 1) - 1
        offset = coordinate - self.median
        return offset / (self.high - self.median if offset >= 0 else self.median - self.low)
