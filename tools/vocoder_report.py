"""Figures of vocoders as tables for the terminal and docs/, and as flat numbers for a file."""

import math
from collections.abc import Sequence

from tools.vocoder_targets import COLUMNS, Result, change, checks, lower_on

Row = tuple[str, ...]
_LOWER_IS_BETTER = ("group_delay", "instantaneous_frequency", "onset_envelope")


def means(results: Sequence[Result]) -> list[Row]:
    """Rows of means, one for each vocoder, after the heading."""
    speed = ("RTF", "worst RTF", "20 frames, ms", "worst, ms", "silence, dBFS", "its line, dBFS")
    rows = [("vocoder", "M params", *COLUMNS.values(), *speed)]
    for each in results:
        figures = [_format_figure(each.mean(column), column) for column in COLUMNS]
        cost = each.speed
        rows.append(
            (
                each.title,
                f"{each.parameters / 1e6:.2f}",
                *figures,
                f"{cost.rtf:.3f}",
                f"{cost.rtf_worst:.3f}",
                f"{cost.block_ms:.1f}",
                f"{cost.block_ms_worst:.1f}",
                f"{each.quiet.level_db:.0f}",
                f"{each.quiet.line_db:.0f}",
            )
        )
    return rows


def items(result: Result) -> list[Row]:
    """Rows of figures, one for each recording, after the heading."""
    rows = [
        (name, *(_format_figure(figures[column], column) for column in COLUMNS))
        for name, figures in result.items.items()
    ]
    return [("recording", *COLUMNS.values()), *rows]


def targets(result: Result, baseline: Result) -> list[Row]:
    """Rows of targets, after the heading."""
    rows = [(each.label, each.reached, "ok" if each.ok else "not reached") for each in checks(result, baseline)]
    return [(f"{result.title} against {baseline.title}", "reached", ""), *rows]


def markdown(rows: Sequence[Row]) -> str:
    heading, *rest = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in (heading, ("---",) * len(heading), *rest))


def flat(results: Sequence[Result]) -> dict[str, float]:
    """Figures by unique names, without NaN."""
    found = {key: value for each in results for key, value in _figures(each, results[0]).items()}
    return {key: value for key, value in found.items() if not math.isnan(value)}


def _figures(result: Result, baseline: Result) -> dict[str, float]:
    name, figures = result.id, {f"{result.id}.parameters": float(result.parameters)}
    for column in COLUMNS:
        figures[f"{name}.mean.{column}"] = result.mean(column)
        figures |= {f"{name}.{item}.{column}": values[column] for item, values in result.items.items()}
    for column in _LOWER_IS_BETTER:
        figures[f"{name}.change.{column}"] = change(result, baseline, column)
        figures[f"{name}.lower_on.{column}"] = float(lower_on(result, baseline, column))
    figures |= {f"{name}.speed.{key}": value for key, value in vars(result.speed).items()}
    figures |= {f"{name}.quiet.{key}": value for key, value in vars(result.quiet).items()}
    return figures


def _format_figure(value: float, column: str) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:.1f}" if column == "pitch" else f"{value:.3f}" if column == "log_mel_l1" else f"{value:.2f}"
