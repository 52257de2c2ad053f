"""ONNX Runtime gives the samples that torch gives, whatever the network, the batch and the length."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from onnxruntime.capi.onnxruntime_pybind11_state import Fail
from torch import nn

from distill_app.common.errors import VocoderError
from distill_app.vocoders.network_vocoder import NetworkVocoder
from distill_app.vocoders.onnx.session import OnnxNetwork, onnx_available
from tests.vocoders.golden_networks import golden_network
from tests.vocoders.small_networks import SMALL, info_of, mel_of, small_network
from tests.vocoders.test_golden import FOLDERS

LENGTHS = (1, 2, 7, 23)


@torch.inference_mode()
def difference(network: nn.Module, runtime: OnnxNetwork, mel: torch.Tensor) -> float:
    """Largest difference relative to the peak."""
    wanted, found = network(mel), runtime(mel)
    assert found.shape == wanted.shape
    assert found.dtype == torch.float32
    return float((found - wanted).abs().max() / wanted.abs().max())


@pytest.mark.parametrize("name", [name for name in FOLDERS if not name.startswith("bigvgan_v2")])  # like v1, and slow
def test_published_networks_sound_the_same_at_any_length(name: str) -> None:
    network, config = golden_network(name)
    runtime = OnnxNetwork.from_network(network, threads=1)
    lengths = LENGTHS[config.mel_format.centred :]
    differences = [difference(network, runtime, mel_of(config, frames)[None]) for frames in lengths]
    assert max(differences) < 1e-5


@pytest.mark.parametrize("name", SMALL)
def test_every_family_takes_a_batch_of_mels(name: str) -> None:
    network = small_network(SMALL[name])
    runtime = OnnxNetwork.from_network(network, threads=2)
    mels = torch.stack([mel_of(SMALL[name], 12, seed) for seed in range(3)])
    assert difference(network, runtime, mels) < 1e-5


@pytest.mark.parametrize("name", ["hifigan-1", "convnext"])
def test_it_keeps_the_weights_it_was_made_from(name: str) -> None:
    network = small_network(SMALL[name])
    runtime, mel = OnnxNetwork.from_network(network, threads=1), mel_of(SMALL[name], 12)[None]
    before = runtime(mel)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
    assert torch.equal(runtime(mel), before)


def test_with_little_memory_the_pieces_are_smaller_and_the_sound_is_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config = SMALL["vocos-same"]
    network = small_network(config)
    runtime, mel = OnnxNetwork.from_network(network, threads=1), mel_of(config, 90)
    run = runtime._session.run
    tried: list[int] = []

    def with_memory_for_40(outputs: None, inputs: dict[str, Any]) -> Any:
        tried.append(inputs["mel"].shape[2])
        if tried[-1] > 40:
            raise Fail("Failed to allocate memory for requested buffer of size 2462400000")
        return run(outputs, inputs)

    vocoder = NetworkVocoder(info_of("a", config), runtime, config.context_frames)
    monkeypatch.setattr(runtime, "_session", SimpleNamespace(run=with_memory_for_40))
    with torch.inference_mode():
        wanted, found = network(mel[None]), vocoder.preview(mel)
    assert tried[0] == 90
    assert (found - wanted).abs().max() < 1e-5 * wanted.abs().max()
    assert "memory is full" in caplog.text


def test_other_failures_are_not_treated_as_full_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise Fail("Non-zero status code returned while running Conv")

    runtime = OnnxNetwork.from_network(small_network(SMALL["hifigan-2"]), threads=1)
    monkeypatch.setattr(runtime, "_session", SimpleNamespace(run=fail))
    with pytest.raises(Fail):
        runtime(mel_of(SMALL["hifigan-2"], 3)[None])


def test_another_network_is_refused() -> None:
    with pytest.raises(VocoderError, match="no network"):
        OnnxNetwork.from_network(nn.Linear(3, 3), threads=1)


@pytest.mark.parametrize("missing", ["onnx", "onnxruntime"])
def test_without_onnx_a_sentence_says_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert onnx_available()
    monkeypatch.setitem(sys.modules, missing, None)
    assert not onnx_available()
    with pytest.raises(VocoderError, match="pip install onnx onnxruntime"):
        OnnxNetwork.from_network(small_network(SMALL["hifigan-2"]), threads=1)
