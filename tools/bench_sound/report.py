"""Tables and flat figures of the judge's results."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from distill_app.cli.bench import Figures
from distill_app.cli.report import table
from tools.bench_sound.judge import COLUMNS, Column, Values, mean_values, missing_reasons
from tools.bench_sound.places import LEFT_OUT, QUESTIONS, Question
from tools.bench_sound.sets import Group

_NOT_APPLICABLE = "A system without a row uses no recordings, so that leaving one out changes nothing."


@dataclass(frozen=True)
class Result:
    """Values of one system on one set."""

    set_name: str
    group: Group
    question: Question
    system: str
    values: Values


def question_text(results: Sequence[Result], question: Question) -> str:
    """Tables of a question: means over the sets of each group, then each set. Empty without results."""
    here = [each for each in results if each.question == question]
    if not here:
        return ""
    columns = [each for each in COLUMNS if any(not math.isnan(row.values.get(each.id, math.nan)) for row in here)]
    rows = [("SET", "SYSTEM", *(each.title for each in columns))]
    rows += [_row(f"mean {group}", system, values, columns) for group, system, values in _means(here)]
    rows += [_row(each.set_name, each.system, each.values, columns) for each in here]
    reasons = list(missing_reasons([each.values for each in here], columns))
    notes = ([f"–  {'; '.join(reasons)}."] if reasons else []) + ([_NOT_APPLICABLE] * (question in LEFT_OUT))
    return "\n".join([f"{question}: {QUESTIONS[question]}", table(rows), *notes])


def flat_figures(results: Sequence[Result]) -> Figures:
    """Figures by QUESTION.SYSTEM.SET.MEASURE, with the means of the groups among the sets."""
    figures: Figures = {}
    for question in QUESTIONS:
        here = [each for each in results if each.question == question]
        named = [(f"mean-{group}", system, values) for group, system, values in _means(here)]
        named += [(each.set_name, each.system, each.values) for each in here]
        for set_name, system, values in named:
            prefix = f"{question}.{system}.{set_name}"
            figures |= {f"{prefix}.{name}": value for name, value in values.items() if not math.isnan(value)}
    return figures


def _means(results: Sequence[Result]) -> list[tuple[Group, str, Values]]:
    """Mean of each system over the sets of each group, in the order in which they come."""
    pairs = dict.fromkeys((each.group, each.system) for each in results)
    return [
        (group, system, mean_values([each.values for each in results if (each.group, each.system) == (group, system)]))
        for group, system in pairs
    ]


def _row(name: str, system: str, values: Values, columns: Sequence[Column]) -> tuple[str, ...]:
    return (name, system, *(_cell(values.get(each.id, math.nan)) for each in columns))


def _cell(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"
