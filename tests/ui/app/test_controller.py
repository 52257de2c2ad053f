"""Every control and every state of the window, with a fake worker."""

import random
import re
import time
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
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.main_window import PLAY, TRAIN, MainWindow
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.dialogs.about import LICENSES, AboutDialog
from distill_app.ui.dialogs.prompts import DetailsDialog
from distill_app.ui.dialogs.shortcuts import ShortcutsDialog
from distill_app.ui.widgets.plot_frame import PlotFrame
from distill_app.ui.widgets.toast import Message
from distill_app.ui.widgets.value_slider import ValueSlider
from distill_app.workers.rendering.messages import RenderResult
from tests.paths import ROOT
from tests.ui.commands import command
from tests.ui.fakes import ClockOutput, FakeRenderWorker, clock_device, no_device

LEFT = Qt.MouseButton.LeftButton


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, LEFT)


def shown_message(controller: AppController) -> str:
    """Text of the message that is shown; "" for none."""
    message = controller.window.toast.message
    return "" if message is None else message.sentence


def is_dimmed(controller: AppController) -> bool:
    return controller.window.play.picture.view.dimmed


def is_empty(controller: AppController) -> bool:
    return controller.window.play.picture.is_empty


def press(
    controller: AppController, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(QApplication.focusWidget() or controller.window, key, modifier)


# Empty


def test_empty_says_what_to_do(controller: AppController) -> None:
    assert controller.window.play.picture.is_empty
    assert controller.window.play.picture.empty.button.isVisible()
    assert controller.window.play.source.models.currentText() == "No model open"
    for widget in (
        controller.window.play.transport.play,
        controller.window.play.transport.export,
        controller.window.play.slider_panel.randomize,
    ):
        assert not widget.isEnabled()


def test_dropping_a_model_opens_it(controller: AppController, tiny_model_file: Path) -> None:
    drop(controller, tiny_model_file)
    assert [slider.painter.name for slider in controller.window.play.slider_panel.sliders] == ["Brightness", "Axis 2"]
    assert controller.window.play.source.models.currentText() == "Tiny — 1 sound"
    assert controller.window.windowTitle() == "Tiny — Distill"


def drop(controller: AppController, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    actions, modifiers = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    controller.window.dropEvent(QDropEvent(QPointF(400, 300), actions, data, LEFT, modifiers))


def test_a_broken_model_says_so_and_the_one_before_stays(playing_controller: AppController, tmp_path: Path) -> None:
    broken = tmp_path / "broken.distillgan"
    broken.write_bytes(b"x" * 100)
    before = playing_controller.session.request
    drop(playing_controller, broken)
    assert playing_controller.session.request == before
    assert "broken.distillgan" in shown_message(playing_controller)
    assert playing_controller.window.toast.accessibleName().startswith("Error: ")


def test_a_message_from_before_the_window_is_shown_in_it(qtbot: QtBot, tmp_path: Path) -> None:
    window_settings = WindowSettings(QSettings(str(tmp_path / "early.ini"), QSettings.Format.IniFormat))
    controller = AppController(window_settings)
    qtbot.addWidget(controller.window)
    controller.notify(Message("error", "Something happened while starting."))
    controller.window.show()
    qtbot.waitExposed(controller.window)
    assert_covers_nothing(controller)


def assert_covers_nothing(controller: AppController) -> None:
    """Asserts that the message covers no axis, button or control."""
    window, toast = controller.window, controller.window.toast
    toast._motion.stop()
    toast._reposition()
    place = toast.geometry()
    assert window.pages.right.geometry().translated(window.pages.mapTo(window, QPoint())).contains(place)
    for control in visible_controls(window):
        if not toast.isAncestorOf(control):
            assert not place.intersects(control.rect().translated(control.mapTo(window, QPoint()))), control
    shown = window.play.picture._stack.currentWidget()
    if isinstance(shown, PlotFrame) and shown.isVisible():
        assert shown.plot_rect().translated(shown.mapTo(window, QPoint())).contains(place)


@pytest.mark.parametrize("size", [(928, 440), (960, 540), (1200, 720)])
@pytest.mark.parametrize("page", [PLAY, TRAIN])
def test_messages_cover_no_axis_and_no_control(
    qtbot: QtBot, playing_controller: AppController, page: str, size: tuple[int, int]
) -> None:
    window = playing_controller.window
    window.pages.show_page(page)
    window.resize(*size)
    playing_controller.notify(
        Message("error", "Something happened that has to be told in some more words than few.", "Undo")
    )
    qtbot.wait(30)
    assert_covers_nothing(playing_controller)
    other = TRAIN if page == PLAY else PLAY
    window.pages.show_page(other)
    qtbot.wait(30)
    assert_covers_nothing(playing_controller)


def test_dismissing_a_message_restores_the_layout(qtbot: QtBot, playing_controller: AppController) -> None:
    playing_controller.window.pages.show_page(TRAIN)
    qtbot.wait(30)
    page = playing_controller.train_integration.train_page.page
    before = page.recordings.height()
    playing_controller.notify(Message("error", "Something happened."))
    qtbot.waitUntil(lambda: page.recordings.height() < before, timeout=60_000)
    assert page.messages.geometry().top() > page.recordings.geometry().bottom()
    playing_controller.window.toast.dismiss()
    qtbot.waitUntil(lambda: page.recordings.height() == before, timeout=60_000)


# Busy, done, wrong


def test_first_sound_comes_by_itself(
    qtbot: QtBot, controller: AppController, worker: FakeRenderWorker, tiny_model_file: Path
) -> None:
    controller.models.open(tiny_model_file)
    controller.start_rendering(worker, Settings())
    assert len(worker.requests) == 1
    assert is_empty(controller)
    with qtbot.waitSignal(controller.first_sound, timeout=60_000):
        worker.answer()
    assert not is_empty(controller)
    assert controller.window.status.work.text() == "Rendered in 0.25 s"
    assert controller.window.play.transport.export.isEnabled()


def test_busy_dims_the_picture_and_names_the_stage(
    qtbot: QtBot, playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    window = playing_controller.window
    playing_controller.session.set_slider(0, 0.5)
    assert not is_dimmed(playing_controller), "what is quick does not flicker"
    worker.progressed.emit("Vocoding", 0.4)
    qtbot.waitUntil(lambda: window.play.transport.progress.stage == "Vocoding", timeout=60_000)
    assert is_dimmed(playing_controller)
    worker.answer()
    assert window.play.transport.progress.stage == ""
    assert not is_dimmed(playing_controller)


def test_a_stale_answer_is_not_shown(playing_controller: AppController, worker: FakeRenderWorker) -> None:
    rendering = playing_controller.rendering
    assert rendering is not None
    playing_controller.session.set_slider(0, 0.5)
    playing_controller.session.set_slider(0, 0.6)
    shown = rendering.shown
    worker.answer(worker.requests[-2])
    assert rendering.shown is shown
    assert rendering.busy
    newest = worker.answer()
    assert rendering.shown is newest


def test_undo_to_the_current_sound_cancels_the_render(
    playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    rendering = playing_controller.rendering
    assert rendering is not None
    first, asked = rendering.shown, len(worker.requests)
    playing_controller.session.set_slider(0, 0.5)
    press(playing_controller, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert rendering.shown is first
    assert not rendering.busy
    assert len(worker.restored) == 1
    assert len(worker.requests) == asked + 1


def test_escape_cancels_the_render(qtbot: QtBot, playing_controller: AppController, worker: FakeRenderWorker) -> None:
    playing_controller.session.set_slider(0, 0.5)
    press(playing_controller, Qt.Key.Key_Escape)
    assert len(worker.restored) == 1
    assert playing_controller.rendering is not None
    assert not playing_controller.rendering.busy
    assert "Cancelled" in playing_controller.window.status.work.text()
    playing_controller.session.set_slider(0, 0.6)
    assert playing_controller.window.status.work.text() == "", (
        "what was cancelled is over once a new sound is on its way"
    )


def test_play_asks_again_for_a_cancelled_sound(playing_controller: AppController, worker: FakeRenderWorker) -> None:
    playing_controller.session.set_slider(0, 0.5)
    press(playing_controller, Qt.Key.Key_Escape)
    asked = len(worker.requests)
    press(playing_controller, Qt.Key.Key_Space)
    assert len(worker.requests) == asked + 1
    assert worker.requests[-1] == playing_controller.session.request
    worker.answer()
    press(playing_controller, Qt.Key.Key_Space)
    press(playing_controller, Qt.Key.Key_Space)
    assert len(worker.requests) == asked + 1, "a sound that is there is not asked for"


def test_cancelling_the_first_sound_says_how_to_get_it(
    controller: AppController, worker: FakeRenderWorker, outputs: list[ClockOutput], tiny_model_file: Path
) -> None:
    controller.models.open(tiny_model_file)
    controller.start_rendering(worker, Settings())
    controller.start_playing(worker.player(clock_device(outputs)))
    press(controller, Qt.Key.Key_Escape)
    assert "Play" in controller.window.play.picture.empty.sentence.text()
    press(controller, Qt.Key.Key_Space)
    worker.answer()
    assert controller.playback is not None
    assert controller.playback.playing


def test_escape_dismisses_a_message_first(playing_controller: AppController, worker: FakeRenderWorker) -> None:
    playing_controller.session.set_slider(0, 0.5)
    playing_controller.notify(Message("error", "Something else."))
    press(playing_controller, Qt.Key.Key_Escape)
    assert shown_message(playing_controller) == ""
    assert not worker.restored
    press(playing_controller, Qt.Key.Key_Escape)
    assert len(worker.restored) == 1


def test_a_failed_render_says_why_with_details(
    qtbot: QtBot, playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    playing_controller.session.set_slider(0, 0.5)
    worker.fail("The vocoder gave up; try another one.", "Traceback: deep inside")
    assert shown_message(playing_controller) == "The vocoder gave up; try another one."
    assert playing_controller.rendering is not None
    assert worker.restored == [playing_controller.rendering.shown], "the sound that is shown plays again"
    click(playing_controller.window.toast._action)
    dialog = playing_controller.window.findChild(DetailsDialog)
    assert isinstance(dialog, DetailsDialog)
    assert dialog.isVisible()
    assert "deep inside" in dialog.report.toPlainText()
    click(dialog.copy_button)
    assert "deep inside" in QApplication.clipboard().text()
    dialog.accept()


def test_a_model_that_fails_to_load_is_replaced_by_the_one_before(
    playing_controller: AppController, worker: FakeRenderWorker, tiny_model: DistillModel, tmp_path: Path
) -> None:
    before = playing_controller.session.request
    other = tmp_path / "other.distillgan"
    save_model(tiny_model, other)
    playing_controller.models.open(other)
    worker.fail("“other.distillgan” is damaged and cannot be opened.")
    assert playing_controller.session.request == before
    assert [result.request for result in worker.restored] == [before]
    assert playing_controller.rendering is not None
    assert not playing_controller.rendering.busy


def test_no_device_says_so_when_played(
    qtbot: QtBot, controller: AppController, worker: FakeRenderWorker, tiny_model_file: Path
) -> None:
    controller.models.open(tiny_model_file)
    controller.start_rendering(worker, Settings())
    controller.start_playing(Player(no_device))
    assert controller.window.status.device.text() == "", "nothing was tried yet"
    worker.progressed.emit("Rendering", 0.0)
    worker.answer()
    assert controller.window.status.device.text() == "No sound device"
    assert shown_message(controller) == ""
    click(controller.window.play.transport.play)
    assert shown_message(controller) == "No sound output was found."
    assert controller.window.play.transport.play.text() == "Play"


# Playing


def test_space_plays_and_stops(qtbot: QtBot, playing_controller: AppController, outputs: list[ClockOutput]) -> None:
    press(playing_controller, Qt.Key.Key_Space)
    window = playing_controller.window
    qtbot.waitUntil(lambda: any(abs(block).max() > 0.3 for block in outputs[0].heard), timeout=60_000)
    assert window.play.transport.play.text() == "Stop"
    qtbot.waitUntil(lambda: window.play.transport.time.text() > "0:00.05", timeout=60_000)
    assert window.play.picture.shows_live
    assert window.play.picture.meter.level_db > -12
    assert "Test output · 44.1 kHz" in window.status.device.text()
    press(playing_controller, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.play.transport.play.text() == "Play", timeout=60_000)


@pytest.mark.parametrize("name", ["play", "loop", "seconds", "seed", "mode"])
def test_space_plays_wherever_the_focus_is(qtbot: QtBot, playing_controller: AppController, name: str) -> None:
    widget: QWidget = getattr(playing_controller.window.play.transport, name)
    widget.setFocus()
    press(playing_controller, Qt.Key.Key_Space)
    assert playing_controller.playback is not None
    assert playing_controller.playback.playing


def test_play_before_the_first_sound_plays_when_it_comes(
    qtbot: QtBot, controller: AppController, worker: FakeRenderWorker, outputs: list[ClockOutput], tiny_model_file: Path
) -> None:
    controller.models.open(tiny_model_file)
    controller.start_rendering(worker, Settings())
    controller.start_playing(worker.player(clock_device(outputs)))
    press(controller, Qt.Key.Key_Space)
    assert controller.window.play.transport.play.text() == "Stop"
    worker.answer()
    assert controller.playback is not None
    assert controller.playback.playing


def test_loop_by_key_and_by_button(qtbot: QtBot, playing_controller: AppController) -> None:
    assert playing_controller.playback is not None
    player, button = playing_controller.playback.player, playing_controller.window.play.transport.loop
    assert player.looping
    assert button.isChecked()
    press(playing_controller, Qt.Key.Key_L)
    assert (player.looping, button.isChecked()) == (False, False)
    click(button)
    assert (player.looping, button.isChecked()) == (True, True)


def test_click_in_the_picture_plays_from_there(qtbot: QtBot, playing_controller: AppController) -> None:
    view = playing_controller.window.play.picture.view
    qtbot.wait(20)
    width = view.width() - 64
    clicked = time.monotonic()
    QTest.mouseClick(view, LEFT, pos=QPoint(64 + width // 2, 100))
    assert playing_controller.playback is not None
    assert playing_controller.playback.playing
    assert 1.7 <= playing_controller.playback.position <= 2.3 + time.monotonic() - clicked


def test_escape_cancels_the_render_and_playback_continues(
    playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    assert playing_controller.playback is not None
    playing_controller.toggle_playing()
    press(playing_controller, Qt.Key.Key_Escape)
    assert playing_controller.playback.playing
    playing_controller.session.set_slider(0, 0.5)
    press(playing_controller, Qt.Key.Key_Escape)
    assert len(worker.restored) == 1
    assert playing_controller.playback.playing
    press(playing_controller, Qt.Key.Key_Space)
    assert not playing_controller.playback.playing


# Every other control asks for another sound


def test_a_slider_is_rendered_while_it_moves_and_is_one_undo_step(
    qtbot: QtBot, playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    slider, asked = playing_controller.window.play.slider_panel.sliders[0], len(worker.requests)
    QTest.mousePress(slider, LEFT, pos=QPoint(100, 32))
    passed = []
    for x in (110, 130, 160):
        QTest.mouseMove(slider, QPoint(x, 32))
        passed.append(slider.current())
    assert [request.config.sliders[0] for request in worker.requests[asked:]] == passed
    assert playing_controller.session.config.sliders[0] == 0, "the history waits for the end"
    QTest.mouseRelease(slider, LEFT, pos=QPoint(160, 32))
    assert playing_controller.session.config.sliders[0] == passed[-1]
    assert playing_controller.session.history.count() == 1


def test_mode_length_drift_seed_and_dice(
    qtbot: QtBot, playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    transport = playing_controller.window.play.transport
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


def test_randomize_by_key_button_and_amount(
    qtbot: QtBot, playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    playing_controller.session._rng = random.Random(1)  # one surprise in 200 leaves a slider at 0
    shape = playing_controller.window.play.slider_panel
    shape.sliders[0].lock_toggled.emit(True)
    assert shape.sliders[0].locked
    click(shape.randomize)
    first = worker.requests[-1].config.sliders
    assert first[0] == 0 != first[1]
    press(playing_controller, Qt.Key.Key_R)
    assert worker.requests[-1].config.sliders not in (first, (0.0, 0.0))
    playing_controller.session.centre()
    shape.amount.jump(0.05)
    click(shape.randomize)
    assert abs(playing_controller.session.config.sliders[1]) <= 0.05


def test_undo_and_redo_by_button_and_key(qtbot: QtBot, playing_controller: AppController) -> None:
    picture, session = playing_controller.window.play.picture, playing_controller.session
    slider = playing_controller.window.play.slider_panel.sliders[0]
    session.set_slider(0, 0.5)
    session.set_mode("crossfade")
    click(picture.undo)
    assert playing_controller.window.play.transport.mode.currentData() == "slider"
    press(playing_controller, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert slider.current() == 0
    assert not picture.undo.isEnabled()
    click(picture.redo)
    assert slider.current() == 0.5
    press(playing_controller, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert playing_controller.window.play.transport.mode.currentData() == "crossfade"


def test_undo_takes_a_burst_of_keys_that_has_not_ended(qtbot: QtBot, playing_controller: AppController) -> None:
    slider = playing_controller.window.play.slider_panel.sliders[0]
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    press(playing_controller, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert slider.current() == 0
    assert not playing_controller.session.history.canUndo()


def test_undo_takes_a_typed_length_back_while_its_field_has_the_focus(playing_controller: AppController) -> None:
    box, session = playing_controller.window.play.transport.seconds, playing_controller.session
    before = session.config.seconds
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "7")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert session.config.seconds == 7
    press(playing_controller, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.config.seconds == box.value() == before
    press(playing_controller, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert session.config.seconds == box.value() == 7


def test_undo_takes_back_typing_first(playing_controller: AppController) -> None:
    box, session = playing_controller.window.play.transport.seconds, playing_controller.session
    session.set_slider(0, 0.5)
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "7")
    press(playing_controller, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.config.sliders[0] == 0.5
    assert box.text() != "7"


def test_compare_by_key_and_button(qtbot: QtBot, playing_controller: AppController) -> None:
    session, slots = playing_controller.session, playing_controller.window.play.picture.slots
    press(playing_controller, Qt.Key.Key_B)
    session.set_slider(0, 0.5)
    assert slots["B"].isChecked()
    click(slots["A"])
    assert session.config.sliders[0] == 0
    assert slots["A"].isChecked()
    press(playing_controller, Qt.Key.Key_B)
    assert session.config.sliders[0] == 0.5


def test_state_shows_in_widgets_without_asking_again(
    playing_controller: AppController, worker: FakeRenderWorker
) -> None:
    asked = len(worker.requests)
    playing_controller.window.play.show_request()
    playing_controller.window.play.source.show_vocoder("griffin-lim")
    assert len(worker.requests) == asked
    assert not playing_controller.session.history.canUndo()


def test_open_model_by_button_menu_and_picker(
    controller: AppController, tiny_model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def choose(_parent: QWidget, title: str, *_: str) -> tuple[str, str]:
        asked.append(title)
        return str(tiny_model_file), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    click(controller.window.play.picture.empty.button)
    assert controller.session.request is not None
    assert controller.session.request.model == tiny_model_file
    command(controller, "open_model").trigger()
    models = controller.window.play.source.models
    models.activated.emit(models.count() - 1)
    assert len(asked) == 3
    assert models.currentData() == tiny_model_file


def test_about_lists_every_part_with_its_licence(playing_controller: AppController) -> None:
    command(playing_controller, "about").trigger()
    about = playing_controller.window.findChild(AboutDialog)
    assert isinstance(about, AboutDialog)
    text = about.licences.toPlainText()
    for part in ("Distill", "MIT", "torch", "LGPL-3.0", "Inter", "SIL OPEN FONT LICENSE"):
        assert part in text
    assert "not installed" not in text
    about.accept()


def test_about_names_whatever_is_installed_with_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["onnx"]]
    assert {re.split("[<>=!]", each)[0].lower() for each in wanted} == {name.lower() for name in LICENSES}


def test_the_window_comes_back_where_it_was(qtbot: QtBot, controller: AppController) -> None:
    controller.window.resize(928, 640)  # the offscreen screen is narrower still
    controller.close()
    again = AppController(controller.window_settings)
    qtbot.addWidget(again.window)
    again.window.show()
    assert again.window.size() == controller.window.size()


def test_recent_models_can_be_chosen_again(
    playing_controller: AppController, tiny_model: DistillModel, tmp_path: Path, tiny_model_file: Path
) -> None:
    other = tmp_path / "other.distillgan"
    save_model(tiny_model, other)
    playing_controller.models.open(other)
    models = playing_controller.window.play.source.models
    entries = [models.itemData(index) for index in range(models.count())]
    assert tiny_model_file in entries
    models.activated.emit(entries.index(tiny_model_file))
    assert playing_controller.session.request is not None
    assert playing_controller.session.request.model == tiny_model_file


def test_dragging_out_provides_a_wav_of_the_sound(playing_controller: AppController) -> None:
    import soundfile

    paths: list[Path] = []
    assert playing_controller.files is not None
    playing_controller.files.drag(paths.append)
    samples, rate = soundfile.read(paths[0], dtype="float32")
    assert playing_controller.rendering is not None
    assert isinstance(playing_controller.rendering.shown, RenderResult)
    sound = playing_controller.rendering.shown.sound
    assert rate == sound.sample_rate
    assert abs(samples - sound.samples[0]).max() < 2**-22


def test_shortcuts_page_lists_every_shortcut(qtbot: QtBot, playing_controller: AppController) -> None:
    press(playing_controller, Qt.Key.Key_F1)
    page = playing_controller.window.findChild(ShortcutsDialog)
    assert isinstance(page, ShortcutsDialog)
    words = {label.text() for label in page.findChildren(QLabel)}
    texts = [action.text() for action in playing_controller.window.actions() if action.shortcuts()]
    assert len(texts) > 20
    assert {text.removesuffix("…") for text in texts} <= words
    page.accept()


# Geometry and names


@pytest.mark.parametrize("size", [(928, 440), (960, 540), (1200, 720), (1920, 1080)])
def test_nothing_overlaps_or_is_clipped(qtbot: QtBot, playing_controller: AppController, size: tuple[int, int]) -> None:
    window = playing_controller.window
    window.play.transport.grain.show()  # as for a model that carries recordings
    window.resize(*size)
    qtbot.waitUntil(lambda: check_places(window), timeout=60_000)  # a layout may still be due


def check_places(window: MainWindow) -> None:
    """Fails where a control lies outside the window, is cut off, or lies over another one."""
    controls = [
        widget for widget in visible_controls(window) if not window.play.slider_panel._area.isAncestorOf(widget)
    ]
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


def test_left_edges_stand_on_one_line(playing_controller: AppController) -> None:
    window = playing_controller.window
    lefts = {widget.mapTo(window, QPoint()).x() for widget in (window.play.source.models, window.play.source.vocoder)}
    lefts |= {slider.mapTo(window, QPoint()).x() for slider in window.play.slider_panel.sliders}
    assert len(lefts) == 1


def test_every_control_has_an_accessible_name_and_icons_a_tool_tip(playing_controller: AppController) -> None:
    controls = visible_controls(playing_controller.window)
    assert len(controls) > 10
    for widget in controls:
        assert widget.accessibleName(), widget
        if isinstance(widget, QAbstractButton) and not widget.text():
            assert widget.toolTip(), widget
