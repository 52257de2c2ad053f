"""Choosing a device, and running out of memory on it, which changes nothing but the time."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from distill_app.common.errors import VocoderError
from distill_app.common.torch_devices import available_devices
from distill_app.vocoders import network_vocoder as module
from distill_app.vocoders.network_vocoder import NetworkVocoder
from distill_app.vocoders.runtime.compute_config import ComputeConfig, DeviceName
from distill_app.vocoders.runtime.devices import (
    CPU,
    DevicePlacement,
    _pin_complex_layers,
    choose_device,
    is_out_of_memory,
)
from tests.vocoders.small_networks import SMALL, info_of, mel_of, small_network

CARD = torch.device("cpu", 0)
"""A device that is not equal to the CPU and computes like it."""
CONFIG = SMALL["hifigan-2"]
CONTEXT = CONFIG.context_frames
CHUNK, FRAMES = 16, 98
FAILURES: list[Callable[[], Exception]] = [
    lambda: torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
    lambda: RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 7.93 GiB total capacity)"),
    lambda: RuntimeError("CUDA error: out of memory"),
    lambda: RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    lambda: RuntimeError("MPS backend out of memory (MPS allocated: 8.00 GB, other allocations: 1.00 GB)"),
    lambda: RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: not enough memory: you tried to"),
    lambda: RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 160000000000 bytes."),
    lambda: MemoryError(),
]
Refuse = Callable[[int, int, bool], bool]
"""Whether memory is full, given the number of earlier calls, the frames, and whether it runs on the card."""


@cache
def _inner() -> nn.Module:
    return small_network(CONFIG)


@cache
@torch.inference_mode()
def _expected() -> Tensor:
    samples: Tensor = _inner()(_mel()[None])
    return samples


class FakeFullNetwork(nn.Module):
    """Small network whose device runs out of memory when `refuse` says so."""

    def __init__(self, refuse: Refuse, failure: Callable[[], Exception] = FAILURES[0]) -> None:
        super().__init__()
        self.inner = _inner()
        self.refuse, self.failure, self.on_card = refuse, failure, False
        self.calls: list[tuple[bool, int]] = []

    def __deepcopy__(self, memo: dict[int, Any]) -> "FakeFullNetwork":
        twin = FakeFullNetwork(self.refuse, self.failure)
        twin.calls, twin.on_card = self.calls, True
        return twin

    def forward(self, mel: Tensor) -> Tensor:
        count = len(self.calls)
        self.calls.append((self.on_card, mel.shape[-1]))
        if self.refuse(count, mel.shape[-1], self.on_card):
            raise self.failure()
        samples: Tensor = self.inner(mel)
        return samples


class MessageRecorder:
    """Collects the messages for the user."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def __call__(self, sentence: str) -> None:
        self.sentences.append(sentence)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "choose_device", lambda _: CARD)


def _vocoder(network: FakeFullNetwork, notify: Callable[[str], None] = lambda _: None) -> NetworkVocoder:
    return NetworkVocoder(info_of("cramped", CONFIG), network, CONTEXT, chunk_frames=CHUNK, notify=notify)


def _mel() -> Tensor:
    return mel_of(CONFIG, FRAMES)


def _assert_unchanged(heard: Tensor) -> None:
    expected = _expected()
    assert heard.shape == expected.shape
    assert (heard - expected).abs().max() <= 1e-5 * expected.abs().max()


# Choosing


def test_the_processor_is_always_there_and_the_fastest_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert available_devices() == ("cuda", "cpu")
    assert choose_device("auto") == torch.device("cuda")
    assert choose_device("cpu") == CPU
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == CPU


