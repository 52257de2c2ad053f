"""A sound that plays on until it is stopped: its control, its picture, and the files that are made of it."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from distill_app.common.settings import Settings, load_settings, save_settings
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.generation.config import GenerationConfig
from distill_app.models.header import read_header
from distill_app.models.model import DistillModel
from distill_app.models.model_file import save_model
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.settings_io import initial_request, with_sound
from distill_app.ui.play.length_dialog import LengthDialog
from distill_app.ui.play.playback import Playback
from distill_app.ui.play.session import Session
from distill_app.workers.rendering.messages import ActiveVocoder, RenderRequest
from tests.ui.commands import command
from tests.ui.fake_player import FakePlayer
from tests.ui.fakes import FakeRenderWorker

LEFT = Qt.MouseButton.LeftButton
HOP, RATE = DISTILL_MEL.hop, DISTILL_MEL.sample_rate


class PositionPlayer(FakePlayer):
    """Player whose position the test sets; `starts` are those of its plays."""

    def __init__(self) -> None:
        super().__init__()
        self.starts: list[float] = []

    def play(self, from_seconds: float = 0.0) -> None:
        super().play(from_seconds)
        self.starts.append(from_seconds)
        self.position_seconds = from_seconds


@pytest.fixture
def player() -> PositionPlayer:
    return PositionPlayer()


@pytest.fixture
def endless(
    qtbot: QtBot,
    controller: AppController,
    worker: FakeRenderWorker,
    player: PositionPlayer,
    tiny_model_file: Path,
    tmp_path: Path,
) -> Iterator[AppController]:
    """Controller of a sustained model that was never opened before."""
    controller.models.open(tiny_model_file)
    controller.start_rendering(worker, Settings(export_folder=str(tmp_path)))
    controller.start_playing(player)
    worker.answer_endless()
    qtbot.waitUntil(controller.window.isActiveWindow, timeout=60_000)
    yield controller
    player.stop()


@pytest.fixture
def one_shot(tiny_model: DistillModel, tmp_path: Path) -> Path:
    path = tmp_path / "hits.distillgan"
    save_model(replace(tiny_model, header=replace(tiny_model.header, lead_frames=8)), path)
    return path


def press(controller: AppController, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or controller.window, key)


def playback_of(controller: AppController) -> Playback:
    assert controller.playback is not None
    return controller.playback


def plays(player: PositionPlayer) -> bool:
    return player.playing


def writes(controller: AppController) -> bool:
    return controller._is_writing()


def moves(session: Session) -> list[tuple[int, float]]:
    """Frame of each move, and the first slider before it."""
    return [(move.frame, move.sliders[0]) for move in session.config.moves]


def play_to(controller: AppController, player: PositionPlayer, seconds: float) -> None:
    """Plays the sound from its beginning to a position."""
    controller.toggle_playing()
    player.position_seconds = seconds
    playback_of(controller).poll()


# The control


def test_a_sustained_model_plays_on_at_first_and_a_length_is_one_undo_step(endless: AppController) -> None:
    session, transport = endless.session, endless.window.play.transport
    assert (session.config.endless, transport.endless.isChecked(), transport.seconds.text()) == (True, True, "∞")
    press(endless, Qt.Key.Key_E)
    assert (session.config.endless, transport.endless.isChecked(), transport.seconds.text()) == (False, False, "4.00 s")
    assert session.history.undoText() == "change length"
    endless.window.undo()
    assert (session.config.endless, transport.seconds.text()) == (True, "∞")
    QTest.mouseClick(transport.endless, LEFT)
    assert not session.config.endless


def test_a_typed_number_is_a_length_and_a_step_begins_at_the_last_one(endless: AppController) -> None:
    session, field = endless.session, endless.window.play.transport.seconds
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "2,5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (session.config.endless, session.config.seconds) == (False, 2.5)
    session.set_endless(True)
    field.stepBy(-1)
    field.finish_edit()
    assert (session.config.endless, session.config.seconds) == (False, 2.5)
    for _ in range(9):
        field.stepBy(-1)
    field.finish_edit()
    assert (session.config.endless, session.config.seconds) == (False, 0.1), "the least length is not ∞"


def test_hits_have_a_length_and_the_control_says_why(
    endless: AppController, worker: FakeRenderWorker, one_shot: Path
) -> None:
    endless.models.open(one_shot)
    transport = endless.window.play.transport
    assert not endless.session.config.endless
    assert not transport.endless.isEnabled()
    assert "A hit ends by itself" in transport.endless.toolTip()
    assert "another hit" in transport.loop.toolTip()
    assert transport.loop.isEnabled()
    endless.session.open_sound(RenderRequest(one_shot, "auto", GenerationConfig(endless=True)), "open take")
    assert not endless.session.config.endless


def test_what_needs_an_end_is_switched_off_with_a_reason(endless: AppController) -> None:
    transport, picture = endless.window.play.transport, endless.window.play.picture
    ids = ("loop", "jump_back", "jump_ahead", "live_or_overview")
    assert [command(endless, each).isEnabled() for each in ids] == [False] * 4
    assert not transport.loop.isEnabled()
    assert "give the sound a length" in transport.loop.toolTip()
    assert not picture.overview.isEnabled()
    assert "no end" in picture.overview.toolTip()
    assert command(endless, "endless").isChecked()
    assert command(endless, "endless").isEnabled()
    endless.window.pages.show_page("train")
    assert not command(endless, "endless").isEnabled(), "keys of the Play page belong to it"


def test_it_survives_a_restart_and_settings_of_before_keep_their_length(tiny_model_file: Path, tmp_path: Path) -> None:
    file, header = tmp_path / "settings.toml", read_header(tiny_model_file)
    assert initial_request(Settings(model=str(tiny_model_file))).config.endless, "the first start"
    for each in (True, False):
        asked = RenderRequest(tiny_model_file, "auto", GenerationConfig(sliders=(0.0, 0.0), endless=each))
        save_settings(with_sound(Settings(), asked, header, looping=True), file)
        assert initial_request(load_settings(file)[0]) == asked
    file.write_text("".join(line for line in file.read_text().splitlines(True) if not line.startswith("endless")))
    assert not initial_request(load_settings(file)[0]).config.endless


def test_compare_slots_and_model_settings_keep_it(
    endless: AppController, one_shot: Path, tiny_model_file: Path
) -> None:
    session = endless.session
    session.choose_slot("B")
    session.set_seconds(3.0)
    session.choose_slot("A")
    assert session.config.endless
    session.choose_slot("B")
    endless.models.open(one_shot)
    endless.models.open(tiny_model_file)
    assert (session.config.endless, session.config.seconds) == (False, 3.0)


# The picture and the transport


def test_the_picture_invites_to_play_then_is_live_and_stays(
    endless: AppController, worker: FakeRenderWorker, player: PositionPlayer, one_shot: Path, tiny_model_file: Path
) -> None:
    picture, transport = endless.window.play.picture, endless.window.play.transport
    assert picture.ready.isVisible()
    assert picture.ready.sentence.text() == "“Tiny” plays on until you stop it. Press Space."
    press(endless, Qt.Key.Key_Space)
    playback_of(endless).poll()
    assert picture.shows_live
    player.position_seconds = 725.5
    transport.time._shown_at = -math.inf
    playback_of(endless).poll()
    assert transport.time.text() == "12:05.50 / ∞"
    press(endless, Qt.Key.Key_V)
    assert picture.shows_live, "there is no overview"
    endless.toggle_playing()
    assert picture.shows_live, "what was heard can still be looked at"
    endless.models.open(one_shot)
    worker.answer()
    assert picture.view.isVisible()
    endless.models.open(tiny_model_file)
    worker.answer_endless()
    assert picture.ready.isVisible()


def test_the_choice_of_the_picture_returns_with_a_length(
    endless: AppController, worker: FakeRenderWorker, player: PositionPlayer
) -> None:
    picture = endless.window.play.picture
    picture.set_live(False)
    play_to(endless, player, 1.0)
    assert picture.shows_live
    assert picture.live.isChecked()
    endless.session.set_seconds(4.0)
    worker.answer()
    assert picture.view.isVisible()
    assert picture.overview.isChecked()
    assert picture.overview.isEnabled()


def test_a_preview_ends_after_four_seconds_and_control_home_begins_again(
    endless: AppController, player: PositionPlayer
) -> None:
    playback = playback_of(endless)
    playback.preview()
    player.position_seconds = 3.9
    playback.poll()
    assert plays(player)
    player.position_seconds = 4.1
    playback.poll()
    assert not plays(player)
    play_to(endless, player, 4.1)
    assert plays(player), "only a preview ends"
    command(endless, "restart").trigger()
    assert player.starts == [0.0, 0.0, 0.0]


def test_a_vocoder_that_is_too_slow_is_named_with_the_one_that_plays(
    endless: AppController, worker: FakeRenderWorker
) -> None:
    heard = endless.window.play.source.heard
    worker.heard.emit(ActiveVocoder("built-in", preview=True))
    assert heard.text() == "Plays: Built-in"
    assert "too slow for ∞" in heard.toolTip()
    endless.session.set_seconds(4.0)
    worker.heard.emit(ActiveVocoder("griffin-lim", preview=True))
    assert heard.text() == "Preview: Griffin-Lim"


def test_a_sound_that_breaks_off_is_reported_and_play_begins_it_again(
    endless: AppController, worker: FakeRenderWorker, player: PositionPlayer
) -> None:
    play_to(endless, player, 5.0)
    asked = len(worker.requests)
    worker.fail("The model is gone.", "")
    assert endless.window.toast.message is not None
    assert endless.window.toast.message.sentence == "The model is gone."
    endless.toggle_playing()
    endless.toggle_playing()
    assert worker.requests[asked:] == [endless.session.request]


# Moves of the sliders


@pytest.fixture
def walking(grain_model: DistillModel, tmp_path: Path) -> Session:
    """Session of a model with recordings, whose sound begins at frame 100."""
    path = tmp_path / "grain.distillgan"
    save_model(grain_model, path)
    session, config = Session(), GenerationConfig(sliders=(0.0, 0.0), endless=True, start=100)
    session.restore(RenderRequest(path, "auto", config))
    return session


class _At:
    """Playhead some frames after the beginning of the sound."""

    def __init__(self, frame: int, previewing: bool = False) -> None:
        self._frame, self.previewing = frame, previewing

    def next_frame(self, _mel_format: object) -> int:
        return self._frame


def test_a_move_is_at_its_frame_of_the_path(walking: Session) -> None:
    walking.playhead = _At(48)
    walking.set_slider(0, 0.5)
    assert moves(walking) == [(148, 0.0)]
    walking.playhead = _At(60)
    walking.set_slider(0, 1.0)
    assert moves(walking) == [(148, 0.0), (160, 0.5)]
    assert walking.config.start == 100
    walking.history.undo()
    assert moves(walking) == [(148, 0.0)]


def test_at_rest_a_move_is_where_the_sound_begins_and_a_new_seed_begins_anew(walking: Session) -> None:
    walking.set_slider(0, 0.5)
    assert (walking.config.start, moves(walking)) == (100, [(100, 0.0)])
    walking.set_tone("speed", 0.5)
    assert walking.config.tempo_since[0] > 0
    walking.new_seed()
    assert (walking.config.start, moves(walking), walking.config.sliders) == (0, [], (0.5, 0.0))
    assert walking.config.tempo_since == (0, 0)


def test_a_slider_let_go_of_during_its_preview_is_heard_from_the_beginning(walking: Session) -> None:
    walking.playhead = _At(48, previewing=True)
    walking.audition_slider(0, 0.4)
    walking.set_slider(0, 0.5)
    assert moves(walking) == [(100, 0.0)]


# Files


def test_export_asks_for_a_length_and_takes_the_sound_from_the_playhead_on(
    endless: AppController, worker: FakeRenderWorker, player: PositionPlayer
) -> None:
    play_to(endless, player, 12.0)
    endless.export()
    exporting = endless.exporting
    assert exporting is not None
    dialog = exporting.dialog
    assert dialog is not None
    player.position_seconds = 15.0
    assert dialog.seconds.isVisible()
    assert dialog.facts.text().startswith("8.00 s · ")
    dialog.seconds.setValue(2.5)
    assert dialog.facts.text().startswith("2.50 s · ")
    dialog.export.click()
    expected = replace(endless.session.config, endless=False, start=int(12.0 * RATE / HOP), seconds=2.5)
    assert worker.exports[-1].sound.config == expected
    assert exporting.settings.file_seconds == 2.5
    worker.export_cancelled.emit(worker.exports[-1].path)
    endless.toggle_playing()
    endless.export()
    assert exporting.dialog is not None
    assert exporting.dialog.seconds.value() == 2.5
    exporting.dialog.export.click()
    assert worker.exports[-1].sound.config.start == 0, "at rest, from its beginning"
    worker.export_cancelled.emit(worker.exports[-1].path)
    endless.session.set_seconds(1.5)
    worker.answer()
    play_to(endless, player, 1.0)
    endless.export()
    assert not exporting.dialog.seconds.isVisible()
    exporting.dialog.export.click()
    whole = endless.session.request
    assert whole is not None
    assert worker.exports[-1].sound.config == whole.config, "a sound with a length is exported as it is"


def test_a_seamless_loop_is_offered_for_sustained_sounds_and_remembered(
    endless: AppController, worker: FakeRenderWorker, one_shot: Path
) -> None:
    exporting = endless.exporting
    assert exporting is not None
    endless.export()
    assert exporting.dialog is not None
    exporting.dialog.loop.click()
    exporting.dialog.export.click()
    assert exporting.settings.export_seamless
    worker.export_cancelled.emit(worker.exports[-1].path)
    endless.models.open(one_shot)
    worker.answer()
    endless.export()
    assert exporting.dialog.loop.isHidden()
    exporting.dialog.export.click()
    assert [each.seamless for each in worker.exports] == [True, False]
    assert exporting.settings.export_seamless, "for the next sustained sound"


def test_a_take_asks_for_a_length_and_opens_as_it_was_written(
    qtbot: QtBot, endless: AppController, worker: FakeRenderWorker, player: PositionPlayer
) -> None:
    endless.session.set_slider(1, 0.25)
    worker.answer_endless()
    play_to(endless, player, 20.0)
    press(endless, Qt.Key.Key_K)
    dialog = endless.window.findChild(LengthDialog)
    assert isinstance(dialog, LengthDialog)
    assert dialog.seconds.value() == 8.0
    dialog.seconds.setValue(3.0)
    dialog.confirm.click()
    written = worker.exports[-1]
    assert written.sound.config.start == int(20.0 * RATE / HOP)
    assert writes(endless)
    worker.finish_export()
    train_page = endless.train_integration.train_page
    assert train_page.document.project is not None
    assert [take.file for take in train_page.document.project.takes] == [written.path]
    assert not writes(endless)
    assert endless.exporting is not None
    assert endless.exporting.settings.file_seconds == 3.0
    endless.toggle_playing()
    train_page.takes._open_preset(train_page.document.project.takes[0])
    assert endless.session.request == written.sound


def test_files_of_a_repeating_hit_are_those_of_the_hit_that_is_heard(
    endless: AppController, worker: FakeRenderWorker, player: PositionPlayer, one_shot: Path
) -> None:
    endless.models.open(one_shot)
    worker.answer()
    endless.toggle_playing()
    player.lap = 2
    third = endless.session.config.of_hit(2)
    endless.export()
    assert endless.exporting is not None
    assert endless.exporting.dialog is not None
    endless.exporting.dialog.export.click()
    worker.export_cancelled.emit(worker.exports[-1].path)
    endless.keep_take()
    worker.finish_export()
    assert endless.files is not None
    endless.files.drag(lambda path: None)
    assert [each.sound.config for each in worker.exports] == [third, third, third]
    endless.toggle_playing()
    endless.keep_take()
    assert len(worker.exports) == 3, "at rest it is the first hit, which is rendered already"


def keep(controller: AppController) -> None:
    controller.keep_take()
    dialog = controller.window.findChild(LengthDialog)
    assert isinstance(dialog, LengthDialog)
    dialog.confirm.click()


def test_a_window_that_closes_waits_for_its_take_and_a_failure_is_reported(
    endless: AppController, worker: FakeRenderWorker
) -> None:
    keep(endless)
    QTimer.singleShot(0, worker.finish_export)
    assert endless.files is not None
    endless.files.close()
    assert not writes(endless)
    project = endless.train_integration.train_page.document.project
    assert project is not None
    assert [take.file for take in project.takes] == [worker.exports[-1].path]
    keep(endless)
    worker.export_failed.emit(worker.exports[-1].path, "There is no room on the disk.", "")
    message = endless.window.toast.message
    assert message is not None
    assert message.sentence == "There is no room on the disk."
    assert not writes(endless)


def test_a_drag_begins_once_its_file_is_written(endless: AppController, worker: FakeRenderWorker) -> None:
    handle, drags = endless.window.play.picture.handle, list[Path]()
    handle.start_drag = lambda path: drags.append(path)  # type: ignore[method-assign]
    paths = []
    for released in (False, True):
        QTest.mousePress(handle, LEFT, pos=QPoint(8, 8))
        QTest.mouseMove(handle, QPoint(28, 28))
        if released:
            QTest.mouseRelease(handle, LEFT, pos=QPoint(28, 28))
        paths.append(worker.finish_export())
        paths[-1].unlink()
        QTest.mouseRelease(handle, LEFT, pos=QPoint(28, 28))
    assert drags == paths[:1], "a button that was let go of drags nothing"
    assert worker.exports[-1].sound.config.seconds == 8.0
