"""A model file round-trips, and foreign or damaged files are refused with one sentence."""

import json
import math
import os
import pickle
import struct
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from distill_app.common.errors import ModelFileError
from distill_app.models.anchors import Anchors
from distill_app.models.gain_correction import GainCorrection
from distill_app.models.header import read_header
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model, save_model


def test_a_model_round_trips(tiny_model: DistillModel, tmp_path: Path) -> None:
    path = tmp_path / "model.distillgan"
    state = {"weight": torch.arange(3.0)}
    save_model(
        replace(tiny_model, vocoder_state=state, header=replace(tiny_model.header, vocoder={"name": "own"})), path
    )
    back = load_model(path)
    latents = torch.randn(2, 4)
    assert torch.equal(back.decode(latents), tiny_model.decode(latents))
    assert back.axes.to_sliders(latents[0]) == tiny_model.axes.to_sliders(latents[0])
    assert back.header.vocoder == {"name": "own"}
    assert back.vocoder_state is not None
    assert torch.equal(back.vocoder_state["weight"], state["weight"])
    assert replace(back.header, vocoder=None) == tiny_model.header == replace(read_header(path), vocoder=None)


def test_sliders_that_are_not_measured_round_trip_in_a_file_that_says_so(
    tiny_model: DistillModel, tmp_path: Path
) -> None:
    path, (first, *others) = tmp_path / "model.distillgan", tiny_model.axes.axes
    axes = replace(tiny_model.axes, axes=(replace(first, rho=None), *others))
    save_model(tiny_model.with_axes(axes), path)
    header = read_header(path)
    assert [axis.rho for axis in header.axes] == [None, *[axis.rho for axis in others]]
    assert header.format_version == 7
    save_model(tiny_model, path)
    assert read_header(path).format_version < 7


def _anchored(model: DistillModel) -> DistillModel:
    gain_correction = GainCorrection(torch.randn(3, 3), torch.randn(4))
    anchors = Anchors(torch.randn(5, 2), torch.randn(5, 4))
    return model.with_axes(replace(model.axes, anchors=anchors, gain_correction=gain_correction))


def test_anchors_levels_and_landmarks_round_trip(tiny_model: DistillModel, tmp_path: Path) -> None:
    path, model = tmp_path / "model.distillgan", _anchored(tiny_model)
    save_model(model, path)
    back = load_model(path)
    assert torch.equal(back.axes.to_latent([0.3, -0.2]), model.axes.to_latent([0.3, -0.2]))
    assert back.header == model.header
    assert len(back.header.landmarks) == 5


def _of_the_first_format(header: dict[str, Any]) -> None:
    header["format_version"] = 1
    del header["landmarks"]
    del header["corpus"][0]["kind"]


