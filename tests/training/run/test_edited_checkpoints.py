"""Resuming from an edited or damaged checkpoint raises the error that says so, whatever the file contains."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from distill_app.common.errors import TrainingError
from distill_app.common.safetensors_io import read_metadata
from distill_app.training.run.plateau import Point
from distill_app.training.vae.checkpoint import TrainingState, load_training, save_training
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.evaluation import Evaluation
from tests.training.synthetic import SMALL

POISONS = [None, True, -1, 10**30, 10**400, 1e308, float("nan"), float("inf"), "x", [], [1], {}, {"a": 1}]


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    path = tmp_path / "checkpoint.safetensors"
    config = asdict(TrainingConfig(epochs=3, architecture=SMALL))
    evaluation = Evaluation(3.0, 0.5, 10.0, 4)
    parts = {"network": {"weight": torch.ones(2)}}
    state = TrainingState(config, "abc", 5, 0, 1.5, evaluation, evaluation, (Point(1.0, 3.0),), parts)
    save_training(state, path)
    return path


def edited(path: Path, place: Sequence[str | int], value: Any) -> None:
    values: Any = json.loads(read_metadata(path))
    inner = values
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    save_file(load_file(path), path, {"distill": json.dumps(values)})


@pytest.mark.parametrize(
    ("place", "values"),
    [
        (("step",), [None, True, -1, 1.5, 10**30, float("nan"), "5", []]),
        (("seconds",), [None, True, -1, float("inf"), "5", [], 10**400]),
        (("failures",), [None, True, -1, 0.5, "0", 10**400]),
        (("corpus",), [None, True, 5, [], {}]),
        (("stopped",), [None, 0, "", "false", [], 1]),
        (("saved",), [0, "false", {}]),
        (("best",), [None, 0, [], "", {"error_db": 3.0}]),
        (("best", "error_db"), ["3", True, [], 10**400]),
        (("latest", "active_dimensions"), ["4", 4.5, True, -1]),
        (("curve",), [None, 0, {}, "ab", [[1.0]], [["a", "b"]], [[1.0, 3.0, 2.0]], ["ab"]]),
        (("config",), [None, 0, [], {}, {"surprise": 1}]),
        (("config", "architecture"), [None, 0, {}, {"name": "x"}, SMALL | {"width": 10**9}, SMALL | {"width": "24"}]),
        (("config", "seed"), [None, True, "0", -1, 10**30]),
        (("config", "batch"), [None, True, "16", 0, 10**9]),
        (("config", "epochs"), [True, "3", 0, 2.5]),
        (("config", "learning_rate"), [None, True, "x", -1.0, 1e308, float("nan")]),
        (("config", "mixed"), [-1.0, 2.0, 1e308]),
        (("config", "warm_up"), [0.0]),
        (("config", "stretch"), [1e308, -1e308]),
        (("config", "pitch_semitones"), [1e308]),
        (("config", "precision"), [None, 16, "float8"]),
        (("kind",), POISONS),
        (("format_version",), [None, True, "2", 1, 3]),
    ],
    ids=lambda each: ".".join(map(str, each)) if isinstance(each, tuple) else "",
)
def test_an_edited_checkpoint_is_called_damaged(checkpoint: Path, place: tuple[str, ...], values: list[Any]) -> None:
    for value in values:
        edited(checkpoint, place, value)
        with pytest.raises(TrainingError, match="is damaged or of another version; start anew without --resume"):
            load_training(checkpoint)


def test_a_validation_without_a_number_is_no_damage(checkpoint: Path) -> None:
    edited(checkpoint, ("curve", 0), [1.0, float("nan")])
    state = load_training(checkpoint)
    assert state.curve[0].seconds == 1.0
    assert state.curve[0].error_db != state.curve[0].error_db


def test_the_measured_sliders_of_an_earlier_version_are_left_out(checkpoint: Path) -> None:
    tensors: Mapping[str, torch.Tensor] = load_file(checkpoint)
    save_file({**tensors, "sweeps/0": torch.zeros(11, 2)}, checkpoint, {"distill": read_metadata(checkpoint)})
    assert "sweeps" not in load_training(checkpoint).parts
