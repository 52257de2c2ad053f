"""`distill corpus`: survey of the recordings, file by file, before learning. Imports no torch."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from distill_app.cli.arguments import Commands, add_command, add_json
from distill_app.cli.corpus_args import add_corpora, parse_corpora
from distill_app.cli.progress import drain_with, duration, progress_bar
from distill_app.cli.report import Report, table
from distill_app.common.errors import CorpusError

if TYPE_CHECKING:
    from distill_app.corpus.survey import GroupTotal, Survey, SurveyedFile, SurveyProgress
    from distill_app.corpus.survey_hints import Hint


def add_to(commands: Commands) -> None:
    more = "What was measured once is not read again until the file changes."
    parser = add_command(commands, "corpus", run, "list recordings, their lengths and levels, before learning", more)
    add_corpora(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> Report:
    from distill_app.corpus.survey import survey
    from distill_app.corpus.survey_hints import hints

    corpora = parse_corpora(options)
    with progress_bar() as console:

        def show(now: "SurveyProgress") -> None:
            console.show(f"Listening to “{now.name}”", now.done / now.total)

        found = drain_with(survey(corpora), show)
    if not found.files:
        raise CorpusError(found.skipped[0].reason if found.skipped else "There are no recordings in there.")
    found_hints = hints(found)
    return Report(_values(found, found_hints), _text(found, found_hints))


def _values(found: "Survey", found_hints: list["Hint"]) -> dict[str, Any]:
    return {
        "files": [_file_values(file) for file in found.files],
        "skipped": [asdict(each) for each in found.skipped],
        "totals": [asdict(total) for total in found.totals()],
        "hints": [_hint_values(hint) for hint in found_hints],
    }


def _file_values(file: "SurveyedFile") -> dict[str, Any]:
    found_hints = {"name": file.name, "path": str(file.path), "corpus": file.corpus.name, "group": file.group}
    state = {"learned": file.included, "excluded": file.excluded, "reason": file.reason, "windows": file.windows}
    return found_hints | state | (asdict(file.stats) if file.stats else {})


def _hint_values(hint: "Hint") -> dict[str, Any]:
    return asdict(hint) | {"files": [str(file) for file in hint.files]}


def _text(found: "Survey", found_hints: list["Hint"]) -> str:
    head = ("NAME", "LENGTH", "RATE", "CHANNELS", "PEAK", "LEVEL", "WINDOWS", "ONSETS", "")
    rows = [head, *map(_row, found.files), *((each.name, *[""] * 7, each.reason) for each in found.skipped)]
    totals = [("LEARNED FROM", "FILES", "LENGTH", "WINDOWS"), *map(_total, found.totals())]
    lines = "\n".join(f"{hint.corpus}: {hint.sentence}" for hint in found_hints)
    return "\n\n".join(part for part in (table(rows), table(totals), lines) if part)


def _row(file: "SurveyedFile") -> tuple[str, ...]:
    stats = file.stats
    note = file.reason or ("excluded" if file.excluded else stats.missing or stats.channels_used if stats else "")
    if stats is None:
        return file.name, *[""] * 7, note
    levels = f"{stats.peak_dbfs:.1f} dB", f"{stats.level_dbfs:.1f} dB"
    counts = str(file.windows), str(stats.onsets)
    return file.name, f"{stats.seconds:.2f} s", f"{stats.sample_rate} Hz", str(stats.channels), *levels, *counts, note


def _total(total: "GroupTotal") -> tuple[str, ...]:
    name = f"  {total.group}" if total.group else total.corpus
    return name, str(total.files), duration(total.seconds), str(total.windows)
