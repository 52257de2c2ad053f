"""A model file carries recordings; a model whose recordings are damaged or absurd plays without them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from distill_app.common.errors import ModelFileError
from distill_app.common.safetensors_io import read_metadata
from distill_app.grain.bank import decode_segment, encode_segment
from distill_app.models.grain_header import GRAIN_HOURS_MAX, SEGMENTS_MAX, parse_grain
from distill_app.models.header import read_header
from distill_app.models.model import DistillModel
from distill_app.models.model_file import embed_vocoder, load_model, save_model
from tests.grain.synthetic import WEIGHTS


@pytest.fixture
def grain_file(grain_model: DistillModel, tmp_path: Path) -> Path:
    save_model(grain_model, tmp_path / "grain.distillgan")
    return tmp_path / "grain.distillgan"


def test_recordings_round_trip(grain_model: DistillModel, grain_file: Path) -> None:
    back = load_model(grain_file)
    assert back.header.format_version == 4
    assert back.header == grain_model.header == read_header(grain_file)
    assert back.grain_source is not None
    assert grain_model.grain_source is not None
    assert torch.equal(back.grain_source.samples, grain_model.grain_source.samples)
    assert back.grain_source is back.grain_source


def test_a_description_without_tensors_says_what_a_file_carries(grain_file: Path) -> None:
    described = parse_grain(read_header(grain_file).grain or {})
    assert described.recordings == ("tone.wav", "noise.wav", "chirp.wav")
    assert described.seconds == pytest.approx(6)


def test_onsets_and_gain_round_trip(grain_model: DistillModel, tmp_path: Path) -> None:
    bank = grain_model.grain
    assert bank is not None
    segment = replace(bank.segments[0], onsets=(0, 4_000), gain=2.5)
    save_model(grain_model.with_grain(replace(bank, segments=(segment,))), tmp_path / "a.distillgan")
    back = load_model(tmp_path / "a.distillgan").grain
    assert back is not None
    assert (back.segments[0].onsets, back.segments[0].gain) == ((0, 4_000), 2.5)


def test_stereo_recordings_round_trip(stereo_model: DistillModel, tmp_path: Path) -> None:
    save_model(stereo_model, tmp_path / "a.distillgan")
    back = load_model(tmp_path / "a.distillgan")
    assert back.header.format_version == 6
    assert back.grain is not None
    assert [segment.weights for segment in back.grain.segments] == list(WEIGHTS.values())
    assert back.grain_source is not None
    assert stereo_model.grain_source is not None
    assert torch.equal(back.grain_source.samples, stereo_model.grain_source.samples)
    assert torch.equal(back.grain_source.mel, stereo_model.grain_source.mel)


def test_a_stereo_stream_described_as_mono(stereo_model: DistillModel, tmp_path: Path) -> None:
    save_model(stereo_model, tmp_path / "a.distillgan")
    _edit(tmp_path / "a.distillgan", lambda grain: grain["segments"][1].pop("weights"))
    _assert_plays_without_recordings(tmp_path / "a.distillgan")


def test_a_model_without_recordings_is_written_as_before(tiny_model: DistillModel, tmp_path: Path) -> None:
    save_model(tiny_model, tmp_path / "a.distillgan")
    header = json.loads(read_metadata(tmp_path / "a.distillgan"))
    assert header["format_version"] == 3
    assert "grain" not in header
    assert load_model(tmp_path / "a.distillgan").grain_source is None


def test_changes_of_a_model_keep_its_recordings(grain_model: DistillModel, grain_file: Path) -> None:
    assert grain_model.with_axes(grain_model.axes).grain is grain_model.grain
    assert grain_model.with_vocoder_of(grain_model).grain is grain_model.grain
    embed_vocoder(grain_file, {"a": 1}, {"b": torch.zeros(1)})
    assert load_model(grain_file).grain_source is not None


def test_recordings_can_be_taken_out(grain_model: DistillModel, tmp_path: Path) -> None:
    save_model(grain_model.with_grain(None), tmp_path / "a.distillgan")
    assert "grain.0" not in load_file(tmp_path / "a.distillgan")
    assert load_model(tmp_path / "a.distillgan").header.grain is None


def _edit(path: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Rewrites the description of the recordings."""
    header = json.loads(read_metadata(path))
    edit(header["grain"])
    save_file(load_file(path), path, {"distill": json.dumps(header)})


