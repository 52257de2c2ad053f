"""`distill info`."""

from dataclasses import replace
from pathlib import Path

import pytest

from distill_app.cli import arguments
from distill_app.common.safetensors_io import write_tensors
from distill_app.models.model import DistillModel
from distill_app.models.model_file import save_model
from distill_app.models.vae import parameter_count
from tests.cli.conftest import Distill


def test_json_lists_the_sliders_the_corpus_and_the_size(
    distill: Distill, tiny_model_file: Path, tiny_model: DistillModel
) -> None:
    values = distill("info", tiny_model_file, "--json").values
    assert {"name", "descriptor", "rho", "low", "high"} <= values["axes"][0].keys()
    assert [axis["name"] for axis in values["axes"] if axis["kind"] == "character"] == ["Brightness", "Axis 2"]
    assert values["parameters"] == parameter_count(tiny_model.vae)
    assert values["corpus"] == {
        "files": 1,
        "seconds": 1.5,
        "takes": 0,
        "recordings": [{"name": "a.wav", "seconds": 1.5, "kind": "recordings"}],
    }
    assert values["bytes"] == tiny_model_file.stat().st_size
    assert values["format_version"] == tiny_model.header.format_version


def test_sliders_of_the_tone_follow_those_of_the_model(
    distill: Distill, tiny_model_file: Path, one_shot_model: DistillModel, tmp_path: Path
) -> None:
    axes = distill("info", tiny_model_file, "--json").values["axes"]
    assert [axis["kind"] for axis in axes[:3]] == ["character", "character", "tone"]
    assert (axes[2]["name"], axes[2]["id"], axes[2]["rho"]) == ("Loudness", "loudness", None)
    assert (axes[2]["low"], axes[2]["median"], axes[2]["high"]) == (-1, 0, 1)
    assert "Attack" not in [axis["name"] for axis in axes], "it changes hits alone"
    save_model(one_shot_model, tmp_path / "hits.distillgan")
    assert "Attack" in [axis["name"] for axis in distill("info", tmp_path / "hits.distillgan", "--json").values["axes"]]
    assert "tone    Loudness" in distill("info", tiny_model_file).out


def test_text_output_has_the_same_facts(distill: Distill, tiny_model_file: Path) -> None:
    outcome = distill("info", tiny_model_file)
    assert outcome.status == 0
    for words in ("Tiny", "Brightness", "centroid", "+0.95", "1 recordings"):
        assert words in outcome.out


def test_the_ends_of_a_slider_are_shown(distill: Distill, tiny_model: DistillModel, tmp_path: Path) -> None:
    axes = tiny_model.axes
    named = replace(axes.axes[0], name="glass ↔ kick", rho=None, low_end="glass", high_end="kick")
    save_model(tiny_model.with_axes(replace(axes, axes=(named, *axes.axes[1:]))), tmp_path / "a.distillgan")
    found = distill("info", tmp_path / "a.distillgan", "--json").values["axes"][0]
    assert (found["name"], found["low_end"], found["high_end"]) == ("glass ↔ kick", "glass", "kick")
    row = next(line for line in distill("info", tmp_path / "a.distillgan").out.splitlines() if "↔" in line)
    assert row.split()[-2:] == ["glass", "kick"]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"random_db": 6.31, "elsewhere_db": 4.1, "another_db": None}, ["6.3 dB", "4.1 dB"]),
        ({"random_db": "x"}, ["–"]),
        ({"random_db": 10**400, "elsewhere_db": True, "another_db": float("nan")}, ["–"]),
        ([1], ["–"]),
    ],
)
def test_the_novelty_of_random_sounds_is_shown(
    distill: Distill, tiny_model: DistillModel, tmp_path: Path, found: object, said: list[str]
) -> None:
    header = replace(tiny_model.header, training={"novelty": found})
    save_model(replace(tiny_model, header=header), tmp_path / "a.distillgan")
    line = next(line for line in distill("info", tmp_path / "a.distillgan").out.splitlines() if "Novelty" in line)
    assert all(words in line for words in said)
    assert "None" not in line


def test_control_characters_of_a_name_are_escaped(distill: Distill, tiny_model: DistillModel, tmp_path: Path) -> None:
    named = replace(tiny_model, header=replace(tiny_model.header, name="\x1b[31mRed"))
    save_model(named, tmp_path / "red.distillgan")
    assert "�[31mRed" in distill("info", tmp_path / "red.distillgan").out


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\xff" * 100, b"\x02" + b"\0" * 7 + b"{}"])
def test_a_file_that_is_no_model_is_refused_in_one_sentence(distill: Distill, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.distillgan"
    path.write_bytes(content)
    outcome = distill("info", path)
    assert outcome.status == 1
    assert "other.distillgan" in outcome.sentence


def test_a_truncated_model_is_refused_in_one_sentence(distill: Distill, tiny_model_file: Path) -> None:
    tiny_model_file.write_bytes(tiny_model_file.read_bytes()[:-100])
    outcome = distill("info", tiny_model_file, "--json")
    assert outcome.status == 1
    assert "damaged" in outcome.values["error"]


def test_a_missing_model_is_one_sentence(distill: Distill, tmp_path: Path) -> None:
    assert "nowhere.distillgan" in distill("info", tmp_path / "nowhere.distillgan").sentence


def test_recordings_in_a_model_are_counted(distill: Distill, grain_model: DistillModel, tmp_path: Path) -> None:
    assert grain_model.grain is not None
    save_model(grain_model, tmp_path / "a.distillgan")
    expected = {"seconds": 6.0, "bytes": grain_model.grain.size_bytes, "recordings": 3, "channels": 1}
    assert distill("info", tmp_path / "a.distillgan", "--json").values["grain"] == expected
    text = distill("info", tmp_path / "a.distillgan").out
    assert "carries 6 s of the sound of 3 recordings" in text
    assert "licence" in text


def test_stereo_recordings_are_said(distill: Distill, stereo_model: DistillModel, tmp_path: Path) -> None:
    save_model(stereo_model, tmp_path / "a.distillgan")
    assert distill("info", tmp_path / "a.distillgan", "--json").values["grain"]["channels"] == 2
    assert "of 3 recordings in stereo (" in distill("info", tmp_path / "a.distillgan").out


def test_a_model_without_recordings_says_null(distill: Distill, tiny_model_file: Path) -> None:
    assert distill("info", tiny_model_file, "--json").values["grain"] is None
    assert "carries" not in distill("info", tiny_model_file).out


def test_damaged_recordings_are_said(distill: Distill, grain_model: DistillModel, tmp_path: Path) -> None:
    header = replace(grain_model.header, grain={"sample_rate": -1})
    write_tensors(tmp_path / "a.distillgan", {}, header.to_json())
    assert distill("info", tmp_path / "a.distillgan", "--json").values["grain"] is None
    assert "damaged; it plays without" in distill("info", tmp_path / "a.distillgan").out


def test_a_model_that_ships_is_known_by_name(
    distill: Distill, tiny_model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arguments, "starter_models", lambda: (tiny_model_file,))
    assert distill("info", tiny_model_file.stem, "--json").values["file"] == str(tiny_model_file)
