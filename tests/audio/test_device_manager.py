"""The sound continues when devices appear and disappear, and a notice names the device."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from distill_app.audio import device_manager as module
from distill_app.audio.devices import DeviceChoice, OutputDevice
from distill_app.audio.format import PLAYBACK_RATE
from distill_app.audio.output import Output
from distill_app.audio.player import Player
from distill_app.common.errors import AudioDeviceError
from distill_app.dsp.sound import Sound
from tests.ui.fakes import ClockOutput

BUILT_IN = OutputDevice("Built-in", "Test", 2, 44_100, True)
HEADPHONES = OutputDevice("Headphones", "Test", 2, 48_000, False)


class FakeComputer:
    """Devices that can be plugged in and unplugged."""

    def __init__(self, *devices: OutputDevice) -> None:
        self.devices = devices
        self.opened: list[ClockOutput] = []
        self.choices: list[DeviceChoice] = []

    def open(self, choice: DeviceChoice) -> Output:
        assert all(not output.alive or output.closed for output in self.opened), "two streams at once"
        for device in self.devices:
            if choice.matches(device):
                self.choices.append(choice)
                self.opened.append(ClockOutput(choice.sample_rate or 44_100))
                self.opened[-1].device = device.name
                return self.opened[-1]
        raise AudioDeviceError("No sound output was found.")

    def scan_outputs(self) -> tuple[OutputDevice, ...]:
        return self.devices

    def unplug(self, device: OutputDevice) -> None:
        self.devices = tuple(other for other in self.devices if other != device)
        for output in self.opened:
            if output.device == device.name:
                output.alive = False

    def plug_in(self, device: OutputDevice) -> None:
        self.devices = (*self.devices, device)


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WATCH_SECONDS", 0.01)
    monkeypatch.setattr(module, "_RESCAN_SECONDS", 0.05)


@pytest.fixture
def computer() -> FakeComputer:
    return FakeComputer(BUILT_IN, HEADPHONES)


@pytest.fixture
def player(computer: FakeComputer) -> Iterator[Player]:
    player = Player(computer.open, computer.scan_outputs)
    moments = np.arange(44_100) / PLAYBACK_RATE
    player.live.set_loop(Sound((0.5 * np.sin(2 * np.pi * 440 * moments)).astype(np.float32)[None], PLAYBACK_RATE))
    yield player
    player.close()


def wait_for(met: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not met():
        assert time.monotonic() - begun < 60
        time.sleep(0.005)


def plays_through(player: Player, device: OutputDevice) -> bool:
    return player.playing and player.status.device == device.name


def choose(player: Player, device: OutputDevice) -> None:
    player.choose(DeviceChoice(device.name, device.host_api))


def test_the_default_device_plays_until_another_is_chosen(player: Player) -> None:
    player.play()
    assert plays_through(player, BUILT_IN)
    choose(player, HEADPHONES)
    wait_for(lambda: plays_through(player, HEADPHONES))
    assert not player.status.fallen_back


def test_the_choice_sets_rate_and_latency(player: Player, computer: FakeComputer) -> None:
    player.play()
    player.choose(replace(player.choice, latency="low", sample_rate=48_000))
    wait_for(lambda: player.status.sample_rate == 48_000)
    assert computer.choices[-1].latency == "low"


def test_the_default_device_plays_when_the_chosen_one_is_unplugged(player: Player, computer: FakeComputer) -> None:
    choose(player, HEADPHONES)
    player.play()
    computer.unplug(HEADPHONES)
    wait_for(lambda: plays_through(player, BUILT_IN))
    assert player.status.fallen_back
    wait_for(
        lambda: player.status.notice == "“Headphones” is unavailable; playing through “Built-in” until it returns."
    )
    wait_for(lambda: any(block.any() for block in computer.opened[-1].heard))


def test_the_chosen_device_plays_again_when_it_is_plugged_in(player: Player, computer: FakeComputer) -> None:
    choose(player, HEADPHONES)
    player.play()
    computer.unplug(HEADPHONES)
    wait_for(lambda: plays_through(player, BUILT_IN))
    computer.plug_in(HEADPHONES)
    wait_for(lambda: plays_through(player, HEADPHONES))
    assert not player.status.fallen_back
    wait_for(lambda: player.status.notice == "“Headphones” is back; playing through it again.")


def test_the_default_device_plays_when_the_chosen_one_is_missing_at_start(
    player: Player, computer: FakeComputer
) -> None:
    computer.unplug(HEADPHONES)
    choose(player, HEADPHONES)
    player.play()
    assert plays_through(player, BUILT_IN)
    assert "“Headphones” is unavailable" in player.status.notice


def test_a_device_that_appears_after_the_start_is_opened(player: Player, computer: FakeComputer) -> None:
    computer.devices = ()
    with pytest.raises(AudioDeviceError):
        player.play()
    computer.plug_in(BUILT_IN)
    wait_for(lambda: player.status.device == "Built-in")
    wait_for(lambda: player.status.notice == "Playing through “Built-in”.")
    assert not player.playing


def test_the_sound_continues_when_the_only_device_is_plugged_in_again(player: Player, computer: FakeComputer) -> None:
    player.play()
    computer.unplug(BUILT_IN)
    computer.devices = ()
    wait_for(lambda: "The sound device is gone" in player.status.notice)
    assert not player.playing
    computer.plug_in(BUILT_IN)
    wait_for(lambda: plays_through(player, BUILT_IN))


def test_a_device_that_stops_reading_is_reopened(
    player: Player, computer: FakeComputer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some devices report to be active but read nothing after the computer slept."""
    monkeypatch.setattr(module, "_STALLED_SECONDS", 0.1)
    player.play()
    computer.opened[0].freeze()
    wait_for(lambda: len(computer.opened) > 1)
    wait_for(lambda: plays_through(player, BUILT_IN))


def test_a_change_of_device_keeps_the_position_without_a_click(player: Player, computer: FakeComputer) -> None:
    player.play()
    time.sleep(0.1)
    choose(player, HEADPHONES)
    wait_for(lambda: plays_through(player, HEADPHONES))
    time.sleep(0.1)
    player.close()
    for output in computer.opened:
        heard = np.concatenate([np.zeros((1, 2)), *output.heard, np.zeros((1, 2))])
        assert np.abs(np.diff(heard[:, 0])).max() < 1.5 * 0.5 * 2 * np.pi * 440 / PLAYBACK_RATE


def test_a_rescan_updates_the_outputs_without_interrupting_the_sound(player: Player, computer: FakeComputer) -> None:
    player.play()
    player.rescan()
    wait_for(lambda: player.outputs() == (BUILT_IN, HEADPHONES))
    computer.unplug(HEADPHONES)
    player.rescan()
    wait_for(lambda: player.outputs() == (BUILT_IN,))
    assert len(computer.opened) == 1
