"""Long-running work as generators that yield progress and return a result."""

from collections.abc import Callable, Generator
from typing import TypeVar

Step = TypeVar("Step")
Other = TypeVar("Other")
Result = TypeVar("Result")

FractionProgress = Generator[float, None, Result]
"""Generator that yields the fraction done, 0 … 1, and returns a result."""


def drain(work: Generator[object, None, Result]) -> Result:
    """Run a generator to its end and return its result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result


def map_steps(work: Generator[Step, None, Result], each: Callable[[Step], Other]) -> Generator[Other, None, Result]:
    """Generator that applies `each` to every yielded value."""
    while True:
        try:
            step = next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
        yield each(step)
