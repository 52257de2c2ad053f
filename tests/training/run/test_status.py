"""What a training tells is understood again, and nothing else is."""

import json
import math

import pytest

from distill_app.training.run.status import TrainingStatus


def test_what_is_told_is_understood() -> None:
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


def test_what_is_not_a_number_is_not_known() -> None:
    assert json.loads(TrainingStatus("train", "", 0.0, loss=math.nan).to_json())["loss"] is None


def test_a_newer_distill_may_tell_more() -> None:
    assert TrainingStatus.from_json('{"stage": "scan", "message": "", "fraction": 0, "colour": "red"}') is not None


@pytest.mark.parametrize("text", ["", "warning: x", "7", "[]", "{}", '{"stage": "scan"}', "[" * 100_000])
def test_any_other_line_is_none(text: str) -> None:
    assert TrainingStatus.from_json(text) is None
