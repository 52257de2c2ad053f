"""Tables and flat figures of the judged sliders."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from distill_app.cli.bench import Figures
from distill_app.cli.report import table
from tools.bench_sliders.blind import guesses, hit_share
from tools.bench_sliders.controls import CONTROLS, KINDS
from tools.bench_sliders.scores import Scores, control_scores, excess, implied_moves
from tools.bench_sliders.trials import Trial

_COLUMNS = {
    "rho": "ρ",
    "rho_min": "least",
    "steps_low": "steps −",
    "steps_high": "steps +",
    "leak": "leak",
    "leak_worst": "worst",
    "excess": "beyond",
    "leak_project": "app's leak",
    "cents": "cents",
    "level_db": "dB",
    "linearity": "R²",
    "asked_cents": "asked ± cents",
    "blind": "blind",
}
_ALL = "all sets"


@dataclass(frozen=True)
class Row:
    """Scores of one control of a system on one set, or on all."""

    set_name: str
    control: str
    scores: Scores
    leaks_most: str


def rows(trials: Sequence[Trial], clean: Sequence[Trial] = ()) -> list[Row]:
    """Rows of one system: each set's controls, then those of all sets together.

    Args:
        clean: trials of clean changes on the same sets; they say what else a control moves of necessity.
    """
    guessed = guesses(trials)
    names = list(dict.fromkeys(each.set_name for each in trials))
    found = []
    for name in [*names, _ALL]:
        for control in CONTROLS:
            here = [each for each in trials if each.control == control.id and name in (each.set_name, _ALL)]
            if here:
                scores, most = control_scores(here)
                same = [each for each in clean if each.control == control.id and name in (each.set_name, _ALL)]
                if same:
                    scores["excess"], most = excess(here, implied_moves(same))
                chosen = set(map(id, here))
                blind = hit_share([(trial, guess) for trial, guess in guessed if id(trial) in chosen])
                found.append(Row(name, control.id, scores | {"blind": blind}, most))
    return found


def system_text(title: str, trials: Sequence[Trial], clean: Sequence[Trial] = ()) -> str:
    """Table of a system with the share of right guesses, and what is mistaken for what."""
    head = ("SET", "KIND", "CONTROL", *_COLUMNS.values(), "LEAKS INTO")
    lines = [_line(each) for each in rows(trials, clean)]
    guessed = guesses(trials)
    wrong: dict[str, int] = {}
    for trial, guess in guessed:
        if guess != trial.control:
            key = f"{trial.control} taken for {guess}"
            wrong[key] = wrong.get(key, 0) + 1
    share = hit_share(guessed)
    count = len(dict.fromkeys(trial.control for trial, _ in guessed))
    blind = "There is no blind test of one set." if math.isnan(share) else f"Blind test: {share:.2f} over {count}."
    mistakes = "; ".join(f"{key} {times}×" for key, times in sorted(wrong.items(), key=lambda each: -each[1])[:8])
    return "\n".join([f"{title}:", table([head, *lines]), blind, *([mistakes + "."] if mistakes else [])])


def flat_figures(name: str, trials: Sequence[Trial], clean: Sequence[Trial] = ()) -> Figures:
    """Figures of a system by SYSTEM.SET.CONTROL.SCORE, with SYSTEM.blind."""
    figures: Figures = {}
    for row in rows(trials, clean):
        prefix = f"{name}.{row.set_name.replace(' ', '-')}.{row.control}"
        figures |= {f"{prefix}.{key}": value for key, value in row.scores.items() if not math.isnan(value)}
    share = hit_share(guesses(trials))
    return figures if math.isnan(share) else figures | {f"{name}.blind": share}


def _line(row: Row) -> tuple[str, ...]:
    cells = (_cell(row.scores.get(each, math.nan)) for each in _COLUMNS)
    return (row.set_name, KINDS.get(row.set_name, ""), row.control, *cells, row.leaks_most)


def _cell(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
