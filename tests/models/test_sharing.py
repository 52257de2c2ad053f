"""A copy without recordings tells nothing of them and plays the same."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from distill_app.common.safetensors_io import read_metadata
from distill_app.models.header import CorpusFile
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model, save_model
from distill_app.models.sharing import without_recordings


def named(model: DistillModel, *names: str) -> DistillModel:
    axes = tuple(replace(axis, name=name) for axis, name in zip(model.axes.axes, names, strict=True))
    return model.with_axes(replace(model.axes, axes=axes))


def with_files(model: DistillModel, *names: str) -> DistillModel:
    return replace(model, header=replace(model.header, corpus=tuple(CorpusFile(name, 2.0) for name in names)))


def test_neither_sound_nor_file_names_are_left(grain_model: DistillModel, tmp_path: Path) -> None:
    model = named(with_files(grain_model, "Secret Bowl.wav", "tone.wav"), "Secret bowl", "Like the chirp")
    save_model(without_recordings(model), tmp_path / "copy.distillgan")
    text = read_metadata(tmp_path / "copy.distillgan").lower()
    assert [word for word in ("secret", "bowl", "tone", "chirp", ".wav", "flac", "grain") if word in text] == []
    assert b"fLaC" not in (tmp_path / "copy.distillgan").read_bytes()
    back = load_model(tmp_path / "copy.distillgan")
    assert [axis.name for axis in back.header.axes] == ["Character 1", "Character 2"]
    assert back.axes.axes == back.header.axes
    assert back.grain_source is None


def test_everything_else_is_kept(grain_model: DistillModel) -> None:
    copy = without_recordings(grain_model)
    kept = replace(copy.header, corpus=grain_model.header.corpus)
    assert kept == grain_model.with_grain(None).header
    assert [file.seconds for file in copy.header.corpus] == [file.seconds for file in grain_model.header.corpus]
    assert torch.equal(copy.decode(torch.ones(1, 4)), grain_model.decode(torch.ones(1, 4)))
    assert grain_model.grain is not None


@pytest.mark.parametrize(
    ("file", "slider"),
    [
        ("Brightness.wav", "Brightness"),
        ("2.wav", "Axis 2"),
        ("axis.wav", "Axis 1"),
        ("character.wav", "Character 4"),
        ("a.wav", "Day"),
    ],
)
def test_measured_and_numbered_names_stay(tiny_model: DistillModel, file: str, slider: str) -> None:
    model = named(with_files(tiny_model, file), slider, "Other")
    assert [axis.name for axis in without_recordings(model).header.axes] == [slider, "Other"]


@pytest.mark.parametrize(
    ("file", "slider"),
    [
        ("kick.wav", "Kick"),
        ("Tibetan_bowl-03.wav", "Tibetan"),
        ("x.wav", "X"),
        ("Ж 12.flac", "ж 12"),
        ("noext", "Noext"),
    ],
)
def test_names_made_of_files_are_replaced(tiny_model: DistillModel, file: str, slider: str) -> None:
    model = named(with_files(tiny_model, file), slider, "Character 1")
    assert [axis.name for axis in without_recordings(model).header.axes] == ["Character 2", "Character 1"]


def test_the_words_for_the_ends_are_left_out(tiny_model: DistillModel) -> None:
    axes = tiny_model.axes.axes
    named_axes = (
        replace(axes[0], name="ke ↔ na", low_end="ke", high_end="na"),
        replace(axes[1], name="Mine", low_end="re", high_end="tun"),
    )
    model = with_files(tiny_model.with_axes(replace(tiny_model.axes, axes=named_axes)), "ke 1.wav", "na.wav", "re.wav")
    copy = without_recordings(model).header
    assert [(axis.name, axis.low_end, axis.high_end) for axis in copy.axes] == [
        ("Character 1", "", ""),
        ("Mine", "", ""),
    ]
    assert "↔" not in copy.to_json()


def test_a_copy_of_a_copy_is_the_same(grain_model: DistillModel) -> None:
    copy = without_recordings(grain_model)
    assert without_recordings(copy).header == copy.header


def test_damaged_recordings_are_left_out(grain_model: DistillModel) -> None:
    damaged = replace(grain_model, grain=None, header=replace(grain_model.header, grain={"segments": 7}))
    assert without_recordings(damaged).header.grain is None
