"""Scores of a control from its trials."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from tools.bench_sliders.bands import Values
from tools.bench_sliders.controls import CONTROL, POINTS
from tools.bench_sliders.trials import Trial

Scores = dict[str, float]

_LEAST_STEPS = 0.1  # of a control's own, so that one that does nothing has a finite leak


def control_scores(trials: Sequence[Trial]) -> tuple[Scores, str]:
    """Scores of one control over its trials, and the id of the descriptor that leaks most."""
    control = CONTROL[trials[0].control]
    known = [each for each in trials if np.isfinite(each.own).all()]
    if not known:
        return {"trials": 0.0}, ""
    rhos = [spearman(POINTS, each.own) for each in known]
    leaks = _leaks([{k: abs(v) for k, v in each.steps().items()} for each in known], control.own)
    project = _leaks([each.project_steps() for each in known], control.project) if control.project else {}
    worst = max(leaks, key=lambda each: leaks[each], default="")
    return {
        "trials": float(len(known)),
        "rho": float(np.mean(rhos)),
        "rho_min": min(rhos),
        "steps_low": float(np.median([each.low_steps for each in known])),
        "steps_high": float(np.median([each.high_steps for each in known])),
        "leak": _median(leaks.values()),
        "leak_worst": leaks.get(worst, math.nan),
        "leak_project": _median(project.values()),
        "cents": _largest(each.points[at]["pitch"] for each in known for at in (0, -1)),
        "level_db": _largest(np.ptp([point["level"] for point in each.points]) for each in known),
        "linearity": float(np.mean([linearity(POINTS, each.own) for each in known])),
        "asked_cents": _largest(cents for each in known for cents in each.asked_cents),
    }, worst


def implied_moves(trials: Sequence[Trial]) -> Scores:
    """Signed steps of each other descriptor for one step of the own one, as a clean change of the samples has them."""
    own = CONTROL[trials[0].control].own
    moved = [each.steps() for each in trials]
    sizable = [each for each in moved if abs(each[own]) > _LEAST_STEPS]
    names = dict.fromkeys(name for each in sizable for name in each if name != own)
    return {name: _median(each[name] / each[own] for each in sizable if name in each) for name in names}


def excess(trials: Sequence[Trial], implied: Scores) -> tuple[float, str]:
    """Largest median of what another descriptor moves beyond what is implied, over the own one, and which that is."""
    own = CONTROL[trials[0].control].own
    moved = [each.steps() for each in trials]
    beyond = [
        {name: each[name] - each[own] * implied.get(name, 0.0) for name in each if name != own} | {own: each[own]}
        for each in moved
    ]
    leaks = _leaks(beyond, own)
    worst = max(leaks, key=lambda each: leaks[each], default="")
    return leaks.get(worst, math.nan), worst


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Signed correlation of ranks; 0 where one does not change."""
    ranks = [_ranks(np.asarray(each, float)) for each in (one, other)]
    spreads = [float(each.std()) for each in ranks]
    if min(spreads) == 0:
        return 0.0
    return float(np.mean((ranks[0] - ranks[0].mean()) * (ranks[1] - ranks[1].mean())) / (spreads[0] * spreads[1]))


def linearity(places: Sequence[float], values: Sequence[float]) -> float:
    """Share of the values' variance that a straight line explains; 0 where they do not change."""
    if np.ptp(values) < 1e-9:
        return 0.0
    return float(np.corrcoef(places, values)[0, 1] ** 2)


def _ranks(values: Values) -> Values:
    """Ranks of values; equal ones share their mean rank."""
    below = (values[None, :] < values[:, None]).sum(1)
    equal = (values[None, :] == values[:, None]).sum(1)
    return below + (equal - 1) / 2


def _leaks(trials: Sequence[dict[str, float]], own: str) -> dict[str, float]:
    """Median move of each other descriptor over the median move of the own one."""
    names = dict.fromkeys(name for each in trials for name in each)
    moves = {name: _median(abs(each[name]) for each in trials if name in each) for name in names}
    reference = max(moves.pop(own, 0.0), _LEAST_STEPS)
    return {name: value / reference for name, value in moves.items() if not math.isnan(value)}


def _median(values: Iterable[float]) -> float:
    known = [each for each in values if not math.isnan(each)]
    return float(np.median(known)) if known else math.nan


def _largest(values: Iterable[float]) -> float:
    return max((abs(float(each)) for each in values if not math.isnan(each)), default=math.nan)
