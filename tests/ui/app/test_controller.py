"""The whole window under the hand: every control does something, every state shows itself."""

import random
import re
import tomllib
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from distill_app.audio.player import Player
from distill_app.common.settings import Settings
from distill_app.models.model import DistillModel
from distill_app.models.model_file import save_model
from distill_app.ui.app.controller import Studio
from distill_app.ui.app.main_window import LEARN, PLAY, MainWindow
from distill_app.ui.common.window_settings import WindowMemory
from distill_app.ui.dialogs.about import PARTS, AboutDialog
from distill_app.ui.dialogs.details import DetailsDialog
from distill_app.ui.dialogs.shortcuts import ShortcutsDialog
from distill_app.ui.widgets.plot_frame import PictureFrame
from distill_app.ui.widgets.toast import Message
from distill_app.ui.widgets.value_slider import ValueSlider
from tests.paths import ROOT
from tests.ui.fakes import ClockOutput, HandWorker, clock_device, no_device

LEFT = Qt.MouseButton.LeftButton


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, LEFT)


def said(studio: Studio) -> str:
    """The sentence of the toast that shows, "" where none does."""
    message = studio.window.toast.message
    return "" if message is None else message.sentence


def is_dimmed(studio: Studio) -> bool:
    return studio.window.play.picture.view.dimmed


def is_empty(studio: Studio) -> bool:
    return studio.window.play.picture.is_empty


def press(studio: Studio, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or studio.window, key, modifier)


# Empty


def test_empty_says_what_to_do(studio: Studio) -> None:
    assert studio.window.play.picture.is_empty
    assert studio.window.play.picture.empty.button.isVisible()
    assert studio.window.play.source.models.currentText() == "No model open"
    for widget in (
        studio.window.play.transport.play,
        studio.window.play.transport.export,
        studio.window.play.shape.surprise,
    ):
        assert not widget.isEnabled()


def test_dropping_a_model_opens_it(studio: Studio, tiny_model_file: Path) -> None:
    drop(studio, tiny_model_file)
    assert [slider.face.name for slider in studio.window.play.shape.sliders] == ["Brightness", "Axis 2"]
    assert studio.window.play.source.models.currentText() == "Tiny — 1 sound"
    assert studio.window.windowTitle() == "Tiny — Distill"


