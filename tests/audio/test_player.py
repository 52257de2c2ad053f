"""The player writes to a device and reports what is heard; the test reads from a fake output."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from distill_app.audio.devices import DeviceChoice
from distill_app.audio.format import PLAYBACK_RATE
from distill_app.audio.loop_source import LoopSource
from distill_app.audio.output import Output
from distill_app.audio.output_thread import BLOCK
from distill_app.audio.player import Player
from distill_app.audio.portaudio import list_outputs, open_output
from distill_app.audio.status import PlayerStatus
from distill_app.common.errors import AudioDeviceError
from distill_app.dsp.limiter import CEILING, LOOK_AHEAD
from distill_app.dsp.resample import resample
from distill_app.dsp.sound import Samples, Sound

_LATENCY = 0.01


class FakeOutput:
    """Output that reads frames when the test calls `take`, and keeps them."""

    device = "Fake"
    host_api = "Hands"
    callback = "C"
    latency_seconds = _LATENCY

    def __init__(self, sample_rate: int = PLAYBACK_RATE, channels: int = 2) -> None:
        self.sample_rate, self.channels = sample_rate, channels
        self.alive, self.closed, self.underflows = True, False, 0
        self._kept: list[Samples] = []
        self._written = self._taken = 0

    def free_frames(self) -> int:
        return 4096 - self.queued()

    def queued(self) -> int:
        return self._written - self._taken

    def write(self, block: Samples) -> None:
        assert len(block) <= self.free_frames()
        self._kept.append(block)
        self._written += len(block)

    def service(self) -> None:
        """Does nothing."""

    def close(self) -> None:
        self.closed, self.alive = True, False

    def take(self, frames: int) -> None:
        """Reads frames as they are written."""
        goal = self._taken + frames
        while self._taken < goal:
            _wait_for(lambda: self.queued() >= 1024)
            self._taken += min(512, goal - self._taken)

    def heard(self) -> Samples:
        return np.concatenate(self._kept)[: self._taken]


def _empty(output: FakeOutput) -> None:
    """Reads everything until the device is closed."""
    while not output.closed:
        output._taken = output._written
        time.sleep(0.001)


def _wait_for(met: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not met():
        assert time.monotonic() - begun < 60
        time.sleep(0.001)


@pytest.fixture
def output() -> FakeOutput:
    return FakeOutput()


@pytest.fixture
def player(output: FakeOutput) -> Iterator[Player]:
    player = Player(lambda _: output)
    yield player
    player.close()


def _tone(seconds: float = 1.0, amplitude: float = 0.5) -> Sound:
    turns = 2 * np.pi * 440 * np.arange(round(seconds * PLAYBACK_RATE)) / PLAYBACK_RATE
    return Sound((amplitude * np.sin(turns)).astype(np.float32)[None], PLAYBACK_RATE)


def _from_first_sound(heard: Samples) -> Samples:
    return heard[np.flatnonzero(heard.any(axis=1))[0] :]


def _source_block(sound: Sound, frames: int) -> Samples:
    source = LoopSource(PLAYBACK_RATE)
    source.set_loop(sound)
    source.play()
    return _from_first_sound(source.next_block(frames))


def test_the_device_gets_the_samples_of_the_loop_source(player: Player, output: FakeOutput) -> None:
    player.live.set_loop(_tone())
    player.play()
    output.take(100_000)
    heard = _from_first_sound(output.heard())
    assert len(heard) > 80_000
    np.testing.assert_array_equal(heard, _source_block(_tone(), 110_000)[: len(heard)])


def test_the_position_is_that_of_the_heard_sample(player: Player, output: FakeOutput) -> None:
    player.live.set_loop(_tone(2.0))
    player.play(0.5)
    assert player.playing
    assert player.position_seconds == 0.5
    output.take(44_100)
    silence = np.flatnonzero(output.heard().any(axis=1))[0] / PLAYBACK_RATE
    assert player.position_seconds == pytest.approx(1.5 - silence - _LATENCY, abs=0.02)


def test_after_the_end_the_position_is_zero(player: Player, output: FakeOutput) -> None:
    player.looping = False
    player.live.set_loop(_tone(1.0))
    player.play(0.5)
    output.take(44_100)
    assert not player.playing
    assert player.position_seconds == 0


def test_levels_are_the_peaks_since_the_last_call(player: Player, output: FakeOutput) -> None:
    player.live.set_loop(_tone())
    player.play()
    output.take(20_000)
    levels = player.levels()
    assert levels.peaks_dbfs == pytest.approx((-6.02, -6.02), abs=0.01)
    assert not levels.clipped
    player.stop()
    output.take(20_000)
    player.levels()
    output.take(2_000)
    assert player.levels().peaks_dbfs == (-np.inf, -np.inf)


def test_a_peak_above_full_scale_is_limited_and_reported(player: Player, output: FakeOutput) -> None:
    player.live.set_loop(_tone(amplitude=1.5))
    player.play()
    output.take(20_000)
    levels = player.levels()
    assert (levels.limited, levels.clipped) == (True, False)
    assert levels.peaks_dbfs == pytest.approx((-0.1, -0.1), abs=1e-4)
    assert np.abs(output.heard()).max() <= CEILING


def test_without_the_limiter_a_peak_is_clipped_and_reported(player: Player, output: FakeOutput) -> None:
    player.limiting = False
    player.live.set_loop(_tone(amplitude=1.5))
    player.play()
    output.take(20_000)
    levels = player.levels()
    assert (levels.limited, levels.clipped) == (False, True)
    assert np.abs(output.heard()).max() == pytest.approx(1.5, abs=1e-3)


def test_levels_are_measured_before_the_volume(player: Player, output: FakeOutput) -> None:
    player.volume = 0.5
    player.live.set_loop(_tone(amplitude=0.5))
    player.play()
    output.take(20_000)
    assert np.abs(output.heard()[8_000:]).max() == pytest.approx(0.25, abs=1e-3)
    assert player.levels().peaks_dbfs[0] == pytest.approx(-6.02, abs=0.05)
    assert np.abs(player.take_played()).max() == pytest.approx(0.5, abs=1e-3)


def test_muting_is_silence_without_a_step(player: Player, output: FakeOutput) -> None:
    player.live.set_loop(_tone(amplitude=0.5))
    player.play()
    output.take(10_000)
    player.volume = 0.0
    output.take(10_000)
    heard = output.heard()
    assert not heard[-2_000:].any()
    assert np.abs(np.diff(heard[2_000:, 0])).max() < 1.1 * 0.5 * 2 * np.pi * 440 / PLAYBACK_RATE


def test_take_played_returns_the_heard_samples(player: Player, output: FakeOutput) -> None:
    player.live.set_loop(_tone(2.0))
    player.play()
    taken = []
    for _ in range(20):
        output.take(1500)
        taken.append(player.take_played())
    played, heard = np.concatenate(taken), output.heard()[:, 0]
    assert len(heard) - _LATENCY * PLAYBACK_RATE - BLOCK < len(played) <= len(heard)
    np.testing.assert_array_equal(played, heard[: len(played)])


def test_samples_taken_late_have_no_gap(player: Player, output: FakeOutput) -> None:
    player.live.set_loop(_tone(4.0))
    player.play()
    output.take(4 * PLAYBACK_RATE)
    played, heard = player.take_played(), output.heard()[:, 0]
    assert len(played) > 3.9 * PLAYBACK_RATE
    np.testing.assert_array_equal(played, heard[: len(played)])


def test_the_test_tone_is_mixed_with_the_sound(player: Player, output: FakeOutput) -> None:
    player.test_tone()
    output.take(44_100)
    heard = output.heard()[:, 0]
    assert np.abs(heard).max() == pytest.approx(0.2, abs=1e-3)
    assert not heard[-2000:].any()
    assert np.abs(np.diff(heard)).max() < 0.2 * 2 * np.pi * 440 / PLAYBACK_RATE * 1.2
    assert not player.playing


def test_after_stop_the_stream_plays_silence(player: Player, output: FakeOutput) -> None:
    player.live.set_loop(_tone())
    player.play()
    output.take(10_000)
    player.stop()
    assert not player.playing
    output.take(20_000)
    assert not output.heard()[-10_000:].any()
    assert not output.closed


def test_a_sound_played_once_is_playing_until_its_end_is_heard(player: Player, output: FakeOutput) -> None:
    player.looping = False
    player.live.set_loop(_tone(0.5))
    player.play()
    output.take(20_000)
    assert player.playing
    output.take(20_000)
    assert not player.playing


def test_seek_jumps_only_while_playing(player: Player, output: FakeOutput) -> None:
    player.live.set_loop(_tone(2.0))
    player.seek(1.0)
    assert not player.playing
    player.play()
    output.take(10_000)
    player.seek(1.5)
    output.take(10_000)
    assert player.position_seconds == pytest.approx(1.6, abs=0.1)


def test_status_names_the_device(player: Player, output: FakeOutput) -> None:
    assert player.status == PlayerStatus()
    player.open()
    output.underflows = 3
    status = player.status
    assert (status.device, status.sample_rate, status.underflows, status.callback) == ("Fake", 44_100, 3, "C")
    assert _LATENCY <= status.latency_seconds <= _LATENCY + 0.1


def test_a_device_of_another_rate_gets_resampled_sound() -> None:
    output = FakeOutput(48_000)
    player = Player(lambda _: output)
    player.live.set_loop(_tone(amplitude=0.9))
    player.play()
    output.take(40_000)
    player.close()
    heard = output.heard()
    assert np.abs(heard).max() > 0.8
    assert any(_heard_after(blocks, heard) for blocks in range(60))


def _heard_after(blocks: int, heard: Samples) -> bool:
    """Whether it is the resampled sound after `blocks` blocks of silence."""
    source = LoopSource(PLAYBACK_RATE)
    silence = source.next_block(BLOCK * blocks + LOOK_AHEAD)
    source.set_loop(_tone(amplitude=0.9))
    source.play()
    stream = np.concatenate([silence, source.next_block(len(heard))])
    expected = resample(torch.from_numpy(stream.T.copy()), PLAYBACK_RATE, 48_000).numpy().T
    return np.allclose(heard, expected[: len(heard)], atol=1e-6)


def test_a_device_of_one_channel_gets_the_mean() -> None:
    output = FakeOutput(channels=1)
    player = Player(lambda _: output)
    player.live.set_loop(
        Sound(np.stack([np.full(44_100, 0.5), np.full(44_100, 0.1)]).astype(np.float32), PLAYBACK_RATE)
    )
    player.play()
    output.take(20_000)
    player.close()
    assert output.heard().shape[1] == 1
    assert output.heard()[-1, 0] == pytest.approx(0.3)


def test_close_ends_the_thread_and_the_device(output: FakeOutput) -> None:
    before = set(threading.enumerate())
    player = Player(lambda _: output)
    player.live.set_loop(_tone())
    player.play()
    player.close()
    assert output.closed
    assert set(threading.enumerate()) == before
    player.close()


def _playing_on_devices() -> tuple[Player, list[FakeOutput]]:
    """A playing player and the devices that it has opened."""
    outputs: list[FakeOutput] = []

    def open_next(_: DeviceChoice) -> Output:
        outputs.append(FakeOutput())
        return outputs[-1]

    player = Player(open_next)
    player.live.set_loop(_tone())
    player.play()
    return player, outputs


def test_a_missing_device_is_replaced_at_the_next_play() -> None:
    player, outputs = _playing_on_devices()
    outputs[0].take(5000)
    outputs[0].alive = False
    assert (player.playing, player.status) == (False, PlayerStatus())
    player.play()
    outputs[1].take(20_000)
    assert player.playing
    assert outputs[1].heard().any()
    player.close()


def test_played_samples_continue_without_a_jump_after_a_change_of_device() -> None:
    player, outputs = _playing_on_devices()
    outputs[0].take(5000)
    played = [player.take_played()]
    manager = player._devices
    emptied = threading.Thread(target=lambda: _empty(outputs[0]))
    emptied.start()
    with manager._lock:
        manager._reopen()
    emptied.join()
    outputs[1].take(5000)
    played.append(player.take_played())
    player.close()
    whole = np.concatenate(played)
    assert np.abs(np.diff(whole)).max() < 0.5 * 2 * np.pi * 440 / PLAYBACK_RATE * 1.2


def test_without_a_device_only_play_fails() -> None:
    def nothing(_: DeviceChoice) -> Output:
        raise AudioDeviceError("No sound output was found.")

    player = Player(nothing)
    player.live.set_loop(_tone())
    with pytest.raises(AudioDeviceError, match="No sound output"):
        player.play()
    player.stop()
    assert (player.playing, player.position_seconds, player.status) == (False, 0.0, PlayerStatus())
    assert player.levels().peaks_dbfs == (-np.inf, -np.inf)
    player.close()


def test_missing_portaudio_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(AudioDeviceError, match="libportaudio2"):
        open_output(DeviceChoice())
    with pytest.raises(AudioDeviceError, match="libportaudio2"):
        list_outputs()


def test_a_portaudio_that_fails_to_list_devices_is_a_missing_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that watches the device must live on: it opens the device as soon as there is one."""

    class FakeError(Exception):
        pass

    def fail() -> None:
        raise FakeError("PortAudio not initialized", -10_000)

    fake = SimpleNamespace(PortAudioError=FakeError, _terminate=lambda: None, _initialize=fail)
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    with pytest.raises(AudioDeviceError, match="cannot be listed"):
        open_output(DeviceChoice())
