"""The file beside a model from which its training is resumed."""

import json
from pathlib import Path
from typing import Any

import pytest

from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.spec import ModelSpec
from distill_app.ui.train.training.request_file import read_spec, training_file, write_spec


def read(model: Path, training: dict[str, Any]) -> ModelSpec | None:
    training_file(model).write_text(json.dumps({"corpora": [], "training": training}))
    return read_spec(model)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    spec = ModelSpec(
        (CorpusSpec("Bells", (tmp_path / "bells",)),),
        tmp_path / "Bells.distillgan",
        minutes=3.0,
        seed=7,
        threads=2,
        name="Bells",
        begin_with=tmp_path / "Drums.distillgan",
        demos=True,
    )
    write_spec(spec)
    assert read_spec(spec.out) == spec


@pytest.mark.parametrize(
    "training",
    [
        {},
        {"minutes": None, "seed": None, "device": None, "threads": None, "begin_with": None},
        {"minutes": 0, "seed": 0},
        {"out": "/etc/other.distillgan", "kind": "vocoder", "background": False, "demos": False, "epochs": 5},
    ],
)
def test_missing_values_are_the_usual_ones_and_others_are_ignored(tmp_path: Path, training: dict[str, Any]) -> None:
    model = tmp_path / "Bells.distillgan"
    assert read(model, training) == ModelSpec((), model, name="Bells", demos=True)


@pytest.mark.parametrize("training", [{"minutes": "long"}, {"threads": -1}, {"begin_with": 5}, {"device": 5}])
def test_a_damaged_file_is_no_specification(tmp_path: Path, training: dict[str, Any]) -> None:
    assert read(tmp_path / "Bells.distillgan", training) is None
