"""The table of recordings: dropping, reading, sorting, excluding, previewing and undo."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QItemSelectionModel, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from distill_app.corpus.survey import survey
from distill_app.dsp.sound import Samples
from distill_app.project.corpora import CorpusSpec
from distill_app.project.storage import ProjectFile, create_project
from distill_app.ui.app.controller import AppController
from distill_app.ui.train.controller import TrainPageController
from distill_app.ui.train.recordings.columns import CLASS, NAME, STATE, state_text
from tests.ui.fakes import ClockOutput

RATE = 22_050
_ROWS = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def hit(seconds: float, hertz: float) -> Samples:
    moments = np.arange(round(seconds * RATE)) / RATE
    return (0.5 * np.sin(2 * np.pi * hertz * moments) * np.exp(-12 * moments)).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four hits in two classes, one of them much longer, a text, and a file too short."""
    folder = tmp_path / "Drums"
    for name, seconds, hertz in (
        ("kick/low", 0.5, 60),
        ("kick/deep", 0.4, 90),
        ("bell/a", 2.0, 880),
        ("bell/b", 0.3, 990),
    ):
        path = folder / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, hit(seconds, hertz), RATE)
    soundfile.write(folder / "kick" / "click.wav", hit(0.005, 400), RATE)
    (folder / "notes.txt").write_text("not a sound")
    return folder


def drop(controller: AppController, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    controller.window.dropEvent(QDropEvent(QPointF(700, 300), Qt.DropAction.CopyAction, data, LEFT, NONE))


def read(qtbot: QtBot, train_page: TrainPageController) -> None:
    qtbot.waitUntil(lambda: not train_page.surveys.busy, timeout=60_000)


@pytest.fixture
def train_page(qtbot: QtBot, playing_controller: AppController, folder: Path) -> Iterator[TrainPageController]:
    """With the folder dropped on the Play page, and read."""
    qtbot.waitUntil(playing_controller.window.isActiveWindow, timeout=60_000)
    drop(playing_controller, folder)
    train_page = playing_controller.train_integration.train_page
    read(qtbot, train_page)
    yield train_page
    train_page.surveys.close()


def names(train_page: TrainPageController) -> list[str]:
    return [row.path.name for row in train_page.page.recordings.model.rows]


def included_names(train_page: TrainPageController) -> set[str]:
    return {row.path.name for row in train_page.page.recordings.model.rows if row.included}


def previewed(train_page: TrainPageController) -> str:
    """The file that the table marks, "" for none."""
    playing = train_page.page.recordings.model.playing
    return "" if playing is None else playing.name


def select(train_page: TrainPageController, *wanted: str) -> None:
    view = train_page.page.recordings.view
    view.setFocus()
    view.clearSelection()
    for name in wanted:
        index = view.model().index(names(train_page).index(name), 1)
        view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        view.selectionModel().select(index, _ROWS)


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifier)


def hint(train_page: TrainPageController, part: str) -> str:
    """Hint that contains this text, "" if there is none."""
    lines = train_page.page.recordings.hints.hint_rows
    return next((line.hint.sentence for line in lines if part in line.hint.sentence), "")


def offer(train_page: TrainPageController, part: str) -> None:
    """Presses the first button of the hint with this text."""
    line = next(line for line in train_page.page.recordings.hints.hint_rows if part in line.hint.sentence)
    line.buttons[0].click()


def test_a_dropped_folder_becomes_a_project_and_is_surveyed(
    playing_controller: AppController, train_page: TrainPageController, tmp_path: Path
) -> None:
    assert playing_controller.window.pages.current == "train"
    assert train_page.document.folder == tmp_path / "home" / "Documents" / "Distill" / "Drums.distillproject"
    assert names(train_page) == ["a.wav", "b.wav", "click.wav", "deep.wav", "low.wav", "notes.txt"]
    assert included_names(train_page) == {"a.wav", "b.wav", "deep.wav", "low.wav"}
    model = train_page.page.recordings.model
    shown = [str(model.data(model.index(0, column))) for column in range(model.columnCount())]
    assert shown[1:3] == ["a.wav", "2.00 s"]
    assert shown[6:9] == ["bell", "22.05 kHz", "1"]
    skipped = [str(model.data(model.index(row, STATE))) for row in (2, 5)]
    assert skipped[0].startswith("Is too short: 4.9 of at least 10")
    assert skipped[1].startswith("Is not a sound file")
    assert (
        train_page.page.recordings.totals.toolTip() or "4 files · 0:03 min" in train_page.page.recordings.totals.text()
    )
    assert hint(train_page, "2 files skipped")