def test_a_file_of_the_first_format_is_read(tiny_model_file: Path, tiny_model: DistillModel) -> None:
    _edited(tiny_model_file, _of_the_first_format)
    back = load_model(tiny_model_file)
    assert replace(back.header, format_version=tiny_model.header.format_version) == tiny_model.header
    assert back.header.format_version == 1
    assert torch.equal(back.axes.to_latent([0.3]), tiny_model.axes.to_latent([0.3]))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("axes.rests", torch.zeros(4, 4)),
        ("axes.rests", torch.zeros(5, 3)),
        ("axes.anchors", torch.zeros(5, 3)),
        ("axes.anchors", torch.tensor(0.0)),
        ("axes.anchors", torch.zeros(5, 2).half()),
        ("axes.anchors", torch.full((5, 2), torch.nan)),
        ("axes.levels", torch.zeros(2, 3)),
        ("axes.levels", torch.tensor(0.0)),
        ("axes.gain", torch.zeros(5)),
    ],
)
def test_anchors_that_do_not_fit_are_refused(
    tiny_model: DistillModel, tmp_path: Path, name: str, value: torch.Tensor
) -> None:
    path = tmp_path / "tiny.distillgan"
    save_model(_anchored(tiny_model), path)
    save_file(load_file(path) | {name: value}, path, _metadata(path))
    with pytest.raises(ModelFileError, match="damaged"):
        load_model(path)


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are POSIX; Windows has none to stand for the disk")
def test_a_full_disk_leaves_the_old_file(tiny_model: DistillModel, tiny_model_file: Path) -> None:
    import resource

    before = tiny_model_file.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(ModelFileError, match="no room on the disk for “tiny"):
            save_model(tiny_model, tiny_model_file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert tiny_model_file.read_bytes() == before
    assert list(tiny_model_file.parent.iterdir()) == [tiny_model_file]


def test_saving_into_a_missing_folder_is_refused(tiny_model: DistillModel, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="No such file"):
        save_model(tiny_model, tmp_path / "nowhere" / "model.distillgan")


def _edited(path: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Rewrites the JSON header of the file."""
    header = json.loads(_metadata(path)["distill"])
    edit(header)
    save_file(load_file(path), path, {"distill": json.dumps(header)})


def _metadata(path: Path) -> dict[str, str]:
    raw = path.read_bytes()
    metadata = json.loads(raw[8 : 8 + struct.unpack("<Q", raw[:8])[0]])["__metadata__"]
    assert isinstance(metadata, dict)
    return metadata


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda h: h.update(format_version=99), "update the app"),
        (lambda h: h.pop("format_version"), "cannot be read"),
        (lambda h: h.pop("axes"), "incomplete"),
        (lambda h: h.update(surprise=1), "incomplete"),
        (lambda h: h["mel_format"].update(hop=-1), "incomplete"),
        (lambda h: h["mel_format"].update(hop=2, n_fft=8_192, win=8_192), "hop of at least 16"),
        (lambda h: h["mel_format"].update(hop=100, win=4_096, n_fft=4_096), "hop of at least 16 and of n_fft / 32"),
        (
            lambda h: h["mel_format"].update(hop=16, win=256, n_fft=256, bands=100, sample_rate=400_000),
            "frames a second",
        ),
        (lambda h: h["mel_format"].update(sample_rate=25), "sample rate from 4000 Hz"),
        (lambda h: h["mel_format"].update(floor=1e-300), "floor"),
        (lambda h: h["mel_format"].update(high_hz=True), "high_hz"),
        (lambda h: h.update(axes=h["axes"] * 10_000), "“axes” has 20000 entries where at most 64 are possible"),
        (lambda h: h["axes"][0].update(name="a" * 81), "“name” has 81 letters where at most 80"),
        (lambda h: h["axes"][0].update(rho=2.0), "“rho” is 2.0"),
        (lambda h: h["axes"][0].update(high=1e30), "“high” is 1e.30"),
        (lambda h: h["axes"][0].update(low=False), "“low” is False"),
        (lambda h: h.update(vocoder=0), "0 is not an object"),
        (lambda h: h.update(vocoder=[]), "is not an object"),
        (lambda h: h.update(training=""), "is not an object"),
        (lambda h: h.update(ceiling_dbfs=True), "“ceiling_dbfs” is True"),
        (lambda h: h.update(format_version=True), "cannot be read"),
        (lambda h: h["axes"][0].update(low=9.0), "incomplete"),
        (lambda h: h["axes"][0].update(low="x"), "incomplete"),
        (lambda h: h["axes"][0].update(low=-math.inf, high=math.inf), "incomplete"),
        (lambda h: h["axes"][0].update(high=10**400), "incomplete"),
        (lambda h: h["axes"][0].update(rho="a"), "incomplete"),
        (lambda h: h["axes"][0].update(name=7), "incomplete"),
        (lambda h: h["axes"][0].update(descriptor=[1]), "incomplete"),
        (lambda h: h["corpus"][0].update(seconds="x"), "incomplete"),
        (lambda h: h["corpus"][0].update(seconds=-1.0), "incomplete"),
        (lambda h: h["corpus"][0].update(seconds=1e308), "incomplete"),
        (lambda h: h["mel_format"].update(hop=512.0), "incomplete"),
        (lambda h: h.update(name=5), "incomplete"),
        (lambda h: h.update(architecture=[1]), "incomplete"),
        (lambda h: h.update(training="x"), "incomplete"),
        (lambda h: h.update(vocoder="x"), "incomplete"),
        (lambda h: h["mel_format"].update(bands=64), "damaged"),
        (lambda h: h["architecture"].update(width=16), "damaged"),
        (lambda h: h["architecture"].update(width=10**9), "damaged"),
        (lambda h: h["architecture"].update(name="transformer"), "damaged"),
        (lambda h: h["architecture"].update(latent=5), "damaged"),
        (lambda h: h["axes"].pop(), "damaged"),
        (lambda h: h.update(ceiling_dbfs=61.0), "damaged"),
        (lambda h: h.update(ceiling_dbfs="loud"), "damaged"),
        (lambda h: h.update(landmarks=[[0.0]]), "incomplete"),
        (lambda h: h.update(landmarks=[[0.0, 9.0]]), "incomplete"),
        (lambda h: h.update(landmarks=[[0.0, "x"]]), "incomplete"),
        (lambda h: h.update(landmarks=7), "incomplete"),
        (lambda h: h["corpus"][0].update(kind=3), "incomplete"),
    ],
)
def test_invalid_headers_are_refused(
    tiny_model_file: Path, edit: Callable[[dict[str, Any]], object], words: str
) -> None:
    _edited(tiny_model_file, edit)
    with pytest.raises(ModelFileError, match=words) as error:
        load_model(tiny_model_file)
    assert "\n" not in str(error.value)


def _pickled(path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (path.with_name("executed"),))

    path.write_bytes(pickle.dumps(Hostile()))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"RIFF" + bytes(100)),
        lambda path: path.write_bytes(struct.pack("<Q", 2**62) + b"{}"),
        lambda path: path.write_bytes(struct.pack("<Q", 40_000) + b"[" * 40_000),
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        lambda path: path.write_bytes(path.read_bytes()[:100]),
        lambda path: path.write_bytes(path.read_bytes() + b"more"),
        lambda path: path.unlink(),
        lambda path: save_file({"a": torch.zeros(1)}, path),
        _pickled,
    ],
)
def test_a_file_that_is_no_model_is_refused(tiny_model_file: Path, spoil: Callable[[Path], object]) -> None:
    spoil(tiny_model_file)
    with pytest.raises(ModelFileError, match=tiny_model_file.name):
        load_model(tiny_model_file)
    assert not tiny_model_file.with_name("executed").exists()


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="cannot be opened"):
        load_model(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mean", torch.nan),
        ("mean", 1e10),
        ("mean", -101.0),
        ("std", 0.0),
        ("std", 1e10),
        ("vae.decoder.0.bias", torch.inf),
    ],
)
def test_implausible_numbers_are_refused(tiny_model_file: Path, name: str, value: float) -> None:
    tensors = load_file(tiny_model_file)
    tensors[name][0] = value
    save_file(tensors, tiny_model_file, _metadata(tiny_model_file))
    with pytest.raises(ModelFileError, match="damaged"):
        load_model(tiny_model_file)


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("mean", torch.Tensor.double),
        ("std", lambda tensor: tensor[:-1]),
        ("axes.mean", torch.Tensor.double),
        ("axes.mean", torch.Tensor.sum),
        ("axes.directions", torch.Tensor.half),
        ("vae.decoder.0.bias", torch.Tensor.half),
        ("vae.decoder.0.bias", torch.Tensor.int),
    ],
)
def test_tensors_of_another_kind_or_shape_are_refused(
    tiny_model_file: Path, name: str, spoil: Callable[[torch.Tensor], torch.Tensor]
) -> None:
    tensors = load_file(tiny_model_file)
    save_file(tensors | {name: spoil(tensors[name]).contiguous()}, tiny_model_file, _metadata(tiny_model_file))
    with pytest.raises(ModelFileError, match="damaged"):
        load_model(tiny_model_file)


def test_no_paths_are_written(tiny_model_file: Path) -> None:
    assert str(tiny_model_file.parent).encode() not in tiny_model_file.read_bytes()


def test_a_loaded_model_is_unaffected_when_its_file_is_overwritten_in_place(tiny_model_file: Path) -> None:
    model = load_model(tiny_model_file)
    before = model.decode(torch.zeros(1, 4))
    with open(tiny_model_file, "r+b") as file:
        file.seek(tiny_model_file.stat().st_size // 2)
        file.write(b"\xff" * (tiny_model_file.stat().st_size // 2))
    assert torch.equal(model.decode(torch.zeros(1, 4)), before)


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are Unicode there")
def test_a_model_whose_name_is_no_unicode_is_read_and_written(tiny_model: DistillModel, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"d\xe9j\xe0 vu.distillgan")
    save_model(tiny_model, path)
    found = load_model(path)
    assert found.header == tiny_model.header
    assert torch.equal(found.mean, tiny_model.mean)
