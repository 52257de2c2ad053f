"""ONNX files describe themselves, and are not written if their samples differ."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch

from distill_app.common.errors import VocoderError
from distill_app.dsp.mel_format import MelFormat
from distill_app.vocoders.onnx import export
from distill_app.vocoders.onnx.export import Provenance, write_onnx
from distill_app.vocoders.onnx.session import onnx_bytes
from tests.paths import ROOT
from tests.vocoders.small_networks import SMALL, mel_of, small_network

DOCUMENT = ROOT / "docs" / "onnx.md"
BASE_MODEL = Provenance("A vocoder", "MIT")


def axes(value: onnx.ValueInfoProto) -> list[str | int]:
    return [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]


@pytest.mark.parametrize("name", SMALL)
def test_the_metadata_describe_the_network(name: str, tmp_path: Path) -> None:
    config = SMALL[name]
    written = write_onnx(small_network(config), config, BASE_MODEL, tmp_path / "v.onnx")
    model = onnx.load(tmp_path / "v.onnx")
    about = {each.key: each.value for each in model.metadata_props}
    assert about == written.metadata
    assert MelFormat.from_dict(json.loads(about["mel_format"])) == config.mel_format
    assert (about["title"], about["licence"], about["family"]) == ("A vocoder", "MIT", config.family)
    assert int(about["context_frames"]) == config.context_frames
    assert [(each.domain, each.version) for each in model.opset_import] == [("", written.opset)]
    assert written.size_bytes == (tmp_path / "v.onnx").stat().st_size
    assert written.difference < 1e-5


def test_ports_have_names_and_any_length(tmp_path: Path) -> None:
    for name, outputs in (("bigvgan-2", ["samples"]), ("vocos-same", ["real", "imaginary"])):
        config = SMALL[name]
        write_onnx(small_network(config), config, BASE_MODEL, tmp_path / f"{name}.onnx")
        graph = onnx.load(tmp_path / f"{name}.onnx").graph
        assert [axes(each) for each in graph.input] == [["batch", config.mel_format.bands, "frames"]]
        assert [each.name for each in graph.output] == outputs
        assert all(axes(each)[0] == "batch" and isinstance(axes(each)[-1], str) for each in graph.output)


@pytest.mark.parametrize("name", SMALL)
@torch.inference_mode()
def test_the_code_of_the_documentation_makes_the_sound(name: str, tmp_path: Path) -> None:
    """The code of docs/onnx.md needs NumPy, ONNX Runtime and the file only."""
    config = SMALL[name]
    network = small_network(config)
    write_onnx(network, config, BASE_MODEL, tmp_path / "v.onnx")
    shown: dict[str, Any] = {}
    exec(DOCUMENT.read_text("utf-8").split("```python")[1].split("```")[0], shown)
    mel = torch.stack([mel_of(config, 20, seed) for seed in range(2)])
    wanted = network(mel).numpy()
    np.testing.assert_allclose(
        shown["vocode"](tmp_path / "v.onnx", mel.numpy()), wanted, atol=1e-5 * np.abs(wanted).max()
    )


def test_steps_outside_the_graph_are_named(tmp_path: Path) -> None:
    outside = {}
    for name in ("hifigan-1", "vocos-same", "convnext"):
        origin = Provenance("A vocoder", further_steps="phase retrieval" if name == "convnext" else "")
        about = write_onnx(small_network(SMALL[name]), SMALL[name], origin, tmp_path / f"{name}.onnx").metadata
        outside[name] = about["outside_the_graph"]
        assert about["licence"] == "not stated"
    assert outside["hifigan-1"] == "nothing"
    assert outside["vocos-same"].startswith("the inverse STFT")
    assert outside["convnext"].endswith(", then phase retrieval")


@pytest.mark.parametrize("wrong", [1.01, float("nan")])
def test_a_file_that_sounds_different_does_not_stay(
    wrong: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = small_network(SMALL["hifigan-2"])
    other = small_network(SMALL["hifigan-2"])
    with torch.no_grad():
        next(other.parameters()).mul_(wrong)
    monkeypatch.setattr(export, "onnx_bytes", lambda _, about: onnx_bytes(other, about))
    (tmp_path / "v.onnx").write_text("what was there")
    with pytest.raises(VocoderError, match="was not written"):
        write_onnx(network, SMALL["hifigan-2"], BASE_MODEL, tmp_path / "v.onnx")
    assert (tmp_path / "v.onnx").read_text() == "what was there"
    assert [each.name for each in tmp_path.iterdir()] == ["v.onnx"]


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VocoderError, match="cannot be written"):
        write_onnx(small_network(SMALL["hifigan-2"]), SMALL["hifigan-2"], BASE_MODEL, tmp_path / "no" / "v.onnx")
