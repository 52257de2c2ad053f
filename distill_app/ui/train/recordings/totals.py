"""How much there is to learn from, counted from the rows of the table."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from distill_app.corpus.survey import SurveyedFile
from distill_app.ui.style.format import counted
from distill_app.ui.translation import tr

_CLASSES_MAX = 6


@dataclass(frozen=True)
class CorpusTotals:
    """Files that are learned from, their sound, and the windows they give."""

    files: int = 0
    seconds: float = 0.0
    windows: int = 0

    def __add__(self, other: "CorpusTotals") -> "CorpusTotals":
        return CorpusTotals(self.files + other.files, self.seconds + other.seconds, self.windows + other.windows)


def totals_of(rows: Iterable[SurveyedFile]) -> CorpusTotals:
    learned = [(row.facts.seconds, row.windows) for row in rows if row.facts is not None and row.learned]
    return CorpusTotals(len(learned), sum(seconds for seconds, _ in learned), sum(windows for _, windows in learned))


def facts(amount: CorpusTotals) -> tuple[str, ...]:
    """`20 files`, `1:15 min`, `52 windows`."""
    files = counted(amount.files, tr("{count} file"), tr("{count} files"))
    segments = counted(amount.windows, tr("{count} segment"), tr("{count} segments"))
    return files, minutes(amount.seconds), segments


def minutes(seconds: float) -> str:
    """`0:42 min`, `1:15 min`, `2:03 h` from an hour on."""
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole // 60 % 60:02d} h"


def totals_text(rows: Sequence[SurveyedFile]) -> str:
    """All that is learned from, and where there are several classes the time of each."""
    groups: dict[str, list[SurveyedFile]] = defaultdict(list)
    for row in rows:
        groups[row.group].append(row)
    amounts = {group: totals_of(groups[group]) for group in sorted(groups)}
    whole = " · ".join(facts(sum(amounts.values(), CorpusTotals())))
    parts = [f"{group or 'no class'} {minutes(amount.seconds)}" for group, amount in amounts.items() if amount.files]
    if len(parts) < 2:
        return whole
    more = [f"{len(parts) - _CLASSES_MAX} more classes"] if len(parts) > _CLASSES_MAX else []
    return f"{whole}   —   {' · '.join(parts[:_CLASSES_MAX] + more)}"
