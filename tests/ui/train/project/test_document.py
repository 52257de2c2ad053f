"""The project under the hand: every change is saved and can be undone, and what stands in the way is told."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from distill_app.project.project import LearnedModel, Project
from distill_app.project.storage import OpenProject, create_project, read_project
from distill_app.ui.train.project.document import ProjectDesk
from distill_app.ui.widgets.toast import Message


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[ProjectDesk]:
    desk = ProjectDesk(tmp_path / "Documents" / "Distill")
    yield desk
    desk.close()


@pytest.fixture
def told(desk: ProjectDesk) -> list[str]:
    said: list[str] = []
    desk.told.connect(lambda message: said.append(_sentence(message)))
    return said


def _sentence(message: Message) -> str:
    return message.sentence


def rename(desk: ProjectDesk, name: str) -> bool:
    return desk.do("rename project", lambda project: replace(project, name=name))


def test_an_untitled_project_is_made_in_the_documents_under_a_free_name(desk: ProjectDesk, tmp_path: Path) -> None:
    assert desk.create_named("Untitled")
    first = desk.folder
    assert desk.create_named("Untitled")
    home = tmp_path / "Documents" / "Distill"
    assert (first, desk.folder) == (home / "Untitled.distillproject", home / "Untitled 2.distillproject")


def test_a_change_is_on_the_disk_when_the_desk_is_closed_and_undo_is_saved_too(desk: ProjectDesk) -> None:
    desk.create_named("Untitled")
    folder = desk.folder
    assert folder is not None
    assert rename(desk, "Wood")
    assert desk.history.undoText() == "rename project"
    desk.close()
    assert read_project(folder).project.name == "Wood"
    desk.open(folder)
    rename(desk, "Stone")
    desk.history.undo()
    desk.close()
    assert read_project(folder).project.name == "Wood"


def test_changes_are_saved_as_they_come(qtbot: QtBot, desk: ProjectDesk) -> None:
    desk.create_named("Untitled")
    folder = desk.folder
    assert folder is not None
    rename(desk, "Wood")
    qtbot.waitUntil(lambda: read_project(folder).project.name == "Wood", timeout=10_000)


def test_a_change_that_is_none_leaves_no_step(desk: ProjectDesk) -> None:
    desk.create_named("Untitled")
    assert rename(desk, "Untitled")
    assert not desk.history.canUndo()


def test_a_change_that_cannot_be_is_told_and_leaves_all_as_it_was(desk: ProjectDesk, told: list[str]) -> None:
    desk.create_named("Untitled")
    assert not rename(desk, "")
    assert "letters" in told[-1]
    assert not desk.history.canUndo()


def test_what_the_disk_refuses_leaves_no_step(desk: ProjectDesk, told: list[str]) -> None:
    desk.create_named("Untitled")

    def refuse() -> None:
        raise OSError(28, "No space left on device")

    assert not desk.do("rename project", lambda project: replace(project, name="Wood"), refuse)
    assert "No space left" in told[-1]
    assert desk.project == Project("Untitled")
    assert not desk.history.canUndo()


def test_undo_keeps_what_came_by_itself_meanwhile(desk: ProjectDesk) -> None:
    desk.create_named("Untitled")
    rename(desk, "Wood")
    model = LearnedModel(Path("/models/wood.distillgan"))
    desk.note(lambda project: project.with_model(model))
    desk.history.undo()
    assert desk.project == Project("Untitled", models=(model,))


def test_a_second_window_reads_and_cannot_change(desk: ProjectDesk, tmp_path: Path) -> None:
    folder = create_project(tmp_path / "Mine")
    with OpenProject(folder):
        assert desk.open(folder)
        assert "another window" in desk.read_only
        assert not rename(desk, "Wood")
        assert desk.project == Project("Mine")


def by_hand(desk: ProjectDesk) -> Path:
    """The folder of a new project, whose file somebody has edited since."""
    desk.create_named("Untitled")
    folder = desk.folder
    assert folder is not None
    file = folder / "project.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"name": "By hand"}))
    return folder


def test_what_another_program_wrote_is_not_overwritten_until_the_person_says_so(
    qtbot: QtBot, desk: ProjectDesk
) -> None:
    folder = by_hand(desk)
    with qtbot.waitSignal(desk.changed_elsewhere, timeout=10_000) as caught:
        rename(desk, "Wood")
    assert "changed by another program" in caught.args[0]
    assert read_project(folder).project.name == "By hand"
    desk.save_anyway()
    qtbot.waitUntil(lambda: read_project(folder).project.name == "Wood", timeout=10_000)
    assert json.loads((folder / "project.json.other").read_text())["name"] == "By hand"


def test_the_choice_is_not_offered_for_another_project_than_was_changed(
    qtbot: QtBot, desk: ProjectDesk, told: list[str]
) -> None:
    first = by_hand(desk)
    asked: list[str] = []
    desk.changed_elsewhere.connect(asked.append)
    rename(desk, "Wood")
    desk.create_named("Untitled")
    assert desk.folder != first
    qtbot.waitUntil(lambda: any("changed by another program" in sentence for sentence in told), timeout=10_000)
    assert asked == [], "“Save anyway” would save the wrong project"
    assert read_project(first).project.name == "By hand"
    assert json.loads((first / "project.json.mine").read_text())["name"] == "Wood", "nothing is lost"


def test_what_another_program_stands_in_the_way_of_is_kept_when_the_window_closes(
    qtbot: QtBot, desk: ProjectDesk
) -> None:
    folder = by_hand(desk)
    with qtbot.waitSignal(desk.changed_elsewhere, timeout=10_000):
        rename(desk, "Wood")
    desk.close()
    assert read_project(folder).project.name == "By hand"
    assert json.loads((folder / "project.json.mine").read_text())["name"] == "Wood"


def test_loading_again_takes_what_another_program_wrote(desk: ProjectDesk) -> None:
    by_hand(desk)
    desk.load_again()
    assert desk.project == Project("By hand")


def test_a_damaged_project_is_told_and_kept(desk: ProjectDesk, told: list[str], tmp_path: Path) -> None:
    folder = create_project(tmp_path / "Mine")
    (folder / "project.json").write_text("{ not a project")
    assert desk.open(folder)
    assert "project.json.bad" in told[-1]
    assert (folder / "project.json.bad").read_text() == "{ not a project"


def test_what_is_no_project_leaves_the_one_there_is(desk: ProjectDesk, told: list[str], tmp_path: Path) -> None:
    desk.create_named("Untitled")
    before = desk.folder
    assert not desk.open(tmp_path)
    assert "not a project" in told[-1]
    assert desk.folder == before
