"""Targets of a vocoder that replaces Griffin-Lim, and whether it reaches them."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tools.vocoder_machine import Quiet, Speed
from tools.vocoder_measures import MEASURES
from tools.vocoder_scores import SCORES

Figures = Mapping[str, float]
COLUMNS = {**{kind.id: f"{kind.title}, {kind.unit}" for kind in MEASURES}, **{each.id: each.title for each in SCORES}}
"""Every figure of an item, and its heading."""


@dataclass(frozen=True, eq=False)
class Result:
    """All that was measured of a vocoder; `items` maps a recording's name to its figures, NaN where there is none."""

    id: str
    title: str
    parameters: int
    items: Mapping[str, Figures]
    speed: Speed
    quiet: Quiet

    def mean(self, column: str) -> float:
        """Over the items that have the figure, NaN where none has."""
        there = [value for figures in self.items.values() if not math.isnan(value := figures[column])]
        return sum(there) / len(there) if there else math.nan


@dataclass(frozen=True)
class Check:
    """A target in words, what was reached in words, and whether that is enough."""

    words: str
    reached: str
    ok: bool


def change(result: Result, opponent: Result, column: str) -> float:
    """Relative difference of the means: −0.25 is a quarter less."""
    return result.mean(column) / opponent.mean(column) - 1


def lower_on(result: Result, opponent: Result, column: str) -> int:
    """Number of items with a lower figure than the opponent's."""
    return sum(figures[column] < opponent.items[name][column] for name, figures in result.items.items())


def checks(result: Result, opponent: Result) -> Iterator[Check]:
    """Each target; one whose figure could not be measured is not reached."""
    for column in ("group_delay", "instantaneous_frequency"):
        yield _less(result, opponent, column, 0.25)
        yield _on_most(result, opponent, column)
    yield _less(result, opponent, "onset_envelope", 0.30)
    yield _value("PESQ-WB on the voice ≥ 3.9", result.mean("pesq_wb"), lambda value: value >= 3.9)
    for column in ("visqol", "zimtohrli"):
        words = f"{COLUMNS[column]} at most 0.1 below {opponent.title}"
        yield _value(words, result.mean(column) - opponent.mean(column), lambda value: value >= -0.1, "+.2f")
    yield _value("log-mel L1 ≤ 0.20", result.mean("log_mel_l1"), lambda value: value <= 0.20, ".3f")
    yield _value("RTF ≤ 0.05", result.speed.rtf, lambda value: value <= 0.05, ".3f")
    yield _value("20 frames in ≤ 12 ms", result.speed.block_ms, lambda value: value <= 12, ".1f")
    yield _value("silence and −80 dBFS noise below −70 dBFS", result.quiet.level_db, lambda value: value < -70, ".1f")
    yield _value("no line there above −70 dBFS", result.quiet.line_db, lambda value: value < -70, ".1f")


def _less(result: Result, opponent: Result, column: str, share: float) -> Check:
    reached = change(result, opponent, column)
    return Check(f"{_name(column)} ≥ {share:.0%} lower", f"{reached:+.1%}", reached <= -share)


def _on_most(result: Result, opponent: Result, column: str) -> Check:
    """On all items but one."""
    count, items = lower_on(result, opponent, column), len(result.items)
    return Check(f"{_name(column)} lower on {items - 1} of {items}", str(count), count >= items - 1)


def _value(words: str, value: float, enough: Callable[[float], bool], form: str = ".2f") -> Check:
    return Check(words, "not measured" if math.isnan(value) else format(value, form), enough(value))


def _name(column: str) -> str:
    return COLUMNS[column].partition(",")[0]
