"""Targets for a vocoder that replaces Griffin-Lim, and their check."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tools.vocoder_machine import Quiet, Speed
from tools.vocoder_measures import MEASURES
from tools.vocoder_scores import SCORES

Figures = Mapping[str, float]
COLUMNS = {**{kind.id: f"{kind.title}, {kind.unit}" for kind in MEASURES}, **{each.id: each.title for each in SCORES}}
"""Heading of each figure of an item."""


@dataclass(frozen=True, eq=False)
class Result:
    """Measurements of a vocoder; `items` maps a recording's name to its figures, NaN where there is none."""

    id: str
    title: str
    parameters: int
    items: Mapping[str, Figures]
    speed: Speed
    quiet: Quiet

    def mean(self, column: str) -> float:
        """Mean over the items that have the figure; NaN if none has."""
        there = [value for figures in self.items.values() if not math.isnan(value := figures[column])]
        return sum(there) / len(there) if there else math.nan


@dataclass(frozen=True)
class Check:
    """Text of a target, text of the value, and whether the target is reached."""

    label: str
    reached: str
    ok: bool


def change(result: Result, baseline: Result, column: str) -> float:
    """Relative difference of the means: −0.25 is a quarter less."""
    return result.mean(column) / baseline.mean(column) - 1


def lower_on(result: Result, baseline: Result, column: str) -> int:
    """Number of items with a lower figure than the baseline's."""
    return sum(figures[column] < baseline.items[name][column] for name, figures in result.items.items())


def checks(result: Result, baseline: Result) -> Iterator[Check]:
    """Check of each target; a figure that could not be measured does not reach its target."""
    for column in ("group_delay", "instantaneous_frequency"):
        yield _less(result, baseline, column, 0.25)
        yield _on_most(result, baseline, column)
    yield _less(result, baseline, "onset_envelope", 0.30)
    yield _value("PESQ-WB on the voice ≥ 3.9", result.mean("pesq_wb"), lambda value: value >= 3.9)
    for column in ("visqol", "zimtohrli"):
        label = f"{COLUMNS[column]} at most 0.1 below {baseline.title}"
        yield _value(label, result.mean(column) - baseline.mean(column), lambda value: value >= -0.1, "+.2f")
    yield _value("log-mel L1 ≤ 0.20", result.mean("log_mel_l1"), lambda value: value <= 0.20, ".3f")
    yield _value("RTF ≤ 0.05", result.speed.rtf, lambda value: value <= 0.05, ".3f")
    yield _value("20 frames in ≤ 12 ms", result.speed.block_ms, lambda value: value <= 12, ".1f")
    yield _value("silence and −80 dBFS noise below −70 dBFS", result.quiet.level_db, lambda value: value < -70, ".1f")
    yield _value("no line there above −70 dBFS", result.quiet.line_db, lambda value: value < -70, ".1f")


def _less(result: Result, baseline: Result, column: str, share: float) -> Check:
    reached = change(result, baseline, column)
    return Check(f"{_name(column)} ≥ {share:.0%} lower", f"{reached:+.1%}", reached <= -share)


def _on_most(result: Result, baseline: Result, column: str) -> Check:
    """Check that the figure is lower on all items but one."""
    count, items = lower_on(result, baseline, column), len(result.items)
    return Check(f"{_name(column)} lower on {items - 1} of {items}", str(count), count >= items - 1)


def _value(label: str, value: float, enough: Callable[[float], bool], form: str = ".2f") -> Check:
    return Check(label, "not measured" if math.isnan(value) else format(value, form), enough(value))


def _name(column: str) -> str:
    return COLUMNS[column].partition(",")[0]
