"""ONNX Runtime gives the samples that torch gives, whatever the network, the batch and the length."""

import sys

import pytest
import torch
from torch import nn

from distill_app.errors import VocoderError
from distill_app.vocoders.onnx_runtime import OnnxNetwork, onnx_is_there
from distill_app.vocoders.published import load_published
from tests.vocoders.small_networks import SMALL, mel_of, small_network
from tests.vocoders.test_golden import FOLDERS, GOLDEN

LENGTHS = (1, 2, 7, 20, 61)


@torch.inference_mode()
def difference(network: nn.Module, runtime: OnnxNetwork, mel: torch.Tensor) -> float:
    """Relative to the peak."""
    wanted, found = network(mel), runtime(mel)
    assert found.shape == wanted.shape
    assert found.dtype == torch.float32
    return float((found - wanted).abs().max() / wanted.abs().max())


@pytest.mark.parametrize("name", FOLDERS)
def test_published_networks_sound_the_same_at_any_length(name: str) -> None:
    network, config = load_published(GOLDEN / name)
    runtime = OnnxNetwork.of(network, threads=1)
    for frames in LENGTHS[config.mel_format.centred :]:
        assert difference(network, runtime, mel_of(config, frames)[None]) < 1e-5


@pytest.mark.parametrize("name", SMALL)
def test_every_family_takes_a_batch_of_mels(name: str) -> None:
    network = small_network(SMALL[name])
    runtime = OnnxNetwork.of(network, threads=2)
    mels = torch.stack([mel_of(SMALL[name], 12, seed) for seed in range(3)])
    assert difference(network, runtime, mels) < 1e-5


@pytest.mark.parametrize("name", ["hifigan-1", "convnext"])
def test_it_goes_on_with_the_weights_it_was_made_from(name: str) -> None:
    network = small_network(SMALL[name])
    runtime, mel = OnnxNetwork.of(network, threads=1), mel_of(SMALL[name], 12)[None]
    before = runtime(mel)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
    assert torch.equal(runtime(mel), before)


def test_another_network_is_refused() -> None:
    with pytest.raises(VocoderError, match="no network"):
        OnnxNetwork.of(nn.Linear(3, 3), threads=1)


@pytest.mark.parametrize("missing", ["onnx", "onnxruntime"])
def test_without_onnx_a_sentence_says_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert onnx_is_there()
    monkeypatch.setitem(sys.modules, missing, None)
    assert not onnx_is_there()
    with pytest.raises(VocoderError, match="pip install onnx onnxruntime"):
        OnnxNetwork.of(small_network(SMALL["hifigan-2"]), threads=1)
