"""Description of one slider. No torch: the window shows its sliders before torch is loaded."""

import math
from dataclasses import dataclass, replace

SLIDER_LIMIT = 1.5
"""Largest slider magnitude; beyond ±1 the sound is outside the range of the corpus."""
NEIGHBOUR_STD = 0.25
"""Standard deviation, in slider units, of random sounds around a sound of the corpus."""


@dataclass(frozen=True)
class Axis:
    """One latent axis, oriented so that moving up raises its descriptor.

    Args:
        name: shown beside the slider: the descriptor's musical name, or "Axis 3".
        descriptor: id of the descriptor it changes most (`distill_app.dsp.descriptors`), or "" if none clearly.
        rho: Spearman correlation of slider and descriptor, measured on rendered sound; None until it is measured.
        low, median, high: coordinates at slider -1, 0 and +1 (2nd, 50th and 98th percentile of the corpus).
    """

    name: str
    descriptor: str
    rho: float | None
    low: float
    median: float
    high: float

    def __post_init__(self) -> None:
        if not -math.inf < self.low < self.median < self.high < math.inf:
            raise ValueError("an axis needs low < median < high, all of them finite")

    def reversed(self) -> "Axis":
        """Axis whose slider is turned round; for the same direction multiplied by −1."""
        return replace(self, low=-self.high, median=-self.median, high=-self.low)

    def coordinate(self, slider: float) -> float:
        """Coordinate on the axis at a slider value: linear on each side of the median."""
        side = self.high - self.median if slider >= 0 else self.median - self.low
        return self.median + slider * side

    def slider(self, coordinate: float) -> float:
        """Slider value at a coordinate; inverse of `coordinate`."""
        offset = coordinate - self.median
        return offset / (self.high - self.median if offset >= 0 else self.median - self.low)