def test_every_column_sorts(train_page: TrainPageController) -> None:
    view = train_page.page.recordings.view
    view.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert names(train_page)[:2] == ["a.wav", "low.wav"]
    view.sortByColumn(6, Qt.SortOrder.AscendingOrder)
    groups = [row.group for row in train_page.page.recordings.model.rows]
    assert groups == sorted(groups)
    for column in range(view.recordings.columnCount()):
        view.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        assert len(set(names(train_page))) == 6


def test_the_reason_fits_beside_the_name_in_the_narrowest_window(
    playing_controller: AppController, train_page: TrainPageController
) -> None:
    playing_controller.window.resize(960, 600)
    QApplication.processEvents()
    view = train_page.page.recordings.view
    assert view.columnViewportPosition(STATE) == view.columnViewportPosition(NAME) + view.columnWidth(NAME)
    assert view.columnViewportPosition(STATE) + view.columnWidth(STATE) <= view.viewport().width()
    assert not view.isColumnHidden(CLASS), "there are two classes"


def test_a_new_corpus_is_chosen_in_the_list_and_shown_in_the_table(
    train_page: TrainPageController, tmp_path: Path
) -> None:
    first = train_page.recordings.name
    train_page.recordings.add([tmp_path / "other"], new_corpus=True)
    assert train_page.recordings.name == train_page.project.chosen == "other"
    assert first != "other"


def test_x_excludes_and_includes_the_selection_and_can_be_undone(
    playing_controller: AppController, train_page: TrainPageController
) -> None:
    select(train_page, "a.wav", "low.wav", "click.wav")
    press(Qt.Key.Key_X)
    assert included_names(train_page) == {"b.wav", "deep.wav"}
    assert "2 files" in train_page.page.recordings.totals.text()
    playing_controller.window.undo()
    assert included_names(train_page) == {"a.wav", "b.wav", "deep.wav", "low.wav"}
    playing_controller.window.redo()
    press(Qt.Key.Key_X)
    assert included_names(train_page) == {"a.wav", "b.wav", "deep.wav", "low.wav"}


