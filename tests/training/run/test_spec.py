"""Specifications of trainings as JSON: one line for a process, and what is damaged is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from distill_app.common.errors import ProjectError, SettingsError
from distill_app.common.training_paths import training_folder
from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.spec import EmbeddedVocoderSpec, ModelSpec, spec_from_json, spec_from_values

CORPORA = (CorpusSpec.of(Path("/sounds/wood"), excluded=[Path("/sounds/wood/a.wav")]), CorpusSpec.of(Path("/bells")))
MODEL = ModelSpec(
    CORPORA,
    Path("/models/a.distillgan"),
    minutes=2.5,
    seed=2**62,
    threads=None,
    background=False,
    resume=True,
    epochs=3,
    name="Ä",
    begin_with=Path("/models/b.distillgan"),
    demos=True,
    batch=8,
    precision="bfloat16",
)
VOCODER = EmbeddedVocoderSpec(CORPORA, MODEL.out, minutes=12.0, base="hifigan-v2", steps=9, checkpoint_seconds=0.5)


@pytest.mark.parametrize("spec", [MODEL, VOCODER, ModelSpec(CORPORA, MODEL.out)])
def test_a_line_of_json_is_the_same_specification(spec: ModelSpec | EmbeddedVocoderSpec) -> None:
    line = spec.to_json()
    assert "\n" not in line
    assert spec_from_json(line) == spec


def test_paths_beside_a_model_are_relative_to_it() -> None:
    values = MODEL.to_values(Path("/models"))
    assert values["training"]["begin_with"] == "b.distillgan"
    assert spec_from_values(values, Path("/moved")).out == Path("/moved/a.distillgan")


def test_missing_values_get_their_defaults() -> None:
    values = {"training": {"minutes": 3}}
    assert spec_from_values(values, Path("/"), out=MODEL.out, demos=True) == ModelSpec((), MODEL.out, 3.0, demos=True)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "7",
        "{}",
        '{"training": {}}',
        '{"training": {"kind": "piano"}}',
        '{"training": {"minutes": "many"}}',
        "[" * 100_000,
    ]
    + [json.dumps({"training": {name: "x"}}) for name in ("seed", "resume", "threads")],
)
def test_anything_else_is_refused(line: str) -> None:
    with pytest.raises((ProjectError, KeyError, ValueError)):
        spec_from_json(line)


def test_trainings_keep_their_checkpoints_in_folders_of_their_own() -> None:
    assert MODEL.checkpoint.parent == training_folder(MODEL.out)
    assert VOCODER.checkpoint != MODEL.checkpoint
    assert {spec.checkpoint.parent.suffix for spec in (MODEL, VOCODER)} == {".training"}


@pytest.mark.parametrize("values", [{"minutes": 0.0}, {"minutes": float("nan")}, {"steps": 0}, {"base": "vocos"}])
def test_a_value_out_of_range_is_one_sentence(values: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        replace(VOCODER, **values)  # type: ignore[arg-type]
