"""The window with the real worker, from a control to the samples of the device."""

import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file, save_file

from distill_app.audio.player import Player
from distill_app.common.paths import vocoder_folder
from distill_app.common.safetensors_io import METADATA_KEY, read_metadata
from distill_app.common.settings import Settings
from distill_app.models.model import DistillModel
from distill_app.models.model_file import save_model
from distill_app.ui.app.controller import AppController
from distill_app.ui.widgets.toast import Message
from distill_app.vocoders.built_in import BUILT_IN, BUILT_IN_VOCODERS
from distill_app.vocoders.registry import VocoderEntry, vocoder_entries
from distill_app.workers.rendering.messages import RenderResult
from distill_app.workers.rendering.worker import RenderThread
from tests.local_vocoder import SLOW, LocalVocoder
from tests.paths import GOLDEN
from tests.ui.fakes import ClockOutput, FakeVocoderRegistry, clock_device

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def live(
    qtbot: QtBot, controller: AppController, outputs: list[ClockOutput], tiny_model_file: Path, tmp_path: Path
) -> Iterator[AppController]:
    """Controller with the real render thread and a short sound."""
    controller.models.open(tiny_model_file)
    controller.session.set_seconds(0.5)
    thread, player = RenderThread(), Player(clock_device(outputs))
    thread.worker.play_into(player.live)
    thread.start()
    with qtbot.waitSignal(controller.first_sound, timeout=60_000):
        controller.start_rendering(thread.worker, Settings(export_folder=str(tmp_path)))
        controller.start_playing(player)
    yield controller
    controller.close()
    thread.stop()
    assert thread.isFinished()


def samples(controller: AppController) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    assert controller.rendering is not None
    assert isinstance(controller.rendering.shown, RenderResult)
    return controller.rendering.shown.sound.samples[0]


def looped_samples(controller: AppController) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Samples that are heard while the sound is looped."""
    assert controller.rendering is not None
    assert isinstance(controller.rendering.shown, RenderResult)
    assert controller.rendering.shown.loop is not None
    return controller.rendering.shown.loop.samples[0]


def replace_loop(qtbot: QtBot, controller: AppController) -> None:
    qtbot.waitUntil(lambda: controller.rendering is not None and not controller.rendering.busy, timeout=60_000)


def test_a_slider_changes_the_sound_and_undo_restores_it_exactly(qtbot: QtBot, live: AppController) -> None:
    before = samples(live)
    slider = live.window.play.slider_panel.sliders[0]
    QTest.mousePress(slider, LEFT, pos=QPoint(100, 32))
    QTest.mouseMove(slider, QPoint(180, 32))
    QTest.mouseRelease(slider, LEFT, pos=QPoint(180, 32))
    replace_loop(qtbot, live)
    moved = samples(live)
    assert not np.array_equal(moved, before)
    live.window.undo()
    replace_loop(qtbot, live)
    assert np.array_equal(samples(live), before)


def test_mode_length_seed_and_drift_each_change_the_sound(qtbot: QtBot, live: AppController) -> None:
    session, heard = live.session, [samples(live)]
    changes: tuple[Callable[[], None], ...] = (
        lambda: session.set_mode("interpolate"),
        lambda: session.set_drift(0.5),
        lambda: session.set_seed(3),
        lambda: session.set_seconds(0.75),
        lambda: session.set_mode("crossfade"),
    )
    for change in changes:
        change()
        replace_loop(qtbot, live)
        heard.append(samples(live))
    for one, other in pairwise(heard):
        assert not np.array_equal(one, other)
    assert len(heard[4]) == round(0.75 * 44_100)


def test_what_plays_is_what_is_exported(
    qtbot: QtBot, live: AppController, outputs: list[ClockOutput], tmp_path: Path
) -> None:
    """With a vocoder that is chosen; Auto writes files with another one than it plays."""
    live.vocoders.choose(BUILT_IN.id)
    replace_loop(qtbot, live)
    live.set_looping(False)
    QTest.mouseClick(live.window.play.transport.play, LEFT)
    qtbot.waitUntil(lambda: live.window.play.transport.play.text() == "Play", timeout=60_000)
    heard = np.concatenate(outputs[0].heard)[:, 0]
    start = int(np.flatnonzero(heard)[0])
    live.export()
    assert live.exporting is not None
    assert live.exporting.dialog is not None
    live.exporting.dialog.bits.show_data("32f")
    QTest.mouseClick(live.exporting.dialog.export, LEFT)
    qtbot.waitUntil(lambda: live.exporting is not None and live.exporting.dialog is None, timeout=60_000)
    written, rate = soundfile.read(tmp_path / "Tiny.wav", dtype="float32")
    assert rate == 44_100
    assert np.array_equal(written, samples(live))
    middle = slice(4410, 17_640)
    offset = int(np.argmax(np.correlate(heard[start : start + 22_050], written[middle], "valid")))
    assert np.allclose(heard[start + offset :][: middle.stop - middle.start], written[middle], atol=1e-6)


def test_a_damaged_model_is_reported_by_the_worker_and_the_one_before_plays_on(
    qtbot: QtBot, live: AppController, tiny_model_file: Path, tmp_path: Path
) -> None:
    before, request = samples(live), live.session.request
    damaged = tmp_path / "damaged.distillgan"
    whole = tiny_model_file.read_bytes()
    damaged.write_bytes(whole[:-1000] + b"\xff" * 1000)  # the header is sound, the tensors are no numbers
    assert live.models.open(damaged)
    qtbot.waitUntil(lambda: live.window.toast.message is not None, timeout=60_000)
    replace_loop(qtbot, live)
    assert "damaged" in live.window.toast.accessibleName()
    assert live.session.request == request
    assert np.array_equal(samples(live), before)


def test_damaged_recordings_are_said_once_and_the_model_plays_without(
    qtbot: QtBot,
    live: AppController,
    grain_model: DistillModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    damaged = tmp_path / "damaged.distillgan"
    said: list[Message] = []
    save_model(grain_model, damaged)
    tensors, metadata = load_file(damaged), {METADATA_KEY: read_metadata(damaged)}
    save_file(tensors | {"grain.0": tensors["grain.0"].flip(0)}, damaged, metadata)
    assert live.rendering is not None
    monkeypatch.setattr(live.window.toast, "show_message", said.append)
    live.models.open(damaged)
    replace_loop(qtbot, live)
    live.session.set_slider(0, 0.5)
    replace_loop(qtbot, live)
    assert live.rendering.shown is not None
    assert (live.rendering.shown.request.model, live.rendering.shown.vocoder) == (damaged, BUILT_IN.id)
    assert len(said) == 1
    assert "damaged" in said[0].sentence


def test_the_old_vocoder_plays_on_until_the_new_one_is_ready(
    qtbot: QtBot,
    live: AppController,
    registry: FakeVocoderRegistry,
    outputs: list[ClockOutput],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every played sample is of one vocoder or the other, except during their crossfade."""
    monkeypatch.setitem(BUILT_IN_VOCODERS, SLOW, partial(LocalVocoder, wait=partial(time.sleep, 0.1)))
    registry.entries[SLOW.id] = VocoderEntry(SLOW, "built in")
    before = looped_samples(live)
    live.toggle_playing()
    qtbot.wait(300)
    live.window.play.source.vocoder_chosen.emit(SLOW.id)
    qtbot.waitUntil(lambda: live.window.play.source.heard.text() == "Preview: Built-in", timeout=60_000)
    replace_loop(qtbot, live)
    assert live.window.play.source.heard.text() == ""
    qtbot.wait(800)
    live.toggle_playing()
    heard = np.concatenate(outputs[0].heard)[:, 0]
    heard = heard[int(np.flatnonzero(heard)[0]) + 2_000 : -8_000]  # it fades in and out
    start = int(np.argmax(np.correlate(np.tile(before, 2), heard[:4_000], "valid")))
    places = (start + np.arange(len(heard))) % len(before)
    old, new = (np.isclose(heard, loop[places], atol=1e-6) for loop in (before, looped_samples(live)))
    given_way = np.flatnonzero(~old)[0]
    assert given_way > 22_050, "the slow one takes more than half a second"
    assert new[given_way + 4_410 :].all()
    assert len(heard) > given_way + 8_820


