"""Timing of the parts of a training step, and running means of losses."""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from torch import Tensor


class PartTimer:
    """Accumulates the seconds spent in named parts."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._steps = 0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self._seconds[name] = self._seconds.get(name, 0.0) + time.perf_counter() - start
        self._steps += name == "generator"

    def take(self) -> dict[str, float]:
        """Seconds per step and part; resets the timer."""
        means = {name: seconds / max(1, self._steps) for name, seconds in self._seconds.items()}
        self._seconds, self._steps = {}, 0
        return means


class RunningMeans:
    """Means of values over steps, accumulated on their device: reading each one would stall a GPU."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}

    def add(self, figures: Mapping[str, Tensor]) -> None:
        for name, value in figures.items():
            self._sums[name] = self._sums.get(name, 0) + value.detach()
            self._counts[name] = self._counts.get(name, 0) + 1

    def take(self) -> dict[str, float]:
        """Finite means by name; resets them."""
        means = {name: float(total) / self._counts[name] for name, total in self._sums.items()}
        self._sums, self._counts = {}, {}
        return {name: value for name, value in means.items() if math.isfinite(value)}
