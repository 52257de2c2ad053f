"""`distill project`: changing a project from scripts."""

from pathlib import Path

import pytest

from distill_app.project.corpora import CorpusSpec
from distill_app.project.storage import ProjectFile, read_project
from tests.cli.conftest import Distill


@pytest.fixture
def project(distill: Distill, tmp_path: Path) -> Path:
    outcome = distill("project", "new", tmp_path / "Percussion", "--json")
    assert outcome.status == 0
    return Path(outcome.values["folder"])


def test_corpora_are_added_shown_and_removed(distill: Distill, project: Path, recordings: Path) -> None:
    add = ("project", "add", project, recordings)
    assert distill(*add, "--one-shots", "--exclude", recordings / "pluck 110.wav").status == 0
    assert distill(*add, "--name", "Chosen", "--as-takes").status == 0
    name = recordings.name
    first = CorpusSpec(name, (recordings,), "one-shots", frozenset({recordings / "pluck 110.wav"}))
    assert read_project(project).project.corpora == (first, CorpusSpec("Chosen", (recordings,), kind="takes"))
    values = distill("project", "show", project, "--json").values
    assert [corpus["name"] for corpus in values["corpora"]] == [name, "Chosen"]
    assert values["missing"] == []
    assert "one-shots, 1 excluded" in distill("project", "show", project).out
    assert distill("project", "remove", project, "Chosen").status == 0
    assert read_project(project).project.corpora == (first,)
    assert "has no corpus “Chosen”" in distill("project", "remove", project, "Chosen").sentence


def test_recordings_that_moved_are_found_again(distill: Distill, project: Path, recordings: Path) -> None:
    distill("project", "add", project, recordings)
    moved = recordings.rename(recordings.with_name("elsewhere"))
    assert f"Missing: {recordings}" in distill("project", "show", project).out
    assert distill("project", "moved", project, recordings, moved, "--json").values["missing"] == []


def test_an_impossible_request_is_one_sentence(
    distill: Distill, project: Path, recordings: Path, tmp_path: Path
) -> None:
    assert "There is no project" in distill("project", "show", tmp_path / "nothing").sentence
    assert "is there already" in distill("project", "new", project).sentence
    with ProjectFile(project):
        assert "is open in another window" in distill("project", "add", project, recordings).sentence
    assert read_project(project).project.corpora == ()
    (project / "project.json").write_text("by hand")
    outcome = distill("project", "show", project)
    assert outcome.status == 0
    assert "Not read: “project.json” cannot be read: it is not a JSON file." in outcome.err
