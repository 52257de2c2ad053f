"""Measured speeds are saved for later processes; others are estimated from them."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from distill_app.vocoders.built_in import GRIFFIN_LIM
from distill_app.vocoders.registry import VocoderEntry
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.workers.rendering import vocoder_speeds as module
from distill_app.workers.rendering.vocoder_speeds import Speed, expected_factor, place_of, read_speeds, save_speed

CPU, CUDA, ONNX = ComputeConfig("cpu"), ComputeConfig("cuda"), ComputeConfig(runtime="onnx")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "not there yet" / "speeds.json"


def _remember(file: Path, vocoder: str, factor: float, gmac: float = 0.0, place: str = "auto/cpu") -> None:
    save_speed(vocoder, Speed(factor, gmac), place, "cpu", file)


def test_a_speed_is_known_for_its_device_and_runtime(file: Path) -> None:
    _remember(file, "bigvgan", 6.9)
    _remember(file, "bigvgan", 0.03, place="auto/cuda")
    _remember(file, "bigvgan", 8.0, place="onnx/cpu")
    assert [read_speeds(file).known("bigvgan", compute) for compute in (CPU, CUDA, ONNX)] == [6.9, 0.03, 8.0]
    assert read_speeds(file).known("bigvgan") == 6.9  # "auto" was the processor
    assert read_speeds(file).known("vocos", CPU) is None
    assert read_speeds(file).known("bigvgan", ComputeConfig("mps")) is None


def test_a_place_is_a_runtime_and_a_device() -> None:
    assert place_of("cuda", ComputeConfig("auto", "torch")) == "torch/cuda"
    assert place_of("cuda", ComputeConfig("cuda", "onnx")) == "onnx/cpu"


def test_no_speed_is_known_at_first(file: Path) -> None:
    assert read_speeds(file).known("bigvgan") is None
    assert read_speeds(file).expected(158.0) is None


def test_the_last_measurement_counts_and_small_changes_are_not_written(file: Path) -> None:
    _remember(file, "vocos", 0.05)
    written = file.stat().st_mtime_ns
    _remember(file, "vocos", 0.055)
    assert file.stat().st_mtime_ns == written
    _remember(file, "vocos", 0.1)
    assert read_speeds(file).known("vocos", CPU) == 0.1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"null",
        b'{"version": 2, "automatic": "cpu", "measured": {}}',
        b'{"version": 1, "automatic": 3, "measured": {}}',
        b'{"version": 1, "automatic": "cpu", "measured": {"torch/cpu": {"vocos": 3}}}',
        b'{"version": 1, "automatic": "cpu", "measured": {"torch/cpu": {"vocos": {"factor": "fast"}}}}',
        b'{"version": 1, "automatic": "cpu", "measured": {"torch/cpu": {"vocos": {"factor": -1}}}}',
        b'{"version": 1, "automatic": "cpu", "measured": {"torch/cpu": {"vocos": {"factor": NaN}}}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_ignored_and_replaced(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    assert read_speeds(file).known("vocos", CPU) is None
    _remember(file, "vocos", 0.05)
    assert read_speeds(file).known("vocos", CPU) == 0.05


def test_an_unwritable_folder_is_only_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    _remember(tmp_path / "file" / "speeds.json", "vocos", 0.05)
    assert "not remembered" in caplog.text


def test_an_unmeasured_speed_is_estimated_from_the_nearest_cost(file: Path) -> None:
    _remember(file, "hifigan", 0.8, gmac=20.0)
    _remember(file, "vocos", 0.06, gmac=1.0)
    _remember(file, "small", 0.05, gmac=1.0)
    _remember(file, "unknown cost", 55.0)
    _remember(file, "on the card", 0.001, gmac=20.0, place="auto/cuda")
    speeds = read_speeds(file)
    assert speeds.expected(100.0, CPU) == pytest.approx(4.0)
    assert speeds.expected(1.2, CPU) in (pytest.approx(0.072), pytest.approx(0.06))
    assert speeds.expected(100.0, CUDA) == pytest.approx(0.005)
    assert speeds.expected(100.0, ONNX) is None


def test_a_measurement_precedes_an_estimate(file: Path) -> None:
    _remember(file, "griffin-lim", 0.5, gmac=1.0)
    known, other = (replace(GRIFFIN_LIM, id=name) for name in ("griffin-lim", "other"))
    speeds = read_speeds(file)
    assert speeds.factor_of(VocoderEntry(known, "installed", gmac_per_second=100.0), CPU) == 0.5
    assert speeds.factor_of(VocoderEntry(other, "installed", gmac_per_second=100.0), CPU) == pytest.approx(50.0)
    assert speeds.factor_of(VocoderEntry(other, "installed", gmac_per_second=100.0), CUDA) is None


def test_an_estimate_is_proportional_to_the_cost() -> None:
    assert expected_factor(158.0, 0.04) == pytest.approx(6.32)
    assert expected_factor(158.0, None) is None
    assert expected_factor(0.0, 0.04) is None


def test_the_file_is_in_the_cache_folder(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "cache_folder", lambda: file.parent)
    save_speed("vocos", Speed(0.05, 1.3), "auto/cpu", "cpu")
    assert read_speeds().known("vocos") == 0.05
    assert json.loads(file.read_text())["measured"] == {"auto/cpu": {"vocos": {"factor": 0.05, "gmac_per_second": 1.3}}}


def test_reading_takes_no_torch() -> None:
    code = (
        "import sys; from distill_app.workers.rendering.vocoder_speeds import read_speeds; "
        "read_speeds(); print('torch' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert shown.stdout.strip() == "False"
