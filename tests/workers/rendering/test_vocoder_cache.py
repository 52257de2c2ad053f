"""At most two vocoders are loaded, and none only to read its properties."""

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from distill_app.common.errors import VocoderError
from distill_app.vocoders import registry
from distill_app.vocoders.base import Vocoder, VocoderInfo
from distill_app.vocoders.network_vocoder import NetworkVocoder
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.workers.rendering import vocoder_cache as module
from distill_app.workers.rendering.vocoder_cache import VocoderCache, VocoderSource
from tests.local_vocoder import LOCAL, LocalVocoder
from tests.paths import GOLDEN
from tests.vocoders.small_networks import SMALL, info_of, small_network

SIZES = {"quick": 3, "large": 500, "larger": 600, "small": 50}


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the vocoders in the order in which they are loaded."""
    loads: list[str] = []

    def create(info: VocoderInfo) -> Vocoder:
        loads.append(info.id)
        return LocalVocoder(info)

    infos = [replace(LOCAL, id=name, size_bytes=size, live=size < 100) for name, size in SIZES.items()]
    monkeypatch.setattr(registry, "BUILT_IN_VOCODERS", dict.fromkeys(infos, create))
    return loads


@pytest.fixture
def vocoder_cache() -> VocoderCache:
    return VocoderCache(lambda _: None)


def load(vocoder_cache: VocoderCache, name: str) -> Vocoder:
    return vocoder_cache.get(vocoder_cache.find(name))


def test_a_loaded_vocoder_is_not_loaded_again(vocoder_cache: VocoderCache, loads: list[str]) -> None:
    assert load(vocoder_cache, "quick") is load(vocoder_cache, "quick")
    assert loads == ["quick"]


def test_a_third_vocoder_evicts_the_largest(vocoder_cache: VocoderCache, loads: list[str]) -> None:
    for name in ("quick", "large", "small", "quick", "larger", "quick"):
        load(vocoder_cache, name)
    assert loads == ["quick", "large", "small", "larger"]
    load(vocoder_cache, "small")
    assert loads[-1] == "small"


def test_another_compute_configuration_drops_all(vocoder_cache: VocoderCache, loads: list[str]) -> None:
    load(vocoder_cache, "quick")
    vocoder_cache.compute = ComputeConfig()
    load(vocoder_cache, "quick")
    assert loads == ["quick"]
    vocoder_cache.compute = ComputeConfig("cpu")
    load(vocoder_cache, "quick")
    assert loads == ["quick", "quick"]


def test_live_is_known_without_loading(vocoder_cache: VocoderCache, loads: list[str]) -> None:
    assert [vocoder_cache.find(name).live for name in SIZES] == [True, False, False, True]
    assert not loads
    with pytest.raises(VocoderError, match="theremin"):
        vocoder_cache.find("theremin")


@pytest.mark.usefixtures("loads")
def test_a_failed_load_keeps_the_loaded_ones(vocoder_cache: VocoderCache, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [load(vocoder_cache, "quick"), load(vocoder_cache, "large")]

    def broken(*_: object) -> Vocoder:
        raise VocoderError("Its weights are damaged.")

    monkeypatch.setattr(module, "get_vocoder", broken)
    with pytest.raises(VocoderError):
        load(vocoder_cache, "small")
    assert [load(vocoder_cache, "quick"), load(vocoder_cache, "large")] == kept


@pytest.mark.usefixtures("loads")
def test_a_loaded_vocoder_does_not_wait_for_another_load(
    vocoder_cache: VocoderCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, begun, over = load(vocoder_cache, "quick"), threading.Event(), threading.Event()

    def slow(*_: object) -> Vocoder:
        begun.set()
        over.wait(60)
        return LocalVocoder()

    monkeypatch.setattr(module, "get_vocoder", slow)
    threads = [threading.Thread(target=load, args=[vocoder_cache, "large"]) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert begun.wait(60)
    assert load(vocoder_cache, "quick") is kept
    assert all(thread.is_alive() for thread in threads)
    over.set()
    for thread in threads:
        thread.join()


def test_notices_of_a_network_are_passed_on() -> None:
    said: list[str] = []
    config = SMALL["convnext"]
    made = NetworkVocoder(info_of("net", config), small_network(config), config.context_frames)
    source = VocoderSource("net", (None, 0, 0), live=False, make=lambda _: made)
    assert VocoderCache(said.append).get(source) is made
    made.notify("Memory is full.")
    assert said == ["Memory is full."]


def test_replaced_weights_are_loaded_again(vocoder_cache: VocoderCache, tmp_path: Path) -> None:
    place = tmp_path / "vocoder"
    shutil.copytree(GOLDEN / "hifigan_v1", place)
    first, weights_key = load(vocoder_cache, str(place)), vocoder_cache.find(str(place)).weights_key
    assert load(vocoder_cache, str(place)) is first
    place.rename(tmp_path / "before")
    with pytest.raises(VocoderError):
        load(vocoder_cache, str(place))
    shutil.copytree(GOLDEN / "hifigan_v2", place)
    assert vocoder_cache.find(str(place)).weights_key != weights_key
    second = load(vocoder_cache, str(place))
    mel = torch.zeros(1, 80, 4)
    assert not torch.equal(first.mel_to_waveform(mel), second.mel_to_waveform(mel))
