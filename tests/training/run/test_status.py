"""Status lines survive JSON; other lines are ignored."""

import json
import math

import pytest

from distill_app.training.run.status import TrainingStatus


def test_a_status_survives_json() -> None:
    line = TrainingStatus(
        *("train", "Learning", 0.25),
        step=7,
        error_db=5.5,
        plateau=True,
        skipped=(("a.txt", "No sound."),),
        notes=("“b.wav” is cut off.",),
    )
    assert TrainingStatus.from_json(line.to_json()) == line
    assert "\n" not in line.to_json()


def test_a_figure_that_is_not_a_number_is_none() -> None:
    assert json.loads(TrainingStatus("train", "", 0.0, loss=math.nan).to_json())["loss"] is None


def test_unknown_fields_are_ignored() -> None:
    assert TrainingStatus.from_json('{"stage": "scan", "message": "", "fraction": 0, "colour": "red"}') is not None


@pytest.mark.parametrize("text", ["", "warning: x", "7", "[]", "{}", '{"stage": "scan"}', "[" * 100_000])
def test_other_lines_are_no_status(text: str) -> None:
    assert TrainingStatus.from_json(text) is None
