"""Analysis of captured output, and latencies measured by the probe."""

import time
from pathlib import Path

import numpy as np
import pytest

from distill_app.audio.output_thread import BLOCK
from distill_app.audio.shared_loop import SharedLoop
from distill_app.dsp.limiter import LOOK_AHEAD
from distill_app.dsp.sound import Samples, Sound
from tests.ui.fakes import ClockOutput
from tools.capture_analysis import count_lost_samples, count_steps
from tools.live_probe import Probe
from tools.live_window import ClockDevice

RATE = 44_100


def tone(frames: int) -> Samples:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(frames) / RATE)).astype(np.float32)


def test_a_step_at_a_splice_is_found_and_a_smooth_one_is_not() -> None:
    samples = tone(20_000)
    assert count_steps(samples, [5000, 10_000]) == 0
    samples[10_000:] *= -1
    samples[10_000:] += 0.3
    assert count_steps(samples, [5000, 10_000]) == 1


def test_lost_and_inserted_samples_are_counted() -> None:
    written = np.random.default_rng(0).uniform(-1, 1, 10_000).astype(np.float32)
    silence = np.zeros(777, np.float32)
    assert count_lost_samples(np.concatenate([silence, written]), np.concatenate([silence, silence, written])) == 0
    gap = np.concatenate([written[:5000], silence[:100], written[5000:]])
    assert count_lost_samples(written, gap) > 4000
    with pytest.raises(ValueError, match="nothing that was written was recorded"):
        count_lost_samples(written, silence)


@pytest.mark.parametrize("ahead", [0, 5000])
def test_latency_ends_when_the_first_changed_sample_is_written(tmp_path: Path, ahead: int) -> None:
    live, output = SharedLoop(RATE), ClockOutput()
    live.set_loop(Sound(tone(RATE)[None], RATE))
    live.play(0)
    with Probe(live, tmp_path / "written.raw") as probe:
        probe.watch(output)
        probe.on_moved()
        probe.on_taken()
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


def test_superseded_movement_is_answered_with_the_newer_one(tmp_path: Path) -> None:
    live, output = SharedLoop(RATE), ClockOutput()
    live.set_loop(Sound(tone(RATE)[None], RATE))
    live.play(0)
    with Probe(live, tmp_path / "written.raw") as probe:
        probe.watch(output)
        probe.on_moved()
        time.sleep(0.05)
        probe.on_moved()
        probe.on_taken()
        live.patch(0, np.zeros(10_000, np.float32))
        output.write(live.next_block(BLOCK)[1])
    assert len(probe.all_seconds) == 2
    assert len(probe.newest_seconds) == 1
    assert probe.all_seconds[0] - probe.newest_seconds[0] > 0.045


def test_clock_device_consumes_in_real_time_and_counts_underflows() -> None:
    device = ClockDevice("low")
    assert device.free_frames() == 1024
    device.write(np.zeros((1024, 2), np.float32))
    time.sleep(0.01)
    assert 300 < device.free_frames() < 1024 or device.queued() == 0
    time.sleep(0.05)
    device.write(np.zeros((512, 2), np.float32))
    assert device.underflows == 1
