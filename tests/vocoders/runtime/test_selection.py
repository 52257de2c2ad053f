"""The runtime is the user's choice, else the one that was measured to be faster."""

import importlib.metadata
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from distill_app.common.errors import VocoderError
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.vocoders.onnx.session import OnnxNetwork
from distill_app.vocoders.runtime import selection
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.vocoders.runtime.selection import (
    RuntimeTiming,
    read_timings,
    save_timing,
    select_runtime,
    time_runtimes,
    timings_file,
)
from tests.vocoders.small_networks import SMALL, info_of, mel_of, small_network

CONFIG = SMALL["hifigan-2"]
INFO, OFFLINE = info_of("a", CONFIG), info_of("a", CONFIG, live=False)
TORCH_WINS, ONNX_WINS, TOO_CLOSE = RuntimeTiming(1.0, 2.0), RuntimeTiming(2.0, 1.0), RuntimeTiming(1.0, 0.95)


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(selection, "cache_folder", lambda: tmp_path / "cache")


@pytest.fixture
def network() -> nn.Module:
    return small_network(CONFIG)


def measuring(monkeypatch: pytest.MonkeyPatch, *found: RuntimeTiming) -> list[RuntimeTiming]:
    """Replace measurements by given timings; returns the list of those not used yet."""
    left = list(found)
    monkeypatch.setattr(selection, "time_runtimes", lambda *_: left.pop(0))
    return left


def is_onnx(network: nn.Module, compute: ComputeConfig, live: bool = True) -> bool:
    return isinstance(select_runtime(network, CONFIG, INFO if live else OFFLINE, compute), OnnxNetwork)


def test_onnx_has_to_be_clearly_faster() -> None:
    assert [each.faster for each in (TORCH_WINS, ONNX_WINS, TOO_CLOSE)] == ["torch", "onnx", "torch"]


@pytest.mark.parametrize("live", [True, False])
def test_the_user_chooses(network: nn.Module, live: bool) -> None:
    assert is_onnx(network, ComputeConfig("cpu", "onnx"), live)
    assert not is_onnx(network, ComputeConfig("cpu", "torch"), live)


@pytest.mark.parametrize("found", [TORCH_WINS, ONNX_WINS, TOO_CLOSE])
def test_auto_selects_the_measured_runtime_and_saves_it(
    network: nn.Module, found: RuntimeTiming, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = measuring(monkeypatch, found)
    first = is_onnx(network, ComputeConfig("cpu"))
    assert first == (found.faster == "onnx")
    assert left == []
    assert is_onnx(network, ComputeConfig("cpu")) == first
    assert list(read_timings().values()) == [found]


def test_a_network_of_other_sizes_is_measured_for_itself(network: nn.Module, monkeypatch: pytest.MonkeyPatch) -> None:
    left = measuring(monkeypatch, ONNX_WINS, TORCH_WINS)
    assert is_onnx(network, ComputeConfig("cpu"))
    other = SMALL["convnext"]
    assert not isinstance(
        select_runtime(small_network(other), other, info_of("b", other), ComputeConfig("cpu")), OnnxNetwork
    )
    assert left == []


def test_a_vocoder_that_is_not_live_is_not_timed(network: nn.Module, monkeypatch: pytest.MonkeyPatch) -> None:
    left = measuring(monkeypatch, ONNX_WINS)
    assert not is_onnx(network, ComputeConfig("cpu"), live=False)
    assert left == [ONNX_WINS]


def test_a_package_of_another_name_may_bring_onnx_runtime(network: nn.Module, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", unknown)
    measuring(monkeypatch, ONNX_WINS)
    assert is_onnx(network, ComputeConfig("cpu"))


def test_without_onnx_auto_is_torch_and_onnx_is_a_sentence(network: nn.Module, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert not is_onnx(network, ComputeConfig("cpu"))
    with pytest.raises(VocoderError, match="pip install"):
        select_runtime(network, CONFIG, INFO, ComputeConfig("cpu", "onnx"))


@torch.inference_mode()
def test_either_form_gives_the_same_sound(network: nn.Module) -> None:
    mel = mel_of(CONFIG, 20)[None]
    wanted = network(mel).clone()
    for runtime in ("torch", "onnx"):
        found = select_runtime(network, CONFIG, INFO, ComputeConfig("cpu", runtime))(mel)
        assert (found - wanted).abs().max() < 1e-5 * wanted.abs().max()


def test_the_faster_one_is_measured_to_be_faster() -> None:
    def waiting(seconds: float) -> Callable[[Tensor], Tensor]:
        def network(mel: Tensor) -> Tensor:
            time.sleep(seconds)
            return mel

        return network

    found = time_runtimes(waiting(0.02), waiting(0.005), torch.zeros(1, DISTILL_MEL.bands, 1), threads=1)
    assert found.torch >= 0.02
    assert found.onnx >= 0.005
    assert found.faster == "onnx"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"a": 1}',
        '{"a": {"torch": 1}}',
        '{"a": {"torch": -1, "onnx": 1}}',
        '{"a": {"torch": "1", "onnx": 1}}',
    ],
)
def test_a_damaged_file_is_ignored(content: str) -> None:
    timings_file().parent.mkdir(parents=True)
    timings_file().write_text(content)
    assert read_timings() == {}
    save_timing("b", ONNX_WINS)
    assert json.loads(timings_file().read_text()) == {"b": {"torch": 2.0, "onnx": 1.0}}


def test_a_file_that_cannot_be_written_is_ignored(
    network: nn.Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    measuring(monkeypatch, ONNX_WINS)
    assert is_onnx(network, ComputeConfig("cpu"))