def test_a_click_on_a_check_box_switches_its_file(train_page: TrainPageController) -> None:
    view = train_page.page.recordings.view
    index = view.model().index(names(train_page).index("b.wav"), 0)
    place = view.visualRect(index)
    QTest.mouseClick(view.viewport(), LEFT, NONE, place.topLeft() + QPoint(20, place.height() // 2))
    assert included_names(train_page) == {"a.wav", "deep.wav", "low.wav"}


def test_one_shots_are_suggested_and_accepted(
    playing_controller: AppController, train_page: TrainPageController, folder: Path
) -> None:
    assert hint(train_page, "one-shots?") == "All 4 files are silent after 0.5 s: one-shots?"
    offer(train_page, "one-shots?")
    assert train_page.document.corpora[0].mode == "one-shots"
    assert train_page.page.recordings.mode.buttons["one-shots"].isChecked()
    playing_controller.window.undo()
    assert train_page.page.recordings.mode.buttons["textures"].isChecked()


def test_space_starts_and_stops_a_preview_arrows_change_it_and_escape_does_not(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController, outputs: list[ClockOutput]
) -> None:
    select(train_page, "a.wav")
    press(Qt.Key.Key_Space)
    assert previewed(train_page) == "a.wav"
    assert train_page.page.recordings.preview.text() == "Stop"
    qtbot.waitUntil(lambda: any(abs(block).max() > 0.2 for block in outputs[-1].heard), timeout=60_000)
    press(Qt.Key.Key_Down)
    assert previewed(train_page) == "b.wav"
    press(Qt.Key.Key_Escape)
    assert previewed(train_page) == "b.wav"
    press(Qt.Key.Key_Space)
    assert previewed(train_page) == ""
    assert train_page.page.recordings.preview.text() == "Preview"


def test_leaving_the_page_stops_the_preview(playing_controller: AppController, train_page: TrainPageController) -> None:
    select(train_page, "a.wav")
    press(Qt.Key.Key_Return)
    assert previewed(train_page) == "a.wav"
    playing_controller.window.pages.show_page("play")
    assert previewed(train_page) == ""


def test_a_second_folder_is_added_to_the_set_and_can_be_removed_file_by_file(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController, tmp_path: Path
) -> None:
    single = tmp_path / "gong.wav"
    soundfile.write(single, hit(1.0, 200), RATE)
    drop(playing_controller, single)
    read(qtbot, train_page)
    assert "gong.wav" in included_names(train_page)
    select(train_page, "gong.wav")
    press(Qt.Key.Key_Delete)
    read(qtbot, train_page)
    assert "gong.wav" not in names(train_page)
    assert len(train_page.document.corpora) == 1


def test_delete_excludes_recordings_of_a_folder_and_removes_a_set(
    playing_controller: AppController, train_page: TrainPageController
) -> None:
    select(train_page, "a.wav")
    press(Qt.Key.Key_Delete)
    assert "a.wav" in names(train_page), "it still lies in the folder"
    assert "a.wav" not in included_names(train_page)
    row = train_page.page.project.corpora.rows[0]
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Delete)
    assert not train_page.document.corpora
    playing_controller.window.undo()
    assert len(train_page.document.corpora) == 1


def test_delete_removes_files_from_their_set_in_one_step(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController, tmp_path: Path
) -> None:
    """A file that was added by itself goes, one that lies in a folder of the set is left out."""
    single = tmp_path / "gong.wav"
    soundfile.write(single, hit(1.0, 200), RATE)
    train_page.recordings.add([single])
    read(qtbot, train_page)
    select(train_page, "gong.wav", "a.wav")
    press(Qt.Key.Key_Delete)
    read(qtbot, train_page)
    assert included_names(train_page) == {"b.wav", "deep.wav", "low.wav"}
    assert "gong.wav" not in names(train_page)
    playing_controller.window.undo()
    read(qtbot, train_page)
    assert included_names(train_page) == {"a.wav", "b.wav", "deep.wav", "gong.wav", "low.wav"}


def test_delete_removes_the_set_that_has_the_focus_and_the_next_one_gets_it(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController, tmp_path: Path
) -> None:
    train_page.recordings.add([tmp_path / "other"], new_corpus=True)
    read(qtbot, train_page)
    QApplication.processEvents()
    rows = train_page.page.project.corpora.rows
    QTest.mouseClick(rows[0], LEFT)
    press(Qt.Key.Key_Delete)
    assert [corpus.name for corpus in train_page.document.corpora] == ["other"]
    assert train_page.recordings.name == "other"
    assert train_page.page.project.corpora.rows[0].hasFocus()
    playing_controller.window.undo()
    assert [corpus.name for corpus in train_page.document.corpora] == ["Drums", "other"]
    read(qtbot, train_page)


def test_missing_folders_are_shown_and_can_be_located(
    qtbot: QtBot, train_page: TrainPageController, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = folder.with_name("Elsewhere")
    folder.rename(moved)
    train_page.surveys.survey()
    read(qtbot, train_page)
    assert "“Drums” is not in " in hint(train_page, "any more")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(moved))
    offer(train_page, "any more")
    read(qtbot, train_page)
    assert included_names(train_page) == {"a.wav", "b.wav", "deep.wav", "low.wav"}


def test_a_second_window_shows_everything_read_only(
    qtbot: QtBot, playing_controller: AppController, folder: Path, tmp_path: Path
) -> None:
    project = create_project(tmp_path / "Mine")
    train_page = playing_controller.train_integration.train_page
    train_page.document.open(project)
    train_page.recordings.add([folder])
    read(qtbot, train_page)
    train_page.document.close()
    with ProjectFile(project):
        train_page.document.open(project)
        read(qtbot, train_page)
        playing_controller.window.pages.show_page("train")
        assert "another window" in train_page.page.project.caution.text()
        assert len(names(train_page)) == 6
        select(train_page, "a.wav")
        press(Qt.Key.Key_X)
        assert "a.wav" in included_names(train_page)
        assert not train_page.page.recordings.mode.isEnabled()


def test_the_last_project_opens_with_the_page(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController
) -> None:
    again = TrainPageController(playing_controller.window_settings)
    try:
        assert again.document.folder == train_page.document.folder
        assert again.document.read_only, "the first window holds it"
        read(qtbot, again)
        assert again.document.corpora == train_page.document.corpora
    finally:
        again.close()
        again.page.left.deleteLater()
        again.page.right.deleteLater()


def test_the_channels_used_are_shown_beside_the_name(tmp_path: Path) -> None:
    wave = hit(0.5, 200)
    soundfile.write(tmp_path / "wired.wav", np.stack([wave, -wave], 1), RATE)
    for each in survey([CorpusSpec.of(tmp_path)], tmp_path / "cache"):
        row = each.file
    assert row is not None
    assert row.included
    assert state_text(row) == "Channels cancel each other: used left minus right"
    assert state_text(replace(row, excluded=True)) == "Excluded"


def test_missing_data_is_shown_beside_the_name(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "cut.wav", hit(2, 200), RATE)
    content = (tmp_path / "cut.wav").read_bytes()
    (tmp_path / "cut.wav").write_bytes(content[: len(content) // 2])
    for each in survey([CorpusSpec.of(tmp_path / "cut.wav")], tmp_path / "cache"):
        row = each.file
    assert row is not None
    assert row.included
    assert state_text(row) == "Is cut off: 50% of what it says it holds is there, and used."
