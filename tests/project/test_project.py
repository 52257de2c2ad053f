"""The project as a value."""

from dataclasses import replace
from pathlib import Path

import pytest

from distill_app.common.errors import ProjectError
from distill_app.project.corpora import CorpusSpec
from distill_app.project.project import ModelEntry, Project, Take, missing_sources, relocate, unique_name

DRUMS = CorpusSpec("Drums", (Path("/disk/drums"),), excluded=frozenset({Path("/disk/drums/a.wav")}))


def test_names_of_corpora_differ() -> None:
    with pytest.raises(ProjectError, match="two corpora called “Drums”"):
        Project("p", (DRUMS, DRUMS))
    with pytest.raises(ProjectError, match="from 1 to 200 letters"):
        Project("")
    assert unique_name("Drums", {"Drums", "Drums 2"}) == "Drums 3"


def test_a_model_recognises_a_renamed_corpus() -> None:
    project = Project("p").with_corpus(DRUMS).with_model(ModelEntry(Path("/m.distillgan"), ("Drums", "Bells")))
    renamed = project.with_corpus(replace(DRUMS, name="Kit"), replacing="Drums")
    assert renamed.corpora == (replace(DRUMS, name="Kit"),)
    assert renamed.models[0].corpora == ("Kit", "Bells")
    with pytest.raises(ProjectError, match="has no corpus “Drums”"):
        renamed.with_corpus(DRUMS, replacing="Drums")


def test_a_file_is_one_model_and_one_take() -> None:
    file, take = Path("/m.distillgan"), Path("/t.wav")
    project = Project("p").with_model(ModelEntry(file, seed=1)).with_model(ModelEntry(file, seed=2))
    assert [model.seed for model in project.models] == [2]
    project = project.with_take(Take(take)).with_take(Take(take, model=file))
    assert [each.model for each in project.takes] == [file]


def test_moved_sources_are_found(tmp_path: Path) -> None:
    (tmp_path / "new" / "drums").mkdir(parents=True)
    old = tmp_path / "old"
    drums = CorpusSpec("Drums", (old / "drums",), excluded=frozenset({old / "drums" / "a.wav"}))
    project = Project("p", (drums,), takes=(Take(tmp_path / "t.wav", model=old / "m.distillgan"),))
    assert missing_sources(project) == (old / "drums",)
    moved = relocate(project, old, tmp_path / "new")
    assert missing_sources(moved) == ()
    assert moved.corpora[0].excluded == {tmp_path / "new" / "drums" / "a.wav"}
    assert moved.takes[0] == Take(tmp_path / "t.wav", model=tmp_path / "new" / "m.distillgan")


def test_a_name_that_no_disk_takes_is_only_missing() -> None:
    source = Path("/" + "long" * 1_000)
    assert missing_sources(Project("p", (CorpusSpec("x", (source,)),))) == (source,)
