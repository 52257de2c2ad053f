"""The live picture draws every sample that is played once, also while the window is busy."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from distill_app.common.settings import Settings
from distill_app.dsp.sound import Samples
from distill_app.ui.app.controller import AppController
from distill_app.ui.play.playback import Playback
from tests.ui.fake_player import FakePlayer
from tests.ui.fakes import RATE, FakeRenderWorker


class CountingPlayer(FakePlayer):
    """Plays ten samples between two polls, each louder than the one before, so that each can be identified."""

    heard = 0

    def take_played(self) -> Samples:
        count = 10 if self.playing else 0
        samples = (np.arange(self.heard, self.heard + count) / RATE).astype(np.float32)
        self.heard += count
        return samples


@pytest.fixture
def player() -> CountingPlayer:
    return CountingPlayer()


@pytest.fixture
def watched(
    qtbot: QtBot, controller: AppController, worker: FakeRenderWorker, player: CountingPlayer, tiny_model_file: Path
) -> list[Samples]:
    """Blocks of samples that the live spectrogram receives."""
    controller.models.open(tiny_model_file)
    controller.start_rendering(worker, Settings())
    controller.start_playing(player)
    worker.answer()
    drawn: list[Samples] = []
    push = controller.window.play.picture.live_view.push

    def draw(samples: Samples) -> None:
        drawn.append(samples)
        push(samples)

    controller.window.play.picture.live_view.push = draw  # type: ignore[method-assign]
    controller.toggle_playing()
    return drawn


def test_each_sample_is_drawn_once_when_a_moved_slider_has_been_rendered(
    controller: AppController, worker: FakeRenderWorker, player: CountingPlayer, watched: list[Samples]
) -> None:
    playback = controller.playback
    assert isinstance(playback, Playback)
    for value in (0.5, -0.5, 0.8):
        controller.session.set_slider(0, value)
        playback.poll()
        worker.answer()
        playback.poll()
    assert controller.window.play.picture.shows_live
    np.testing.assert_array_equal(np.concatenate(watched), np.arange(player.heard, dtype=np.float32) / RATE)


def test_a_live_picture_that_starts_midway_begins_without_a_line(
    controller: AppController, watched: list[Samples]
) -> None:
    picture = controller.window.play.picture
    picture.set_live(False)
    picture.set_live(True)
    moments = np.arange(RATE) / RATE
    picture.live_view.push((0.5 * np.cos(2 * np.pi * 300 * moments)).astype(np.float32))
    ring, scale = picture.live_view._ring, picture.live_view.scale
    assert scale is not None
    row = round(scale.row(10_000.0))
    assert max(ring.color_index(column, row) for column in range(ring.width)) < 40, "nothing above −76 dB"
