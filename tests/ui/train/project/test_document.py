"""The open project: every change is saved and can be undone, and failures are reported."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from distill_app.project.project import ModelEntry, Project
from distill_app.project.storage import ProjectFile, create_project, read_project
from distill_app.ui.train.project.document import ProjectDocument
from distill_app.ui.widgets.toast import Message


@pytest.fixture
def document(qtbot: QtBot, tmp_path: Path) -> Iterator[ProjectDocument]:
    document = ProjectDocument(tmp_path / "Documents" / "Distill")
    yield document
    document.close()


@pytest.fixture
def notified(document: ProjectDocument) -> list[str]:
    said: list[str] = []
    document.notified.connect(lambda message: said.append(_sentence(message)))
    return said


def _sentence(message: Message) -> str:
    return message.sentence


def rename(document: ProjectDocument, name: str) -> bool:
    return document.apply("rename project", lambda project: replace(project, name=name))


def test_an_untitled_project_is_made_in_the_documents_under_a_free_name(
    document: ProjectDocument, tmp_path: Path
) -> None:
    assert document.create_named("Untitled")
    first = document.folder
    assert document.create_named("Untitled")
    home = tmp_path / "Documents" / "Distill"
    assert (first, document.folder) == (home / "Untitled.distillproject", home / "Untitled 2.distillproject")


def test_a_change_and_its_undo_are_saved_when_the_document_closes(document: ProjectDocument) -> None:
    document.create_named("Untitled")
    folder = document.folder
    assert folder is not None
    assert rename(document, "Wood")
    assert document.history.undoText() == "rename project"
    document.close()
    assert read_project(folder).project.name == "Wood"
    document.open(folder)
    rename(document, "Stone")
    document.history.undo()
    document.close()
    assert read_project(folder).project.name == "Wood"


def test_changes_are_saved_at_once(qtbot: QtBot, document: ProjectDocument) -> None:
    document.create_named("Untitled")
    folder = document.folder
    assert folder is not None
    rename(document, "Wood")
    qtbot.waitUntil(lambda: read_project(folder).project.name == "Wood", timeout=60_000)


def test_an_unchanged_value_leaves_no_undo_step(document: ProjectDocument) -> None:
    document.create_named("Untitled")
    assert rename(document, "Untitled")
    assert not document.history.canUndo()


def test_an_impossible_change_is_reported_and_changes_nothing(document: ProjectDocument, notified: list[str]) -> None:
    document.create_named("Untitled")
    assert not rename(document, "")
    assert "letters" in notified[-1]
    assert not document.history.canUndo()


def test_a_failed_save_leaves_no_undo_step(document: ProjectDocument, notified: list[str]) -> None:
    document.create_named("Untitled")

    def refuse() -> None:
        raise OSError(28, "No space left on device")

    assert not document.apply("rename project", lambda project: replace(project, name="Wood"), refuse)
    assert "No space left" in notified[-1]
    assert document.project == Project("Untitled")
    assert not document.history.canUndo()


def test_undo_keeps_later_changes_of_the_program(document: ProjectDocument) -> None:
    document.create_named("Untitled")
    rename(document, "Wood")
    model = ModelEntry(Path("/models/wood.distillgan"))
    document.apply_without_undo(lambda project: project.with_model(model))
    document.history.undo()
    assert document.project == Project("Untitled", models=(model,))


def test_a_second_window_is_read_only(document: ProjectDocument, tmp_path: Path) -> None:
    folder = create_project(tmp_path / "Mine")
    with ProjectFile(folder):
        assert document.open(folder)
        assert "another window" in document.read_only
        assert not rename(document, "Wood")
        assert document.project == Project("Mine")


def edited_folder(document: ProjectDocument) -> Path:
    """Folder of a new project whose file has been edited by another program since."""
    document.create_named("Untitled")
    folder = document.folder
    assert folder is not None
    file = folder / "project.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"name": "Edited"}))
    return folder


def test_changes_of_another_program_are_not_overwritten_without_confirmation(
    qtbot: QtBot, document: ProjectDocument
) -> None:
    folder = edited_folder(document)
    with qtbot.waitSignal(document.changed_elsewhere, timeout=60_000) as caught:
        rename(document, "Wood")
    assert "changed by another program" in caught.args[0]
    assert read_project(folder).project.name == "Edited"
    document.save_anyway()
    qtbot.waitUntil(lambda: read_project(folder).project.name == "Wood", timeout=60_000)
    assert json.loads((folder / "project.json.other").read_text())["name"] == "Edited"


def test_the_conflict_of_another_project_is_not_offered(
    qtbot: QtBot, document: ProjectDocument, notified: list[str]
) -> None:
    first = edited_folder(document)
    asked: list[str] = []
    document.changed_elsewhere.connect(asked.append)
    rename(document, "Wood")
    document.create_named("Untitled")
    assert document.folder != first
    qtbot.waitUntil(lambda: any("changed by another program" in sentence for sentence in notified), timeout=60_000)
    assert asked == [], "“Save anyway” would save the wrong project"
    assert read_project(first).project.name == "Edited"
    assert json.loads((first / "project.json.mine").read_text())["name"] == "Wood", "nothing is lost"


def test_a_conflict_is_saved_as_a_copy_when_the_window_closes(qtbot: QtBot, document: ProjectDocument) -> None:
    folder = edited_folder(document)
    with qtbot.waitSignal(document.changed_elsewhere, timeout=60_000):
        rename(document, "Wood")
    document.close()
    assert read_project(folder).project.name == "Edited"
    assert json.loads((folder / "project.json.mine").read_text())["name"] == "Wood"


def test_reloading_takes_the_changes_of_another_program(document: ProjectDocument) -> None:
    edited_folder(document)
    document.load_again()
    assert document.project == Project("Edited")


def test_a_damaged_project_is_reported_and_kept(document: ProjectDocument, notified: list[str], tmp_path: Path) -> None:
    folder = create_project(tmp_path / "Mine")
    (folder / "project.json").write_text("{ not a project")
    assert document.open(folder)
    assert "project.json.bad" in notified[-1]
    assert (folder / "project.json.bad").read_text() == "{ not a project"


def test_a_folder_that_is_no_project_is_refused(document: ProjectDocument, notified: list[str], tmp_path: Path) -> None:
    document.create_named("Untitled")
    before = document.folder
    assert not document.open(tmp_path)
    assert "not a project" in notified[-1]
    assert document.folder == before
