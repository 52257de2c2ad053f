"""Takes: saving while playing, preview, opening, training, deletion and undo."""

from pathlib import Path

import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from distill_app.dsp.audio_file import is_made_by_distill
from distill_app.project.storage import read_project
from distill_app.ui.app.controller import AppController
from distill_app.ui.train.controller import TrainPageController
from distill_app.ui.train.project import edits
from distill_app.ui.train.project.item_row import ItemRow
from distill_app.ui.train.takes.trash import FOLDER
from tests.ui.fakes import ClockOutput, FakeRenderWorker

LEFT = Qt.MouseButton.LeftButton


def press(controller: AppController, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or controller.window, key)


def shown_message(controller: AppController) -> str:
    message = controller.window.toast.message
    return "" if message is None else message.sentence


@pytest.fixture
def train_page(qtbot: QtBot, playing_controller: AppController) -> TrainPageController:
    """Train page of a project with one take."""
    qtbot.waitUntil(playing_controller.window.isActiveWindow, timeout=60_000)
    press(playing_controller, Qt.Key.Key_K)
    train_page = playing_controller.train_integration.train_page
    qtbot.waitUntil(lambda: bool(train_page.document.project and train_page.document.project.takes), timeout=60_000)
    return train_page


def take_of(train_page: TrainPageController) -> Path:
    assert train_page.document.project is not None
    return train_page.document.project.takes[0].file


def row_of(train_page: TrainPageController) -> ItemRow:
    return train_page.page.project.takes.rows[0]


def act(train_page: TrainPageController, text: str) -> None:
    """Triggers an item of the row's menu."""
    next(action for action in row_of(train_page).more.menu().actions() if action.text() == text).trigger()


def test_k_saves_a_take_with_its_preset_in_a_new_project(
    playing_controller: AppController, train_page: TrainPageController, tmp_path: Path
) -> None:
    project = tmp_path / "home" / "Documents" / "Distill" / "Tiny.distillproject"
    assert take_of(train_page) == project / "takes" / "Tiny 1.wav"
    assert playing_controller.window.pages.current == "play", "playing continues"
    assert shown_message(playing_controller) == "“Tiny 1” is kept as a take of “Tiny”."
    assert playing_controller.playback is not None
    assert soundfile.info(take_of(train_page)).duration == playing_controller.playback.seconds == 4.0
    assert is_made_by_distill(take_of(train_page))
    with soundfile.SoundFile(take_of(train_page)) as file:
        assert file.title == "Tiny 1", "other programs list it under a name of its own"
    train_page.document.close()
    take = read_project(project).project.takes[0]
    assert take.preset["sliders"] == [0.0, 0.0]
    assert take.model == playing_controller.session.request.model if playing_controller.session.request else False


def test_a_second_take_gets_another_name(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController
) -> None:
    press(playing_controller, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: len(train_page.page.project.takes.rows) == 2, timeout=60_000)
    assert [row.item.text for row in train_page.page.project.takes.rows] == ["Tiny 2", "Tiny 1"]


def test_the_name_of_a_take_being_written_is_reserved(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController
) -> None:
    press(playing_controller, Qt.Key.Key_K)
    press(playing_controller, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: len(train_page.page.project.takes.rows) == 3, timeout=60_000)
    assert [row.item.text for row in train_page.page.project.takes.rows] == ["Tiny 3", "Tiny 2", "Tiny 1"]


def test_a_take_kept_just_before_the_window_closes_is_in_the_project(
    playing_controller: AppController, train_page: TrainPageController
) -> None:
    folder = train_page.document.folder
    assert folder is not None
    press(playing_controller, Qt.Key.Key_K)
    train_page.takes.close()
    train_page.document.close()
    assert [take.file.stem for take in read_project(folder).project.takes] == ["Tiny 1", "Tiny 2"]