def drop(studio: Studio, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    actions, modifiers = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    studio.window.dropEvent(QDropEvent(QPointF(400, 300), actions, data, LEFT, modifiers))


def test_a_broken_model_says_so_and_the_one_before_stays(playing_studio: Studio, tmp_path: Path) -> None:
    broken = tmp_path / "broken.distillgan"
    broken.write_bytes(b"x" * 100)
    before = playing_studio.session.request
    drop(playing_studio, broken)
    assert playing_studio.session.request == before
    assert "broken.distillgan" in said(playing_studio)
    assert playing_studio.window.toast.accessibleName().startswith("Error: ")


def test_a_message_from_before_the_window_stands_in_its_place(qtbot: QtBot, tmp_path: Path) -> None:
    memory = WindowMemory(QSettings(str(tmp_path / "early.ini"), QSettings.Format.IniFormat))
    studio = Studio(memory)
    qtbot.addWidget(studio.window)
    studio.tell(Message("error", "Something happened while starting."))
    studio.window.show()
    qtbot.waitExposed(studio.window)
    assert_covers_nothing(studio)


def assert_covers_nothing(studio: Studio) -> None:
    """The message lies in the window, at the right, and on no axis, button or control."""
    window, toast = studio.window, studio.window.toast
    toast._motion.stop()
    toast._lie()
    place = toast.geometry()
    assert window.pages.right.geometry().translated(window.pages.mapTo(window, QPoint())).contains(place)
    for control in visible_controls(window):
        if not toast.isAncestorOf(control):
            assert not place.intersects(control.rect().translated(control.mapTo(window, QPoint()))), control
    shown = window.play.picture._stack.currentWidget()
    if isinstance(shown, PictureFrame) and shown.isVisible():
        assert shown.picture_place().translated(shown.mapTo(window, QPoint())).contains(place)


@pytest.mark.parametrize("size", [(928, 440), (960, 540), (1200, 720)])
@pytest.mark.parametrize("page", [PLAY, LEARN])
def test_messages_cover_no_axis_and_no_control(
    qtbot: QtBot, playing_studio: Studio, page: str, size: tuple[int, int]
) -> None:
    window = playing_studio.window
    window.pages.show_page(page)
    window.resize(*size)
    playing_studio.tell(Message("error", "Something happened that has to be told in some more words than few.", "Undo"))
    qtbot.wait(30)
    assert_covers_nothing(playing_studio)
    other = LEARN if page == PLAY else PLAY
    window.pages.show_page(other)
    qtbot.wait(30)
    assert_covers_nothing(playing_studio)


def test_the_room_of_a_message_is_given_back(qtbot: QtBot, playing_studio: Studio) -> None:
    playing_studio.window.pages.show_page(LEARN)
    qtbot.wait(30)
    page = playing_studio.learn_side.learn.page
    before = page.recordings.height()
    playing_studio.tell(Message("error", "Something happened."))
    qtbot.waitUntil(lambda: page.recordings.height() < before)
    assert page.messages.geometry().top() > page.recordings.geometry().bottom()
    playing_studio.window.toast.dismiss()
    qtbot.waitUntil(lambda: page.recordings.height() == before)


# Busy, done, wrong


def test_first_sound_comes_by_itself(qtbot: QtBot, studio: Studio, worker: HandWorker, tiny_model_file: Path) -> None:
    studio.models.open(tiny_model_file)
    studio.start_rendering(worker, Settings())
    assert len(worker.requests) == 1
    assert is_empty(studio)
    with qtbot.waitSignal(studio.first_sound):
        worker.answer()
    assert not is_empty(studio)
    assert studio.window.status.work.text() == "Rendered in 0.25 s"
    assert studio.window.play.transport.export.isEnabled()


def test_busy_dims_the_picture_and_names_the_stage(qtbot: QtBot, playing_studio: Studio, worker: HandWorker) -> None:
    window = playing_studio.window
    playing_studio.session.set_slider(0, 0.5)
    assert not is_dimmed(playing_studio), "what is quick does not flicker"
    worker.progressed.emit("Vocoding", 0.4)
    qtbot.waitUntil(lambda: window.play.transport.progress.stage == "Vocoding", timeout=10_000)
    assert is_dimmed(playing_studio)
    worker.answer()
    assert window.play.transport.progress.stage == ""
    assert not is_dimmed(playing_studio)


def test_a_stale_answer_is_not_shown(playing_studio: Studio, worker: HandWorker) -> None:
    rendering = playing_studio.rendering
    assert rendering is not None
    playing_studio.session.set_slider(0, 0.5)
    playing_studio.session.set_slider(0, 0.6)
    shown = rendering.shown
    worker.answer(worker.requests[-2])
    assert rendering.shown is shown
    assert rendering.busy
    newest = worker.answer()
    assert rendering.shown is newest


def test_going_back_to_what_is_heard_gives_the_render_up(playing_studio: Studio, worker: HandWorker) -> None:
    rendering = playing_studio.rendering
    assert rendering is not None
    first, asked = rendering.shown, len(worker.requests)
    playing_studio.session.set_slider(0, 0.5)
    press(playing_studio, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert rendering.shown is first
    assert not rendering.busy
    assert worker.cancelled == 1
    assert len(worker.requests) == asked + 1


def test_escape_cancels_the_render(qtbot: QtBot, playing_studio: Studio, worker: HandWorker) -> None:
    playing_studio.session.set_slider(0, 0.5)
    press(playing_studio, Qt.Key.Key_Escape)
    assert worker.cancelled == 1
    assert playing_studio.rendering is not None
    assert not playing_studio.rendering.busy
    assert "Cancelled" in playing_studio.window.status.work.text()
    playing_studio.session.set_slider(0, 0.6)
    assert playing_studio.window.status.work.text() == "", "what was cancelled is over once a new sound is on its way"


def test_play_asks_again_for_a_cancelled_sound(playing_studio: Studio, worker: HandWorker) -> None:
    playing_studio.session.set_slider(0, 0.5)
    press(playing_studio, Qt.Key.Key_Escape)
    asked = len(worker.requests)
    press(playing_studio, Qt.Key.Key_Space)
    assert len(worker.requests) == asked + 1
    assert worker.requests[-1] == playing_studio.session.request
    worker.answer()
    press(playing_studio, Qt.Key.Key_Space)
    press(playing_studio, Qt.Key.Key_Space)
    assert len(worker.requests) == asked + 1, "a sound that is there is not asked for"


def test_cancelling_the_first_sound_says_how_to_get_it(
    studio: Studio, worker: HandWorker, outputs: list[ClockOutput], tiny_model_file: Path
) -> None:
    studio.models.open(tiny_model_file)
    studio.start_rendering(worker, Settings())
    studio.start_playing(Player(clock_device(outputs)))
    press(studio, Qt.Key.Key_Escape)
    assert "Play" in studio.window.play.picture.empty.sentence.text()
    press(studio, Qt.Key.Key_Space)
    worker.answer()
    assert studio.playback is not None
    assert studio.playback.playing


def test_escape_dismisses_a_message_first(playing_studio: Studio, worker: HandWorker) -> None:
    playing_studio.session.set_slider(0, 0.5)
    playing_studio.tell(Message("error", "Something else."))
    press(playing_studio, Qt.Key.Key_Escape)
    assert said(playing_studio) == ""
    assert worker.cancelled == 0
    press(playing_studio, Qt.Key.Key_Escape)
    assert worker.cancelled == 1


def test_a_failed_render_says_why_with_details(qtbot: QtBot, playing_studio: Studio, worker: HandWorker) -> None:
    playing_studio.session.set_slider(0, 0.5)
    worker.fail("The vocoder gave up; try another one.", "Traceback: deep inside")
    assert said(playing_studio) == "The vocoder gave up; try another one."
    click(playing_studio.window.toast._action)
    dialog = playing_studio.window.findChild(DetailsDialog)
    assert isinstance(dialog, DetailsDialog)
    assert dialog.isVisible()
    assert "deep inside" in dialog.report.toPlainText()
    click(dialog.copy_button)
    assert "deep inside" in QApplication.clipboard().text()
    dialog.accept()


def test_a_model_that_fails_to_load_gives_way_to_the_one_before(
    playing_studio: Studio, worker: HandWorker, tiny_model: DistillModel, tmp_path: Path
) -> None:
    before = playing_studio.session.request
    other = tmp_path / "other.distillgan"
    save_model(tiny_model, other)
    playing_studio.models.open(other)
    worker.fail("“other.distillgan” is damaged and cannot be opened.")
    assert playing_studio.session.request == before
    assert playing_studio.rendering is not None
    assert not playing_studio.rendering.busy


def test_no_device_says_so_when_played(qtbot: QtBot, studio: Studio, worker: HandWorker, tiny_model_file: Path) -> None:
    studio.models.open(tiny_model_file)
    studio.start_rendering(worker, Settings())
    studio.start_playing(Player(no_device))
    assert studio.window.status.device.text() == "", "nothing was tried yet"
    worker.progressed.emit("Rendering", 0.0)
    worker.answer()
    assert studio.window.status.device.text() == "No sound device"
    assert said(studio) == ""
    click(studio.window.play.transport.play)
    assert said(studio) == "No sound output was found."
    assert studio.window.play.transport.play.text() == "Play"


# Playing


def test_space_plays_and_stops(qtbot: QtBot, playing_studio: Studio, outputs: list[ClockOutput]) -> None:
    press(playing_studio, Qt.Key.Key_Space)
    window = playing_studio.window
    qtbot.waitUntil(lambda: any(abs(block).max() > 0.3 for block in outputs[0].heard), timeout=10_000)
    assert window.play.transport.play.text() == "Stop"
    qtbot.waitUntil(lambda: window.play.transport.time.text() > "0:00.05", timeout=10_000)
    assert window.play.picture.shows_live
    assert window.play.picture.meter.level_db > -12
    assert "Test output · 44.1 kHz" in window.status.device.text()
    press(playing_studio, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.play.transport.play.text() == "Play", timeout=10_000)


@pytest.mark.parametrize("name", ["play", "loop", "seconds", "seed", "mode"])
def test_space_plays_wherever_the_focus_is(qtbot: QtBot, playing_studio: Studio, name: str) -> None:
    widget: QWidget = getattr(playing_studio.window.play.transport, name)
    widget.setFocus()
    press(playing_studio, Qt.Key.Key_Space)
    assert playing_studio.playback is not None
    assert playing_studio.playback.playing


def test_play_before_the_first_sound_plays_when_it_comes(
    qtbot: QtBot, studio: Studio, worker: HandWorker, outputs: list[ClockOutput], tiny_model_file: Path
) -> None:
    studio.models.open(tiny_model_file)
    studio.start_rendering(worker, Settings())
    studio.start_playing(Player(clock_device(outputs)))
    press(studio, Qt.Key.Key_Space)
    assert studio.window.play.transport.play.text() == "Stop"
    worker.answer()
    assert studio.playback is not None
    assert studio.playback.playing


def test_loop_by_key_and_by_button(qtbot: QtBot, playing_studio: Studio) -> None:
    assert playing_studio.playback is not None
    player, button = playing_studio.playback.player, playing_studio.window.play.transport.loop
    assert player.looping
    assert button.isChecked()
    press(playing_studio, Qt.Key.Key_L)
    assert (player.looping, button.isChecked()) == (False, False)
    click(button)
    assert (player.looping, button.isChecked()) == (True, True)


def test_click_in_the_picture_plays_from_there(qtbot: QtBot, playing_studio: Studio) -> None:
    view = playing_studio.window.play.picture.view
    qtbot.wait(20)
    width = view.width() - 64
    QTest.mouseClick(view, LEFT, pos=QPoint(64 + width // 2, 100))
    assert playing_studio.playback is not None
    assert playing_studio.playback.playing
    assert playing_studio.playback.position == pytest.approx(2.0, abs=0.3)


def test_escape_cancels_what_is_rendered_and_lets_the_sound_play_on(playing_studio: Studio, worker: HandWorker) -> None:
    assert playing_studio.playback is not None
    playing_studio.toggle_playing()
    press(playing_studio, Qt.Key.Key_Escape)
    assert playing_studio.playback.playing
    playing_studio.session.set_slider(0, 0.5)
    press(playing_studio, Qt.Key.Key_Escape)
    assert worker.cancelled == 1
    assert playing_studio.playback.playing
    press(playing_studio, Qt.Key.Key_Space)
    assert not playing_studio.playback.playing


# Every other control asks for another sound


def test_a_slider_is_heard_while_it_moves_and_is_one_step_at_its_end(
    qtbot: QtBot, playing_studio: Studio, worker: HandWorker
) -> None:
    slider, asked = playing_studio.window.play.shape.sliders[0], len(worker.requests)
    QTest.mousePress(slider, LEFT, pos=QPoint(100, 32))
    passed = []
    for x in (110, 130, 160):
        QTest.mouseMove(slider, QPoint(x, 32))
        passed.append(slider.current())
    assert [request.config.sliders[0] for request in worker.requests[asked:]] == passed
    assert playing_studio.session.config.sliders[0] == 0, "the history waits for the end"
    QTest.mouseRelease(slider, LEFT, pos=QPoint(160, 32))
    assert playing_studio.session.config.sliders[0] == passed[-1]
    assert playing_studio.session.history.count() == 1


def test_mode_length_drift_seed_and_dice(qtbot: QtBot, playing_studio: Studio, worker: HandWorker) -> None:
    transport = playing_studio.window.play.transport
    transport.mode.setFocus()
    QTest.keyClick(transport.mode, Qt.Key.Key_Down)
    assert worker.requests[-1].config.mode == "crossfade"
    for field, text in ((transport.seconds, "2.5"), (transport.seed, "11")):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
    transport.drift.jump(0.4)
    config = worker.requests[-1].config
    assert (config.seconds, config.seed, config.drift) == (2.5, 11, 0.4)
    click(transport.new_seed)
    assert worker.requests[-1].config.seed != 11


def test_surprise_by_key_button_and_amount(qtbot: QtBot, playing_studio: Studio, worker: HandWorker) -> None:
    playing_studio.session._chance = random.Random(1)  # one surprise in 200 leaves a slider at 0
    shape = playing_studio.window.play.shape
    shape.sliders[0].lock_toggled.emit(True)
    assert shape.sliders[0].locked
    click(shape.surprise)
    first = worker.requests[-1].config.sliders
    assert first[0] == 0 != first[1]
    press(playing_studio, Qt.Key.Key_R)
    assert worker.requests[-1].config.sliders not in (first, (0.0, 0.0))
    playing_studio.session.centre()
    shape.amount.jump(0.05)
    click(shape.surprise)
    assert abs(playing_studio.session.config.sliders[1]) <= 0.05


def test_undo_and_redo_by_button_and_key(qtbot: QtBot, playing_studio: Studio) -> None:
    picture, session = playing_studio.window.play.picture, playing_studio.session
    slider = playing_studio.window.play.shape.sliders[0]
    session.set_slider(0, 0.5)
    session.set_mode("crossfade")
    click(picture.undo)
    assert playing_studio.window.play.transport.mode.currentData() == "slider"
    press(playing_studio, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert slider.current() == 0
    assert not picture.undo.isEnabled()
    click(picture.redo)
    assert slider.current() == 0.5
    press(playing_studio, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert playing_studio.window.play.transport.mode.currentData() == "crossfade"


def test_undo_takes_a_burst_of_keys_that_has_not_ended(qtbot: QtBot, playing_studio: Studio) -> None:
    slider = playing_studio.window.play.shape.sliders[0]
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    press(playing_studio, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert slider.current() == 0
    assert not playing_studio.session.history.canUndo()


def test_undo_takes_a_typed_length_back_while_its_field_has_the_focus(playing_studio: Studio) -> None:
    box, session = playing_studio.window.play.transport.seconds, playing_studio.session
    before = session.config.seconds
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "7")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert session.config.seconds == 7
    press(playing_studio, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.config.seconds == box.value() == before
    press(playing_studio, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert session.config.seconds == box.value() == 7


def test_undo_takes_back_typing_first(playing_studio: Studio) -> None:
    box, session = playing_studio.window.play.transport.seconds, playing_studio.session
    session.set_slider(0, 0.5)
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "7")
    press(playing_studio, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.config.sliders[0] == 0.5
    assert box.text() != "7"


def test_compare_by_key_and_button(qtbot: QtBot, playing_studio: Studio) -> None:
    session, slots = playing_studio.session, playing_studio.window.play.picture.slots
    press(playing_studio, Qt.Key.Key_B)
    session.set_slider(0, 0.5)
    assert slots["B"].isChecked()
    click(slots["A"])
    assert session.config.sliders[0] == 0
    assert slots["A"].isChecked()
    press(playing_studio, Qt.Key.Key_B)
    assert session.config.sliders[0] == 0.5


def test_state_shows_in_widgets_without_asking_again(playing_studio: Studio, worker: HandWorker) -> None:
    asked = len(worker.requests)
    playing_studio.window.play.show_request()
    playing_studio.window.play.source.show_vocoder("griffin-lim")
    assert len(worker.requests) == asked
    assert not playing_studio.session.history.canUndo()


def test_open_model_by_button_menu_and_picker(
    studio: Studio, tiny_model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def choose(_parent: QWidget, title: str, *_: str) -> tuple[str, str]:
        asked.append(title)
        return str(tiny_model_file), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    click(studio.window.play.picture.empty.button)
    assert studio.session.request is not None
    assert studio.session.request.model == tiny_model_file
    studio.actions["Open model…"].trigger()
    models = studio.window.play.source.models
    models.activated.emit(models.count() - 1)
    assert len(asked) == 3
    assert models.currentData() == tiny_model_file


def test_about_lists_every_part_with_its_licence(playing_studio: Studio) -> None:
    playing_studio.actions["About Distill"].trigger()
    about = playing_studio.window.findChild(AboutDialog)
    assert isinstance(about, AboutDialog)
    text = about.licences.toPlainText()
    for part in ("Distill", "MIT", "torch", "LGPL-3.0", "Inter", "SIL OPEN FONT LICENSE"):
        assert part in text
    assert "not installed" not in text
    about.accept()


def test_about_names_whatever_is_installed_with_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["onnx"]]
    assert {re.split("[<>=!]", each)[0].lower() for each in wanted} == {name.lower() for _, name, _ in PARTS}


def test_the_window_comes_back_where_it_was(qtbot: QtBot, studio: Studio) -> None:
    studio.window.resize(928, 640)  # the offscreen screen is narrower still
    studio.close()
    again = Studio(studio.memory)
    qtbot.addWidget(again.window)
    again.window.show()
    assert again.window.size() == studio.window.size()


def test_recent_models_can_be_chosen_again(
    playing_studio: Studio, tiny_model: DistillModel, tmp_path: Path, tiny_model_file: Path
) -> None:
    other = tmp_path / "other.distillgan"
    save_model(tiny_model, other)
    playing_studio.models.open(other)
    models = playing_studio.window.play.source.models
    entries = [models.itemData(index) for index in range(models.count())]
    assert tiny_model_file in entries
    models.activated.emit(entries.index(tiny_model_file))
    assert playing_studio.session.request is not None
    assert playing_studio.session.request.model == tiny_model_file


def test_drag_out_hands_over_a_wav_of_the_sound(playing_studio: Studio) -> None:
    import soundfile

    data = playing_studio.window.play.picture.handle.mime_data()
    assert data is not None
    samples, rate = soundfile.read(data.urls()[0].toLocalFile(), dtype="float32")
    assert playing_studio.rendering is not None
    assert playing_studio.rendering.shown is not None
    sound = playing_studio.rendering.shown.sound
    assert rate == sound.sample_rate
    assert abs(samples - sound.samples[0]).max() < 2**-22


def test_shortcuts_page_lists_every_shortcut(qtbot: QtBot, playing_studio: Studio) -> None:
    press(playing_studio, Qt.Key.Key_F1)
    page = playing_studio.window.findChild(ShortcutsDialog)
    assert isinstance(page, ShortcutsDialog)
    words = {label.text() for label in page.findChildren(QLabel)}
    for name, action in playing_studio.actions.items():
        if action.shortcuts():
            assert name.removesuffix("…") in words
    page.accept()


# Geometry and names


@pytest.mark.parametrize("size", [(928, 440), (960, 540), (1200, 720), (1920, 1080)])
def test_nothing_overlaps_or_is_clipped(qtbot: QtBot, playing_studio: Studio, size: tuple[int, int]) -> None:
    window = playing_studio.window
    window.resize(*size)
    qtbot.waitUntil(lambda: check_places(window))  # a layout may still be due


def check_places(window: MainWindow) -> None:
    """Fails where a control lies outside the window, is cut off, or lies over another one."""
    controls = [widget for widget in visible_controls(window) if not window.play.shape._area.isAncestorOf(widget)]
    for widget in controls:
        place = widget.rect().translated(widget.mapTo(window, QPoint()))
        assert window.rect().contains(place), widget
        assert not is_clipped(widget), widget
        for other in controls:
            if other is not widget and not other.isAncestorOf(widget) and not widget.isAncestorOf(other):
                beside = other.rect().translated(other.mapTo(window, QPoint()))
                assert not place.intersects(beside), f"{widget} lies over {other}"


def is_clipped(widget: QWidget) -> bool:
    if not isinstance(widget, QSpinBox | QDoubleSpinBox):
        return widget.width() < widget.minimumSizeHint().width()
    longest = widget.textFromValue(widget.maximum()) + widget.suffix()  # type: ignore[arg-type]
    room = widget.lineEdit().width() - 9
    return room < widget.fontMetrics().horizontalAdvance(longest)


def visible_controls(window: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QComboBox, QAbstractSpinBox, ValueSlider)
    return [widget for kind in kinds for widget in window.findChildren(kind) if widget.isVisible()]


def test_left_edges_stand_on_one_line(playing_studio: Studio) -> None:
    window = playing_studio.window
    lefts = {widget.mapTo(window, QPoint()).x() for widget in (window.play.source.models, window.play.source.vocoder)}
    lefts |= {slider.mapTo(window, QPoint()).x() for slider in window.play.shape.sliders}
    assert len(lefts) == 1


def test_every_control_has_a_name_and_tells_more(playing_studio: Studio) -> None:
    for widget in visible_controls(playing_studio.window):
        assert widget.accessibleName(), widget
        if isinstance(widget, QAbstractButton) and not widget.text():
            assert widget.toolTip(), widget
