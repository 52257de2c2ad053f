"""Every gesture on the shortcuts page is implemented: each line of the page has a test."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from distill_app.ui.app.controller import AppController
from distill_app.ui.common.actions import gestures
from distill_app.ui.play.export_dialog import ExportDialog
from tests.ui.app import test_controller, test_pages
from tests.ui.train.recordings import test_recordings
from tests.ui.train.takes import test_controller as test_takes
from tests.ui.train.training import test_panel
from tests.ui.widgets import test_value_slider

LEFT = Qt.MouseButton.LeftButton


def test_a_click_on_the_arrow_exports(playing_controller: AppController) -> None:
    QTest.mouseClick(playing_controller.window.play.picture.handle, LEFT)
    dialog = playing_controller.window.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    assert dialog.isVisible()
    dialog.reject()


def test_a_drag_from_the_arrow_exports_nothing(playing_controller: AppController) -> None:
    drags: list[Path] = []
    handle = playing_controller.window.play.picture.handle
    handle.start_drag = lambda path: drags.append(path)  # type: ignore[method-assign]
    QTest.mousePress(handle, LEFT, pos=QPoint(8, 8))
    QTest.mouseMove(handle, QPoint(28, 28))
    QTest.mouseRelease(handle, LEFT, pos=QPoint(28, 28))
    assert [path.suffix for path in drags] == [".wav"]
    assert playing_controller.window.findChild(ExportDialog) is None


TESTS = {
    "Drag": [test_value_slider.test_a_drag_is_relative_and_signals_once_at_its_end],
    "Shift or Ctrl + drag": [test_value_slider.test_fine_drag_is_a_tenth],
    "Double-click · Home": [
        test_value_slider.test_double_click_recentres_as_one_gesture,
        test_value_slider.test_home_recentres,
    ],
    "Arrows": [test_value_slider.test_keys],
    "Page Up · Page Down": [test_value_slider.test_keys],
    "Enter, a digit, or a click": [
        test_value_slider.test_typing_a_number,
        test_value_slider.test_a_digit_begins_typing,
        test_value_slider.test_one_click_on_the_value_starts_typing,
    ],
    "Wheel": [
        test_value_slider.test_wheel_only_with_focus,
        test_value_slider.test_wheel_without_focus_scrolls_the_panel,
    ],
    "Right click": [test_value_slider.test_menu_resets_and_locks],
    "Click in the picture": [test_controller.test_click_in_the_picture_plays_from_there],
    "Enter on a demo": [test_panel.test_a_demo_is_played_and_compared_with_the_keys],
    "A · B on a demo": [test_panel.test_a_demo_is_played_and_compared_with_the_keys],
    "Drop a model": [test_controller.test_dropping_a_model_opens_it],
    "Drop recordings": [test_recordings.test_a_dropped_folder_becomes_a_project_and_is_surveyed],
    "Drop a vocoder's folder": [test_pages.test_a_vocoder_folder_with_samples_is_imported_on_the_play_page],
    "Enter · Space": [test_recordings.test_space_starts_and_stops_a_preview_arrows_change_it_and_escape_does_not],
    "X": [test_recordings.test_x_excludes_and_includes_the_selection_and_can_be_undone],
    "Delete": [
        test_recordings.test_delete_excludes_recordings_of_a_folder_and_removes_a_set,
        test_recordings.test_a_second_folder_is_added_to_the_set_and_can_be_removed_file_by_file,
        test_takes.test_the_delete_key_moves_a_take_to_the_trash_and_undo_restores_it,
    ],
    "Arrow over the picture": [
        test_a_click_on_the_arrow_exports,
        test_a_drag_from_the_arrow_exports_nothing,
        test_controller.test_dragging_out_provides_a_wav_of_the_sound,
    ],
}


def test_every_listed_gesture_has_a_test() -> None:
    assert {keys for keys, _ in gestures()} == set(TESTS)
    assert all(TESTS.values())


def test_every_shortcut_that_is_listed_is_bound_once(playing_controller: AppController) -> None:
    """Two commands with the same keys would both be dead."""
    bound: dict[str, str] = {}
    actions = playing_controller.window.actions()
    for action in actions:
        name = action.text()
        for keys in action.shortcuts():
            text = keys.toString(QKeySequence.SequenceFormat.PortableText)
            assert text, f"{name} has keys that Qt does not know"
            assert text not in bound, f"{text}: {bound.get(text)}, {name}"
            bound[text] = name
    assert len(bound) > 20
    assert bound["M"] == "Mute"