def install(registry: FakeVocoderRegistry, name: str) -> Path:
    """Published checkpoint in the folder of installed vocoders."""
    folder = vocoder_folder() / "mine"
    shutil.copytree(GOLDEN / name, folder)
    (folder / "golden.safetensors").unlink()
    registry.entries["mine"] = next(listing for listing in vocoder_entries() if listing.info.id == "mine")
    return folder


def test_a_published_vocoder_makes_the_sound(qtbot: QtBot, live: AppController, registry: FakeVocoderRegistry) -> None:
    install(registry, "hifigan_v2")
    before = samples(live)
    live.window.play.source.vocoder_chosen.emit("mine")
    replace_loop(qtbot, live)
    after = samples(live)
    assert live.session.request is not None
    assert live.session.request.vocoder == "mine"
    assert len(after) == len(before)
    assert np.abs(after).max() > 0
    assert not np.allclose(after, before, atol=1e-3)
    live.session.set_slider(0, 1.0)
    replace_loop(qtbot, live)
    assert not np.allclose(samples(live), after, atol=1e-6), "it hears the mel"


def test_damaged_weights_are_reported_and_the_vocoder_before_plays_on(
    qtbot: QtBot, live: AppController, registry: FakeVocoderRegistry
) -> None:
    weights = install(registry, "hifigan_v2") / "generator.pt"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    before, request = samples(live), live.session.request
    live.window.play.source.vocoder_chosen.emit("mine")
    qtbot.waitUntil(lambda: live.window.toast.message is not None, timeout=60_000)
    replace_loop(qtbot, live)
    message = live.window.toast.message
    assert message is not None
    assert (message.kind, message.action) == ("error", ""), "a sentence that needs no details"
    assert "generator.pt" in message.sentence
    assert live.session.request == request
    assert not live.session.history.canUndo() or live.session.history.undoText() != "change vocoder"
    assert np.array_equal(samples(live), before)
