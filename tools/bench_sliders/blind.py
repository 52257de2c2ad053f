"""Blind test: which control was moved, guessed from the differences of the independent descriptors alone."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from tools.bench_sliders.bands import Values
from tools.bench_sliders.independent import INDEPENDENT
from tools.bench_sliders.trials import Trial


def guesses(trials: Sequence[Trial]) -> list[tuple[Trial, str]]:
    """Trials with the control that is guessed for each.

    The guess is the nearest of the mean directions of the controls on the *other* sets, among those that the trial's
    set shows. A trial of a control that no other set shows is left out.
    """
    found = []
    for name in dict.fromkeys(each.set_name for each in trials):
        templates = _templates([each for each in trials if each.set_name != name])
        here = [each for each in trials if each.set_name == name]
        shown = {each.control for each in here} & set(templates)
        found += [(each, _nearest(each, templates, shown)) for each in here if each.control in shown]
    return found


def hit_share(guessed: Sequence[tuple[Trial, str]]) -> float:
    """Share of right guesses; NaN without any."""
    return float(np.mean([trial.control == guess for trial, guess in guessed])) if guessed else float("nan")


def direction(trial: Trial) -> Values:
    """Steps of all descriptors from -1 to 1 at length 1; what is not defined rests."""
    steps = trial.steps()
    moved = np.nan_to_num(np.array([steps.get(each.id, 0.0) for each in INDEPENDENT]))
    return moved / (np.linalg.norm(moved) + 1e-9)


def _templates(trials: Sequence[Trial]) -> dict[str, Values]:
    """Mean direction of each control; each set weighs the same."""
    grouped: dict[str, dict[str, list[Values]]] = defaultdict(lambda: defaultdict(list))
    for each in trials:
        grouped[each.control][each.set_name].append(direction(each))
    return {name: _unit(sets) for name, sets in grouped.items()}


def _unit(sets: dict[str, list[Values]]) -> Values:
    mean = np.mean([np.mean(each, axis=0) for each in sets.values()], axis=0)
    return np.asarray(mean / (np.linalg.norm(mean) + 1e-9))


def _nearest(trial: Trial, templates: dict[str, Values], shown: set[str]) -> str:
    own = direction(trial)
    return max(sorted(shown), key=lambda each: float(own @ templates[each]))
