"""Columns of the table of recordings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from distill_app.corpus.sound_stats import SoundStats
from distill_app.corpus.survey import WINDOW_SECONDS, SurveyedFile
from distill_app.ui.style.format import decibels, length
from distill_app.ui.translation import tr

CHECK, NAME, CLASS, STATE = 0, 1, 6, 9
"""Indices of columns that the model and the view treat specially."""


@dataclass(frozen=True)
class Column:
    """One column.

    Args:
        title: heading.
        text: text of a row.
        key: sort key of a row.
        tip: tool tip of the heading.
        number: whether the column contains numbers, which are aligned to the right.
    """

    title: str
    text: Callable[[SurveyedFile], str]
    key: Callable[[SurveyedFile], Any]
    tip: str = ""
    number: bool = True


def columns() -> tuple[Column, ...]:
    """All columns in their order."""
    segments_tip = tr("Number of segments of {seconds} s to train on").format(seconds=f"{WINDOW_SECONDS:.1f}")
    state_tip = tr("Why the file is skipped, or which of its channels are used")
    return (
        Column(tr("Train"), lambda row: "", lambda row: (row.included, not row.reason), tr("Train on it"), False),
        Column(tr("Name"), lambda row: row.path.name, lambda row: row.path.name.casefold(), number=False),
        _measured(tr("Length"), lambda facts: facts.seconds, length),
        _measured(tr("RMS"), lambda facts: facts.level_dbfs, decibels, tr("RMS level of the whole file in dBFS")),
        Column(tr("Segments"), _segments, lambda row: row.windows, segments_tip),
        _measured(tr("Onsets"), lambda facts: facts.onsets, "{:,.0f}".format, tr("Number of onsets")),
        Column(
            tr("Class"), lambda row: row.group, lambda row: row.group.casefold(), tr("Subfolder of the file"), False
        ),
        _measured(tr("Rate"), lambda facts: facts.sample_rate, lambda rate: f"{rate / 1000:g} kHz"),
        _measured(tr("Ch"), lambda facts: facts.channels, "{:.0f}".format, tr("Channels")),
        Column(tr("State"), state_text, lambda row: state_text(row).casefold(), state_tip, False),
    )


def _measured(title: str, value: Callable[[SoundStats], float], text: Callable[[float], str], tip: str = "") -> Column:
    """A column of measured values; unknown values are empty and sorted first."""
    return Column(
        title,
        lambda row: "" if row.stats is None else text(value(row.stats)),
        lambda row: float("-inf") if row.stats is None else value(row.stats),
        tip,
    )


def _segments(row: SurveyedFile) -> str:
    return f"{row.windows:,}" if row.windows else ""


def state_text(row: SurveyedFile) -> str:
    """Why a file is skipped, without its name, or which of its channels are used."""
    if row.excluded and not row.reason:
        return tr("Excluded")
    used = "" if row.stats is None else row.stats.missing or row.stats.channels_used
    text = (row.reason or used).removeprefix(f"“{row.path.name}” ")
    return text[:1].upper() + text[1:]