def test_previewing_a_take_pauses_the_loop(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController, outputs: list[ClockOutput]
) -> None:
    press(playing_controller, Qt.Key.Key_Space)
    assert playing_controller.playback is not None
    qtbot.waitUntil(
        lambda: playing_controller.playback is not None and playing_controller.playback.playing, timeout=60_000
    )
    QTest.mouseClick(row_of(train_page).buttons["Preview"], LEFT)
    assert not playing_controller.playback.player.live.playing  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: "Stop" in row_of(train_page).buttons, timeout=60_000)
    written = len(outputs[-1].heard)
    qtbot.waitUntil(lambda: any(abs(block).max() > 0.4 for block in outputs[-1].heard[written:]), timeout=60_000)
    QTest.mouseClick(row_of(train_page).buttons["Stop"], LEFT)
    assert "Preview" in row_of(train_page).buttons


def test_playing_the_loop_ends_the_preview(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController
) -> None:
    QTest.mouseClick(row_of(train_page).buttons["Preview"], LEFT)
    assert playing_controller.playback is not None
    playing_controller.playback.play()
    assert not playing_controller.train_integration.is_file_playing, "nothing else was heard any more"


def test_a_take_opens_on_the_play_page_and_can_be_undone(
    playing_controller: AppController, train_page: TrainPageController, worker: FakeRenderWorker
) -> None:
    playing_controller.session.set_slider(0, 0.7)
    worker.answer()
    playing_controller.window.pages.show_page("train")
    act(train_page, "Open in Play")
    assert playing_controller.window.pages.current == "play"
    assert playing_controller.session.config.sliders == (0.0, 0.0)
    playing_controller.window.undo()
    assert playing_controller.session.config.sliders == (0.7, 0.0)


def test_a_take_without_its_model_is_reported(
    playing_controller: AppController, train_page: TrainPageController, tiny_model_file: Path
) -> None:
    tiny_model_file.unlink()
    act(train_page, "Open in Play")
    assert "tiny.distillgan" in shown_message(playing_controller)


def test_a_take_is_added_to_a_marked_set(playing_controller: AppController, train_page: TrainPageController) -> None:
    playing_controller.window.pages.show_page("train")
    QTest.mouseClick(row_of(train_page).check, LEFT)
    assert [(corpus.name, corpus.kind, corpus.sources) for corpus in train_page.document.corpora] == [
        (edits.takes_name(), "takes", (take_of(train_page),))
    ]
    QTest.mouseClick(row_of(train_page).check, LEFT)
    assert train_page.document.corpora == ()


def test_a_deleted_take_comes_back_with_undo_and_is_gone_when_the_window_closes(
    playing_controller: AppController, train_page: TrainPageController
) -> None:
    playing_controller.window.pages.show_page("train")
    file = take_of(train_page)
    act(train_page, "Delete")
    assert not file.exists()
    assert train_page.page.project.takes.rows == []
    playing_controller.window.undo()
    assert file.exists()
    assert take_of(train_page) == file
    playing_controller.window.redo()
    train_page.close()
    assert not (file.parent / FOLDER).exists()
    assert not file.exists()


def test_the_delete_key_moves_a_take_to_the_trash_and_undo_restores_it(
    playing_controller: AppController, train_page: TrainPageController
) -> None:
    playing_controller.window.pages.show_page("train")
    file = take_of(train_page)
    row_of(train_page).setFocus()
    press(playing_controller, Qt.Key.Key_Delete)
    assert not file.exists()
    assert train_page.page.project.takes.rows == []
    playing_controller.window.undo()
    assert file.exists()
    assert take_of(train_page) == file


def test_undo_of_a_take_removes_its_file_and_redo_restores_it(
    playing_controller: AppController, train_page: TrainPageController
) -> None:
    file = take_of(train_page)
    playing_controller.window.pages.show_page("train")
    playing_controller.window.undo()
    assert not file.exists()
    playing_controller.window.redo()
    assert file.exists()