def _assert_plays_without_recordings(path: Path) -> None:
    model = load_model(path)
    assert model.decode(torch.zeros(1, 4)).isfinite().all()
    with pytest.raises(ModelFileError, match="“Tiny” carries are damaged") as error:
        _ = model.grain_source
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize(
    "edit",
    [
        lambda grain: grain.clear(),
        lambda grain: grain.update(sample_rate=48_000),
        lambda grain: grain.update(sample_rate=0),
        lambda grain: grain.update(sample_rate="44100"),
        lambda grain: grain.update(segments=[]),
        lambda grain: grain.update(segments={}),
        lambda grain: grain.update(segments=[7]),
        lambda grain: grain.update(segments=grain["segments"] * (SEGMENTS_MAX // 3 + 1)),
        lambda grain: grain["segments"].append(grain["segments"][0]),
        lambda grain: grain["segments"][0].update(samples=0),
        lambda grain: grain["segments"][0].update(samples=True),
        lambda grain: grain["segments"][0].update(samples=10**12),
        lambda grain: grain["segments"][0].update(samples=grain["segments"][0]["samples"] - 1),
        lambda grain: grain["segments"][0].update(samples=round(GRAIN_HOURS_MAX * 3600 * 44_100)),
        lambda grain: grain["segments"][0].update(recording="n" * 1_025),
        lambda grain: grain["segments"][0].update(recording=None),
        lambda grain: grain["segments"][0].update(recording="\0"),
        lambda grain: grain["segments"][0].pop("recording"),
        lambda grain: grain["segments"][0].update(gain=float("nan")),
        lambda grain: grain["segments"][0].update(gain=0),
        lambda grain: grain["segments"][0].update(gain=1e300),
        lambda grain: grain["segments"][0].update(onsets=[-1]),
        lambda grain: grain["segments"][0].update(onsets=[5, 4]),
        lambda grain: grain["segments"][0].update(onsets=[4, 4]),
        lambda grain: grain["segments"][0].update(onsets=[10**9]),
        lambda grain: grain["segments"][0].update(onsets=["0"]),
        lambda grain: grain["segments"][0].update(onsets=7),
        lambda grain: grain["segments"][0].update(weights=[0.5, 0.5]),
        lambda grain: grain["segments"][0].update(weights=[1.0]),
        lambda grain: grain["segments"][0].update(weights=[0, 0]),
        lambda grain: grain["segments"][0].update(weights=[0.5, float("inf")]),
        lambda grain: grain["segments"][0].update(weights=None),
    ],
)
def test_absurd_descriptions(grain_file: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    _edit(grain_file, edit)
    _assert_plays_without_recordings(grain_file)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda flac: flac[: len(flac) // 2],
        lambda flac: flac[:0],
        lambda flac: flac.flip(0),
        lambda flac: torch.zeros_like(flac),
        lambda flac: flac.float() / 0,
        lambda flac: flac[None],
        lambda flac: flac.char(),
    ],
)
def test_damaged_streams(grain_file: Path, spoil: Callable[[torch.Tensor], torch.Tensor]) -> None:
    tensors = load_file(grain_file)
    metadata = {"distill": read_metadata(grain_file)}
    save_file(tensors | {"grain.1": spoil(tensors["grain.1"]).contiguous()}, grain_file, metadata)
    _assert_plays_without_recordings(grain_file)


def test_a_stream_of_another_rate(grain_model: DistillModel, tmp_path: Path) -> None:
    assert grain_model.grain is not None
    samples = decode_segment(grain_model.grain.segments[0])
    faster = encode_segment("tone.wav", samples, 48_000)
    bank = replace(grain_model.grain, segments=(faster, *grain_model.grain.segments[1:]))
    save_model(grain_model.with_grain(bank), tmp_path / "a.distillgan")
    _assert_plays_without_recordings(tmp_path / "a.distillgan")


def test_a_missing_stream(grain_file: Path) -> None:
    tensors, metadata = load_file(grain_file), {"distill": read_metadata(grain_file)}
    del tensors["grain.2"]
    save_file(tensors, grain_file, metadata)
    _assert_plays_without_recordings(grain_file)


def test_a_description_of_another_kind_is_refused(grain_file: Path) -> None:
    header = json.loads(read_metadata(grain_file)) | {"grain": [1]}
    save_file(load_file(grain_file), grain_file, {"distill": json.dumps(header)})
    with pytest.raises(ModelFileError, match="damaged"):
        load_model(grain_file)


@pytest.mark.parametrize("name", ["../../etc/passwd", "\x1b[31m", "“quotes”\n", "", "a" * 1_024])
def test_hostile_names_are_only_text(grain_file: Path, name: str) -> None:
    _edit(grain_file, lambda grain: grain["segments"][0].update(recording=name))
    model = load_model(grain_file)
    assert model.grain is not None
    assert model.grain.recordings[0] == name
    assert model.grain_source is not None
