"""`distill export-onnx`."""

import shutil
import sys
from pathlib import Path

import onnx
import pytest

from distill_app.vocoders.networks.weights_file import WeightsHeader, save_generator
from tests.cli.conftest import Distill
from tests.paths import GOLDEN
from tests.vocoders.small_networks import SMALL, small_network


def test_a_published_folder_becomes_a_file(distill: Distill, tmp_path: Path) -> None:
    values = distill("export-onnx", GOLDEN / "vocos_same", tmp_path / "v.onnx", "--json").values
    onnx.checker.check_model(onnx.load(tmp_path / "v.onnx"))
    assert values["file"] == str(tmp_path / "v.onnx")
    assert values["about"]["title"] == "vocos_same"
    assert values["size_bytes"] == (tmp_path / "v.onnx").stat().st_size
    assert 0 < values["difference"] < 1e-4


def test_a_folder_keeps_its_whole_name(distill: Distill, tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "hifigan_v3", tmp_path / "voice 2.1")
    values = distill("export-onnx", tmp_path / "voice 2.1", tmp_path / "v.onnx", "--json").values
    assert values["about"]["title"] == "voice 2.1"


def test_text_output_shows_the_error_and_the_remaining_steps(distill: Distill, tmp_path: Path) -> None:
    outcome = distill("export-onnx", "built-in", tmp_path / "v.onnx")
    assert outcome.status == 0
    for words in ("Built-in", "opset 20", "of the peak", "the inverse STFT", "phase retrieval"):
        assert words in outcome.out


def test_weights_trained_by_distill_are_exported(distill: Distill, tmp_path: Path) -> None:
    save_generator(small_network(SMALL["convnext"]), WeightsHeader(SMALL["convnext"]), tmp_path / "mine.safetensors")
    values = distill("export-onnx", tmp_path / "mine.safetensors", tmp_path / "v.onnx", "--json").values
    assert values["about"]["title"] == "mine"
    assert values["about"]["outside_the_graph"].endswith("framing")


def test_an_existing_file_is_replaced_only_with_force(distill: Distill, tmp_path: Path) -> None:
    (tmp_path / "v.onnx").write_text("kept")
    outcome = distill("export-onnx", GOLDEN / "hifigan_v3", tmp_path / "v.onnx")
    assert outcome.status == 1
    assert "exists already" in outcome.sentence
    assert (tmp_path / "v.onnx").read_text() == "kept"
    assert distill("export-onnx", GOLDEN / "hifigan_v3", tmp_path / "v.onnx", "--overwrite").status == 0
    assert (tmp_path / "v.onnx").stat().st_size > 100_000


@pytest.mark.parametrize(
    ("vocoder", "words", "status"),
    [
        ("griffin-lim", "has no network", 1),
        ("vocos-24k", "not on this computer", 1),
        ("nothing", "called “nothing”", 2),
    ],
)
def test_an_unwritable_path_is_one_sentence(
    vocoder: str, words: str, status: int, distill: Distill, tmp_path: Path
) -> None:
    outcome = distill("export-onnx", vocoder, tmp_path / "v.onnx")
    assert outcome.status == status
    assert words in outcome.sentence
    assert not (tmp_path / "v.onnx").exists()


def test_a_folder_without_a_vocoder_is_a_sentence(distill: Distill, tmp_path: Path) -> None:
    outcome = distill("export-onnx", tmp_path, tmp_path / "v.onnx")
    assert outcome.status == 1
    assert "holds no vocoder" in outcome.sentence


def test_another_suffix_is_a_usage_error(distill: Distill, tmp_path: Path) -> None:
    outcome = distill("export-onnx", "built-in", tmp_path / "v.pt")
    assert outcome.status == 2
    assert ".onnx" in outcome.sentence


def test_without_onnx_the_message_says_what_to_install(
    distill: Distill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    outcome = distill("export-onnx", "built-in", tmp_path / "v.onnx")
    assert outcome.status == 1
    assert "pip install onnx onnxruntime" in outcome.sentence
    assert not (tmp_path / "v.onnx").exists()
