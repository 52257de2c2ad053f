"""The bench of the moving slider finds the steps and losses there are, and times what was changed."""

import time
from pathlib import Path

import numpy as np
import pytest

from distill_app.audio.output_thread import BLOCK
from distill_app.audio.shared_loop import SharedLoop
from distill_app.dsp.limiter import LOOK_AHEAD
from distill_app.dsp.sound import Samples, Sound
from tests.ui.fakes import ClockOutput
from tools.capture_analysis import lost_samples, steps_at
from tools.live_probe import Probe
from tools.live_window import Card

RATE = 44_100


def tone(frames: int) -> Samples:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(frames) / RATE)).astype(np.float32)


def test_a_step_at_a_splice_is_found_and_a_smooth_one_is_not() -> None:
    samples = tone(20_000)
    assert steps_at(samples, [5000, 10_000]) == 0
    samples[10_000:] *= -1
    samples[10_000:] += 0.3
    assert steps_at(samples, [5000, 10_000]) == 1


def test_what_is_lost_or_put_between_is_counted() -> None:
    written = np.random.default_rng(0).uniform(-1, 1, 10_000).astype(np.float32)
    silence = np.zeros(777, np.float32)
    assert lost_samples(np.concatenate([silence, written]), np.concatenate([silence, silence, written])) == 0
    gap = np.concatenate([written[:5000], silence[:100], written[5000:]])
    assert lost_samples(written, gap) > 4000
    with pytest.raises(ValueError, match="not heard"):
        lost_samples(written, silence)


@pytest.mark.parametrize("ahead", [0, 5000])
def test_a_movement_is_answered_when_its_first_changed_sample_is_written(tmp_path: Path, ahead: int) -> None:
    live, output = SharedLoop(RATE), ClockOutput()
    live.set_loop(Sound(tone(RATE)[None], RATE))
    live.play(0)
    with Probe(live, tmp_path / "written.raw") as probe:
        probe.watch(output)
        probe.moved()
        probe.taken()
        time.sleep(0.05)
        live.patch(ahead, np.zeros(10_000, np.float32))
        blocks = 0
        while not probe.all_seconds:
            _, block = live.next_block(BLOCK)
            output.write(block)
            blocks += 1
    assert blocks == (ahead + LOOK_AHEAD) // BLOCK + 1
    assert probe.all_seconds[0] > 0.05
    assert probe.splices == [ahead + LOOK_AHEAD]


def test_a_movement_that_was_overtaken_waits_for_the_answer_to_a_newer_one(tmp_path: Path) -> None:
    live, output = SharedLoop(RATE), ClockOutput()
    live.set_loop(Sound(tone(RATE)[None], RATE))
    live.play(0)
    with Probe(live, tmp_path / "written.raw") as probe:
        probe.watch(output)
        probe.moved()
        time.sleep(0.05)
        probe.moved()
        probe.taken()
        live.patch(0, np.zeros(10_000, np.float32))
        output.write(live.next_block(BLOCK)[1])
    assert len(probe.all_seconds) == 2
    assert len(probe.newest_seconds) == 1
    assert probe.all_seconds[0] - probe.newest_seconds[0] > 0.045


def test_the_card_takes_its_frames_by_the_clock_and_counts_what_comes_late() -> None:
    card = Card("low")
    assert card.free_frames() == 1024
    card.write(np.zeros((1024, 2), np.float32))
    time.sleep(0.01)
    assert 300 < card.free_frames() < 1024 or card.queued() == 0
    time.sleep(0.05)
    card.write(np.zeros((512, 2), np.float32))
    assert card.underflows == 1
