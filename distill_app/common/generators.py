"""Long-running work as generators that yield their progress and return their result."""

from collections.abc import Callable, Generator
from typing import TypeVar

Step = TypeVar("Step")
Other = TypeVar("Other")
Result = TypeVar("Result")

FractionProgress = Generator[float, None, Result]
"""Work that yields its fraction done, 0 … 1, and returns a result."""


def drain(work: Generator[object, None, Result]) -> Result:
    """Runs the work to its end unseen; returns its result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result


def map_steps(work: Generator[Step, None, Result], each: Callable[[Step], Other]) -> Generator[Other, None, Result]:
    """The work with `each` applied to what it yields."""
    while True:
        try:
            step = next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
        yield each(step)
