"""Files dropped on the window are copied, never moved, shown at their target while dragged, and never listed twice."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from distill_app.project.project import relocate
from distill_app.project.storage import ProjectFile
from distill_app.ui.app.controller import AppController
from distill_app.ui.train.controller import TrainPageController
from tests.ui.fakes import FakeDownloads

RATE = 22_050
COPY, MOVE, IGNORE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction, Qt.DropAction.IgnoreAction
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


def sounds(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for number, name in enumerate(names):
        soundfile.write(folder / name, 0.3 * np.random.default_rng(number).standard_normal(RATE // 2), RATE)
    return folder


@pytest.fixture
def drums(tmp_path: Path) -> Path:
    return sounds(tmp_path / "Drums", "kick.wav", "snare.wav")


@pytest.fixture
def bells(tmp_path: Path) -> Path:
    return sounds(tmp_path / "Bells v1.2", "gong.wav")


class Drag:
    """Drag of files over the window with keys held down."""

    def __init__(self, controller: AppController, *paths: Path) -> None:
        self.window, self._data = controller.window, QMimeData()
        self._data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        self.keys, self.offered = NONE, COPY | MOVE

    def enter(self, place: QPoint) -> QDragEnterEvent:
        event = QDragEnterEvent(place, self.offered, self._data, LEFT, self.keys)
        self.window.dragEnterEvent(event)
        return event

    def over(self, place: QPoint) -> QDragMoveEvent:
        event = QDragMoveEvent(place, self.offered, self._data, LEFT, self.keys)
        self.window.dragMoveEvent(event)
        return event

    def drop(self, place: QPoint) -> QDropEvent:
        event = QDropEvent(QPointF(place), self.offered, self._data, LEFT, self.keys)
        self.window.dropEvent(event)
        return event


CENTRE = QPoint(700, 300)


@pytest.fixture
def train_page(qtbot: QtBot, playing_controller: AppController, drums: Path) -> Iterator[TrainPageController]:
    """With the drums dropped on the Play page, and read."""
    qtbot.waitUntil(playing_controller.window.isActiveWindow, timeout=60_000)
    Drag(playing_controller, drums).drop(CENTRE)
    train_page = playing_controller.train_integration.train_page
    read(qtbot, train_page)
    yield train_page
    train_page.surveys.close()


def read(qtbot: QtBot, train_page: TrainPageController) -> None:
    qtbot.waitUntil(lambda: not train_page.surveys.busy, timeout=60_000)
    QApplication.processEvents()


def sets(train_page: TrainPageController) -> dict[str, tuple[Path, ...]]:
    return {corpus.name: corpus.sources for corpus in train_page.document.corpora}


def place_of(controller: AppController, widget: QWidget) -> QPoint:
    return widget.mapTo(controller.window, widget.rect().center())


def row(train_page: TrainPageController, name: str) -> QWidget:
    return next(row for row in train_page.page.project.corpora.rows if row.item.text == name)


def beside_the_sets(controller: AppController, train_page: TrainPageController) -> QPoint:
    """Position on the Train page outside every set."""
    return place_of(controller, train_page.page.project.takes)


def shown(controller: AppController) -> str:
    highlight = controller.window.drop_zone.highlight
    return highlight.text if highlight.isVisible() else ""


def shown_message(controller: AppController) -> str:
    message = controller.window.toast.message
    return "" if message is None else message.sentence


def test_a_drop_is_accepted_as_a_copy_whatever_is_proposed(playing_controller: AppController, drums: Path) -> None:
    """With Shift held a move is proposed; if one were accepted, the file manager would delete the recordings."""
    drag = Drag(playing_controller, drums)
    drag.keys = SHIFT
    for event in (drag.enter(CENTRE), drag.over(CENTRE), drag.drop(CENTRE)):
        assert event.proposedAction() == MOVE
        assert event.isAccepted()
        assert event.dropAction() == COPY
    playing_controller.train_integration.train_page.surveys.close()


def test_files_that_can_only_be_moved_or_linked_are_refused(playing_controller: AppController, drums: Path) -> None:
    """Qt answers such a source with a move, and the source deletes what was moved."""
    for offered in (MOVE, MOVE | Qt.DropAction.LinkAction):
        drag = Drag(playing_controller, drums)
        drag.offered = offered
        for event in (drag.enter(CENTRE), drag.over(CENTRE), drag.drop(CENTRE)):
            assert (event.isAccepted(), event.dropAction()) == (False, IGNORE)
    assert playing_controller.window.pages.current == "play"


def test_files_of_other_types_are_refused_on_enter(playing_controller: AppController, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear")
    drag = Drag(playing_controller, letter)
    for event in (drag.enter(CENTRE), drag.over(CENTRE), drag.drop(CENTRE)):
        assert not event.isAccepted()
        assert event.dropAction() == IGNORE
    assert shown(playing_controller) == ""
    assert not Drag(playing_controller).enter(CENTRE).isAccepted(), "a text, or a picture of a web page"


def test_a_sound_dragged_out_of_the_window_is_not_added(playing_controller: AppController, drums: Path) -> None:
    class OwnDrag(QDragEnterEvent):
        def source(self) -> QWidget:
            return playing_controller.window.play.picture.handle

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(drums / "kick.wav"))])
    drag = Drag(playing_controller, drums / "kick.wav")
    assert drag.enter(CENTRE).isAccepted(), "from elsewhere it would be"
    event = OwnDrag(CENTRE, COPY, data, LEFT, NONE)
    playing_controller.window.dragEnterEvent(event)
    assert not event.isAccepted()
    assert not drag.drop(CENTRE).isAccepted()
    assert playing_controller.window.pages.current == "play"


def test_the_drag_shows_where_the_files_would_go(
    playing_controller: AppController, train_page: TrainPageController, bells: Path, tiny_model_file: Path
) -> None:
    window, highlight = playing_controller.window, playing_controller.window.drop_zone.highlight
    drag = Drag(playing_controller, bells)
    drag.enter(beside_the_sets(playing_controller, train_page))
    assert shown(playing_controller) == "Add as a new set: Bells v1.2"
    assert highlight.target == QRect(window.pages.mapTo(window, QPoint()), window.pages.size())
    drag.over(place_of(playing_controller, row(train_page, "Drums")))
    assert shown(playing_controller) == "Add to: Drums"
    assert highlight.target == QRect(row(train_page, "Drums").mapTo(window, QPoint()), row(train_page, "Drums").size())
    drag.over(place_of(playing_controller, train_page.page.recordings.view))
    assert shown(playing_controller) == "Add to: Drums"
    window.dragLeaveEvent(QDragLeaveEvent())
    assert shown(playing_controller) == ""
    Drag(playing_controller, tiny_model_file).enter(CENTRE)
    assert shown(playing_controller) == "Open “tiny”"
    window.dragLeaveEvent(QDragLeaveEvent())


def test_a_folder_becomes_another_set(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController, drums: Path, bells: Path
) -> None:
    Drag(playing_controller, bells).drop(beside_the_sets(playing_controller, train_page))
    assert sets(train_page) == {"Drums": (drums,), "Bells v1.2": (bells,)}
    assert train_page.recordings.name == train_page.project.chosen == "Bells v1.2"
    assert shown(playing_controller) == ""
    playing_controller.window.undo()
    assert sets(train_page) == {"Drums": (drums,)}
    read(qtbot, train_page)


def test_a_folder_dropped_on_a_set_is_added_to_it(
    qtbot: QtBot,
    playing_controller: AppController,
    train_page: TrainPageController,
    drums: Path,
    bells: Path,
    tmp_path: Path,
) -> None:
    single = sounds(tmp_path / "Loose", "tap.wav") / "tap.wav"
    Drag(playing_controller, bells).drop(beside_the_sets(playing_controller, train_page))
    read(qtbot, train_page)
    Drag(playing_controller, single).drop(place_of(playing_controller, row(train_page, "Drums")))
    assert sets(train_page) == {"Drums": (drums, single), "Bells v1.2": (bells,)}
    assert train_page.recordings.name == "Drums", "where the person sees it"
    read(qtbot, train_page)


def test_several_folders_and_loose_files_are_sets_each_in_one_step(
    qtbot: QtBot,
    playing_controller: AppController,
    train_page: TrainPageController,
    drums: Path,
    bells: Path,
    tmp_path: Path,
) -> None:
    loose = sounds(tmp_path / "Loose", "a.wav", "b.wav")
    other = sounds(tmp_path / "other", "c.wav").rename(tmp_path / "Loose" / "Drums")
    drag = Drag(playing_controller, bells, loose / "a.wav", other, loose / "b.wav")
    place = beside_the_sets(playing_controller, train_page)
    drag.enter(place)
    assert shown(playing_controller) == "Add as 3 new sets: Bells v1.2, Drums, Loose"
    drag.drop(place)
    assert sets(train_page) == {
        "Drums": (drums,),
        "Bells v1.2": (bells,),
        "Drums 2": (other,),
        "Loose": (loose / "a.wav", loose / "b.wav"),
    }
    playing_controller.window.undo()
    assert sets(train_page) == {"Drums": (drums,)}
    read(qtbot, train_page)


def test_duplicates_are_reported_and_not_listed_again(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController, drums: Path, bells: Path
) -> None:
    place = beside_the_sets(playing_controller, train_page)
    for paths in ([drums], [drums / "kick.wav", drums / "snare.wav"]):
        Drag(playing_controller, *paths).drop(place)
        assert shown_message(playing_controller) == "Already in “Drums”: 2 files."
        assert sets(train_page) == {"Drums": (drums,)}
    Drag(playing_controller, bells, drums / "kick.wav").drop(place)
    assert shown_message(playing_controller) == "Already in “Drums”: 1 file."
    assert sets(train_page) == {"Drums": (drums,), "Bells v1.2": (bells,)}
    read(qtbot, train_page)


def test_an_enclosing_folder_replaces_its_folders_in_the_set(
    qtbot: QtBot,
    playing_controller: AppController,
    train_page: TrainPageController,
    drums: Path,
    bells: Path,
    tmp_path: Path,
) -> None:
    whole = tmp_path / "Whole"
    whole.mkdir()
    train_page.recordings.add_to("", [bells])
    read(qtbot, train_page)
    moved = drums.rename(whole / "Drums")
    train_page.document.apply("move", lambda project: relocate(project, drums, moved))
    read(qtbot, train_page)
    Drag(playing_controller, whole).drop(place_of(playing_controller, row(train_page, "Drums")))
    assert sets(train_page)["Drums"] == (whole,)
    assert shown_message(playing_controller) == "Already in “Drums”: 2 files."
    read(qtbot, train_page)
    assert [row.path.name for row in train_page.page.recordings.model.rows] == ["kick.wav", "snare.wav"]


def test_a_read_only_project_accepts_no_drop(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController, bells: Path
) -> None:
    folder = train_page.document.folder
    assert folder is not None
    train_page.document.close()
    with ProjectFile(folder):
        train_page.document.open(folder)
        read(qtbot, train_page)
        assert not Drag(playing_controller, bells).enter(CENTRE).isAccepted()
        train_page.recordings.add_to("", [bells])
        assert "another window" in shown_message(playing_controller)


def test_a_vocoder_is_still_imported_on_the_play_page(
    playing_controller: AppController, downloads: FakeDownloads, tmp_path: Path
) -> None:
    folder = tmp_path / "vocoder"
    folder.mkdir()
    drag = Drag(playing_controller, folder)
    drag.enter(CENTRE)
    assert shown(playing_controller) == "Import the vocoder “vocoder”"
    drag.drop(CENTRE)
    assert downloads.imports == [folder]
