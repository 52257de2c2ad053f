"""Totals of the recordings to train on: files, duration and segments."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from distill_app.corpus.survey import SurveyedFile
from distill_app.ui.style.format import counted
from distill_app.ui.translation import tr

_CLASSES_MAX = 6


@dataclass(frozen=True)
class CorpusTotals:
    """Number of files to train on, their duration, and the number of segments in them."""

    files: int = 0
    seconds: float = 0.0
    segments: int = 0

    def __add__(self, other: "CorpusTotals") -> "CorpusTotals":
        return CorpusTotals(self.files + other.files, self.seconds + other.seconds, self.segments + other.segments)


def totals_of(rows: Iterable[SurveyedFile]) -> CorpusTotals:
    """Totals of the included files."""
    included = [(row.stats.seconds, row.windows) for row in rows if row.stats is not None and row.included]
    return CorpusTotals(len(included), sum(seconds for seconds, _ in included), sum(count for _, count in included))


def facts(totals: CorpusTotals) -> tuple[str, ...]:
    """`20 files`, `1:15 min`, `52 segments`."""
    files = counted(totals.files, tr("{count} file"), tr("{count} files"))
    segments = counted(totals.segments, tr("{count} segment"), tr("{count} segments"))
    return files, minutes(totals.seconds), segments


def minutes(seconds: float) -> str:
    """`0:42 min`, `1:15 min`, from one hour on `2:03 h`."""
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole // 60 % 60:02d} h"


def totals_text(rows: Sequence[SurveyedFile]) -> str:
    """Totals of all included files, followed by the duration of each class where there are several."""
    classes: dict[str, list[SurveyedFile]] = defaultdict(list)
    for row in rows:
        classes[row.group].append(row)
    totals = {name: totals_of(classes[name]) for name in sorted(classes)}
    text = " · ".join(facts(sum(totals.values(), CorpusTotals())))
    parts = [f"{name or tr('no class')} {minutes(each.seconds)}" for name, each in totals.items() if each.files]
    if len(parts) < 2:
        return text
    more = [tr("{count} more classes").format(count=len(parts) - _CLASSES_MAX)] if len(parts) > _CLASSES_MAX else []
    return f"{text}   —   {' · '.join(parts[:_CLASSES_MAX] + more)}"