@pytest.mark.parametrize(("wanted", "words"), [("cuda", "NVIDIA graphics card"), ("mps", "Apple graphics processor")])
def test_a_device_that_is_not_there_is_refused_with_those_that_are(
    wanted: DeviceName, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(VocoderError, match=f"no {words}.*processor"):
        NetworkVocoder(info_of("any", CONFIG), small_network(CONFIG), CONTEXT, ComputeConfig(wanted))


@pytest.mark.parametrize("device", available_devices())
@pytest.mark.parametrize("name", SMALL)
def test_a_sound_is_the_same_on_every_device_of_this_computer(name: str, device: DeviceName) -> None:
    config, mel = SMALL[name], mel_of(SMALL[name], 50)
    vocoder = NetworkVocoder(info_of(name, config), small_network(config), config.context_frames, ComputeConfig(device))
    with torch.inference_mode():
        expected = small_network(config)(mel[None])
    heard = vocoder.preview(mel)
    assert (vocoder.device.type, heard.device) == (device, CPU)
    assert (heard - expected).abs().max() <= 1e-5 * expected.abs().max()


@pytest.mark.parametrize(("name", "part"), [("vocos-centred", "head"), ("convnext", ""), ("hifigan-1", "none")])
def test_complex_layers_can_be_on_another_device(name: str, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Complex layers are on the other device, their input is moved there, and the rest stays."""
    network, mel = _pin_complex_layers(small_network(SMALL[name]), torch.device("meta")), mel_of(SMALL[name], 20)[None]
    apart = {key for key, parameter in network.named_parameters() if parameter.device.type == "meta"}
    assert apart == {key for key, _ in network.named_parameters() if key.startswith(part)}
    if apart:
        monkeypatch.setattr(network.get_submodule(part), "forward", lambda brought: brought)
    assert network(mel).device.type == ("meta" if apart else "cpu")


# Memory


@pytest.mark.parametrize("failure", FAILURES)
def test_every_way_to_say_that_memory_is_full_is_understood(failure: Callable[[], Exception]) -> None:
    assert is_out_of_memory(failure())


@pytest.mark.parametrize(
    "failure",
    [
        RuntimeError("Given groups=1, weight of size [32, 80, 7], expected input to have 80 channels"),
        RuntimeError("CUDA error: device-side assert triggered"),
        ValueError("out of memory"),
        OSError("not enough memory"),
    ],
)
def test_other_failures_are_not_treated_as_full_memory(failure: Exception) -> None:
    assert not is_out_of_memory(failure)
    vocoder = _vocoder(FakeFullNetwork(lambda *_: True, lambda: failure))
    with pytest.raises(type(failure), match=str(failure)[:20].replace("[", r"\[")):
        vocoder.preview(_mel())


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("when", [0, 2, 5])
def test_memory_full_once_at_the_first_a_middle_or_the_last_chunk(when: int, failure: Callable[[], Exception]) -> None:
    recorder, network = MessageRecorder(), FakeFullNetwork(lambda count, *_: count == when, failure)
    _assert_unchanged(_vocoder(network, recorder).preview(_mel()))
    assert len(recorder.sentences) == 1
    assert "graphics card" in recorder.sentences[0]
    assert all(on_card for on_card, _ in network.calls)
    assert network.calls[when + 1][1] < network.calls[when][1]


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize("room", range(0, CHUNK + 2 * CONTEXT + 1))
def test_a_card_of_every_size(room: int) -> None:
    """The card has memory for so many frames; what does not fit at all is computed on the CPU."""
    recorder, network = MessageRecorder(), FakeFullNetwork(lambda _, frames, on_card: on_card and frames > room)
    _assert_unchanged(_vocoder(network, recorder).preview(_mel()))
    assert len(recorder.sentences) == (room < CHUNK + 2 * CONTEXT)
    on_card = [frames for on_card, frames in network.calls if on_card and frames <= room]
    assert bool(on_card) == (room > CONTEXT)


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize("when", [0, 2, 5])
def test_a_card_that_is_full_from_some_chunk_on(when: int) -> None:
    network = FakeFullNetwork(lambda count, _, on_card: on_card and count >= when)
    _assert_unchanged(_vocoder(network).preview(_mel()))
    assert {on_card for on_card, _ in network.calls[-1:]} == {False}
    assert network.calls[-1][1] > 1 + 2 * CONTEXT  # whole chunks on the CPU


@pytest.mark.usefixtures("card")
def test_the_next_sound_tries_the_card_again_and_the_user_is_notified_once() -> None:
    full, recorder = [True], MessageRecorder()
    network = FakeFullNetwork(lambda _, __, on_card: on_card and full[0])
    vocoder = _vocoder(network, recorder)
    vocoder.preview(_mel())
    network.calls.clear()
    vocoder.preview(_mel())
    assert network.calls[0] == (True, CHUNK + CONTEXT)
    full[0] = False
    network.calls.clear()
    _assert_unchanged(vocoder.preview(_mel()))
    assert all(on_card for on_card, _ in network.calls)
    assert len(network.calls) == len(range(0, FRAMES - CONTEXT, CHUNK))
    assert len(recorder.sentences) == 1


@pytest.mark.usefixtures("card")
def test_weights_that_the_card_has_no_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> FakeFullNetwork:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")

    monkeypatch.setattr(FakeFullNetwork, "__deepcopy__", full)
    network = FakeFullNetwork(lambda *_: False)
    _assert_unchanged(_vocoder(network).preview(_mel()))
    assert not any(on_card for on_card, _ in network.calls)


@pytest.mark.parametrize("room", range(1 + 2 * CONTEXT, CHUNK + 2 * CONTEXT + 1, 2))
def test_a_processor_with_little_memory(room: int) -> None:
    recorder, network = MessageRecorder(), FakeFullNetwork(lambda _, frames, __: frames > room)
    _assert_unchanged(_vocoder(network, recorder).preview(_mel()))
    assert len(recorder.sentences) == (room < CHUNK + 2 * CONTEXT)
    assert all("computer's memory" in sentence for sentence in recorder.sentences)


def test_a_processor_with_too_little_says_so() -> None:
    network = FakeFullNetwork(lambda _, frames, __: frames > 2 * CONTEXT)
    with pytest.raises(VocoderError, match=r"not enough memory for “Cramped”; close"):
        _vocoder(network).preview(_mel())


@pytest.mark.usefixtures("card")
def test_a_failed_attempt_yields_so_that_it_can_be_stopped() -> None:
    """An empty block comes after each failed attempt."""
    network = FakeFullNetwork(lambda _, __, on_card: on_card)
    assert next(_vocoder(network).stream([_mel()])).shape == (1, 0)
    assert len(network.calls) == 1


def test_a_placement_copies_the_network_once() -> None:
    network = FakeFullNetwork(lambda *_: False)
    placement, mel = DevicePlacement(network, CARD), _mel()[None]
    assert torch.equal(placement(mel), placement(mel))
    assert placement._network_on_device() is placement._network_on_device() is not network
