"""Scores and the blind test on trials whose values are set, and on planted changes."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from tests.tools.bench_sliders.signals import mixture
from tools.bench_sliders.bands import RATE_HZ, Signal
from tools.bench_sliders.blind import guesses, hit_share
from tools.bench_sliders.controls import CONTROLS, POINTS
from tools.bench_sliders.independent import BY_ID, INDEPENDENT, measure
from tools.bench_sliders.planted import CLEAN, IMPOSTORS
from tools.bench_sliders.report import flat_figures, rows, system_text
from tools.bench_sliders.scores import control_scores, excess, implied_moves, linearity, spearman
from tools.bench_sliders.trials import Trial


def made(control: str, set_name: str = "one", **steps: float) -> Trial:
    """Trial that moves descriptors linearly by so many audible steps from -1 to 1."""
    points = [{each.id: value / 2 * steps.get(each.id, 0.0) * each.step for each in INDEPENDENT} for value in POINTS]
    project = [{"centroid": 1_000.0 * 1.15**at, "flatness": 0.1, "pitch": math.nan} for at in range(3)]
    project = [each | dict.fromkeys(_OTHER_PROJECT, 1.0) for each in project]
    return Trial(set_name, "judged", control, False, points, project)


_OTHER_PROJECT = [
    "loudness",
    "low_share",
    "high_share",
    "spread",
    "harmonicity",
    "flux",
    "modulation",
    "crest",
    "attack",
    "decay",
]


def planted(change: Callable[[Signal, float], Signal], control: str) -> Trial:
    """Trial of a change of samples, measured at its ends and in the middle."""
    ends = {value: measure(change(mixture()[:RATE_HZ], value)) | {"pitch": 0.0} for value in (-1, 0, 1)}
    points = [ends[round(value)] for value in POINTS]
    return Trial("one", "judged", control, False, points, made(control).project)


def test_correlation_of_ranks_keeps_its_sign() -> None:
    assert spearman(POINTS, [value**3 for value in POINTS]) == pytest.approx(1)
    assert spearman(POINTS, [-value for value in POINTS]) == pytest.approx(-1)
    assert spearman(POINTS, [1.0] * len(POINTS)) == 0.0


def test_linearity_is_what_a_line_explains() -> None:
    assert linearity(POINTS, [3 * value + 1 for value in POINTS]) == pytest.approx(1)
    assert linearity(POINTS, [value**2 for value in POINTS]) == pytest.approx(0, abs=1e-9)


def test_a_slider_that_falls_has_negative_steps_and_rank() -> None:
    scores, _ = control_scores([made("brightness", brightness=-8.0)])
    assert scores["rho"] == pytest.approx(-1)
    assert scores["steps_low"] == pytest.approx(-4)
    assert scores["steps_high"] == pytest.approx(-4)


def test_leak_is_the_move_of_the_others_over_the_own() -> None:
    scores, most = control_scores([made("brightness", brightness=8.0, air=4.0, level=2.0, pitch=-6.0)])
    assert most == "pitch"
    assert scores["leak_worst"] == pytest.approx(0.75)
    assert scores["leak"] == 0
    assert scores["cents"] == pytest.approx(3 * BY_ID["pitch"].step)
    assert scores["level_db"] == pytest.approx(2.0)
    assert scores["leak_project"] == 0


def test_what_a_clean_change_implies_is_not_beyond() -> None:
    clean = [made("brightness", brightness=8.0, air=4.0)]
    assert excess([made("brightness", brightness=4.0, air=2.0)], implied_moves(clean))[0] == pytest.approx(0)
    more = [made("brightness", brightness=4.0, air=2.0, level=3.0)]
    share, name = excess(more, implied_moves(clean))
    assert share == pytest.approx(0.75)
    assert name == "level"


@pytest.mark.parametrize("control", IMPOSTORS)
def test_impostors_move_another_thing_and_clean_changes_do_not(control: str) -> None:
    clean, impostor = planted(CLEAN[control], control), planted(IMPOSTORS[control], control)
    implied = implied_moves([clean])
    assert control_scores([clean])[0]["rho"] > 0.9
    assert excess([impostor], implied)[0] > 0.35
    assert excess([clean], implied)[0] < 0.01


def test_the_blind_test_tells_what_moves_apart_from_what_moves_alike() -> None:
    apart = [made(*each) for each in [("brightness", "one"), ("air", "one")]]
    assert math.isnan(hit_share(guesses(apart)))
    unlike = [
        made(control, name, **{control: 6.0, "level": noise})
        for control in ("brightness", "air", "roughness")
        for name, noise in [("one", 1.0), ("two", -1.0)]
    ]
    assert hit_share(guesses(unlike)) == 1.0
    alike = [made(control, name, warmth=5.0) for control in ("brightness", "air") for name in ("one", "two")]
    assert hit_share(guesses(alike)) == 0.5


def test_tables_and_figures_name_every_set_and_what_is_mistaken() -> None:
    alike = [made(control, name, warmth=5.0) for control in ("brightness", "air") for name in ("one", "two")]
    assert {each.set_name for each in rows(alike)} == {"one", "two", "all sets"}
    assert "brightness taken for air 2×" in system_text("axes", alike)
    figures = flat_figures("axes", alike)
    assert figures["axes.blind"] == 0.5
    assert figures["axes.one.air.rho"] == 0.0


def test_every_control_has_its_descriptor_once() -> None:
    assert all(each.own in BY_ID for each in CONTROLS)
    assert len({each.own for each in CONTROLS}) == len(CONTROLS) == len(INDEPENDENT)
    assert np.all(np.diff(POINTS) > 0)
