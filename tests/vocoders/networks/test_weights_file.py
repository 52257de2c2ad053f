"""Weights files load the saved network, or are refused with one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from distill_app.common.errors import VocoderError
from distill_app.dsp.mel import filterbank
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.vocoders.networks import build_generator, weights_file
from distill_app.vocoders.networks.hifigan import add_weight_norm
from distill_app.vocoders.networks.presets import GENERATORS
from distill_app.vocoders.networks.weights_file import (
    WeightsHeader,
    load_generator,
    read_weights_header,
    save_generator,
)

TINY = GENERATORS["tiny"]
HEADER = WeightsHeader(TINY, {"steps": 12, "hours": 0.5})
MEL = torch.randn(1, 128, 6, generator=torch.Generator().manual_seed(0)) - 4


def saved(path: Path, half: bool = False) -> torch.nn.Module:
    torch.manual_seed(0)
    generator = build_generator(TINY)
    save_generator(generator, HEADER, path, half)
    return generator


def test_the_network_comes_back_ready_to_use(tmp_path: Path) -> None:
    generator = saved(tmp_path / "v.safetensors")
    loaded, header = load_generator(tmp_path / "v.safetensors")
    assert torch.equal(loaded(MEL), generator(MEL))
    assert header == HEADER == read_weights_header(tmp_path / "v.safetensors")
    assert not loaded.training
    assert not any(parameter.requires_grad for parameter in loaded.parameters())


def test_loading_may_be_the_first_thing_done(tmp_path: Path) -> None:
    """Shapes are compared on the meta device; a cached filterbank must not be built there."""
    generator = saved(tmp_path / "v.safetensors")
    filterbank.cache_clear()
    loaded, _ = load_generator(tmp_path / "v.safetensors")
    assert torch.equal(loaded(MEL), generator(MEL))
    assert filterbank(TINY.mel_format).device.type == "cpu"


def test_half_precision_is_half_the_file_and_nearly_the_same_sound(tmp_path: Path) -> None:
    generator = saved(tmp_path / "whole.safetensors")
    saved(tmp_path / "half.safetensors", half=True)
    sizes = [(tmp_path / f"{name}.safetensors").stat().st_size for name in ("half", "whole")]
    assert sizes[0] < 0.55 * sizes[1]
    loaded, _ = load_generator(tmp_path / "half.safetensors")
    wanted = generator(MEL)
    assert (loaded(MEL) - wanted).norm() < 0.05 * wanted.norm()
    assert all(parameter.dtype == torch.float32 for parameter in loaded.parameters())


def test_weight_norm_is_left_out_of_the_file_and_kept_in_the_network(tmp_path: Path) -> None:
    config = GENERATORS["hifigan-v2"]
    generator = add_weight_norm(build_generator(config))
    save_generator(generator, WeightsHeader(config), tmp_path / "v.safetensors")
    loaded, _ = load_generator(tmp_path / "v.safetensors")
    assert torch.allclose(loaded(MEL), generator(MEL), atol=1e-6)
    assert any("parametrizations" in name for name in generator.state_dict())


def test_loading_draws_no_random_numbers(tmp_path: Path) -> None:
    saved(tmp_path / "v.safetensors")
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    load_generator(tmp_path / "v.safetensors")
    assert torch.equal(torch.rand(3), wanted)


def _written(path: Path, tensors: dict[str, torch.Tensor] | None = None, **values: Any) -> Path:
    """Write a weights file with other tensors or header values."""
    tensors = dict(build_generator(TINY).state_dict()) if tensors is None else tensors
    header = {"kind": "vocoder", "format_version": 1, "config": TINY.to_dict(), "training": {}} | values
    save_file(tensors, path, {"distill": json.dumps(header)})
    return path


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "model"},
        {"format_version": 2},
        {"format_version": None},
        {"config": {}},
        {"config": []},
        {"config": TINY.to_dict() | {"channels": 10**12}},
        {"config": TINY.to_dict() | {"channels": 2_048, "blocks": 64}},
        {"config": TINY.to_dict() | {"family": ["vocos"]}},
        {"config": TINY.to_dict() | {"rates": {"a": 1}}},
        {"training": [1]},
    ],
)
def test_a_header_that_does_not_fit_is_one_sentence(tmp_path: Path, values: dict[str, Any]) -> None:
    with pytest.raises(VocoderError) as failure:
        load_generator(_written(tmp_path / "v.safetensors", **values))
    assert str(failure.value).endswith(".")


@pytest.mark.parametrize(
    "values",
    [{"sample_rate": 10**30}, {"n_fft": 2**16, "win": 2**16}, {"bands": 1_000}, {"floor": 10**400}],
)
def test_a_mel_that_takes_minutes_to_prepare_is_refused_unseen(tmp_path: Path, values: dict[str, Any]) -> None:
    """The header is validated before anything is computed from it."""
    config = TINY.to_dict()
    config["mel_format"] = DISTILL_MEL.to_dict() | values
    with pytest.raises(VocoderError, match="damaged"):
        read_weights_header(_written(tmp_path / "v.safetensors", config=config))


@pytest.mark.parametrize("damage", ["missing", "more", "shape", "kind", "nan", "infinite"])
def test_tensors_that_do_not_fit_are_one_sentence(tmp_path: Path, damage: str) -> None:
    tensors = dict(build_generator(TINY).state_dict())
    weight = tensors["head.weight"].clone()
    match damage:
        case "missing":
            del tensors["head.weight"]
        case "more":
            tensors["more"] = torch.zeros(1)
        case "shape":
            tensors["head.weight"] = weight.T.contiguous()
        case "kind":
            tensors["head.weight"] = weight.long()
        case "nan" | "infinite":
            weight[0, 0] = float("nan" if damage == "nan" else "inf")
            tensors["head.weight"] = weight
    with pytest.raises(VocoderError, match="damaged"):
        load_generator(_written(tmp_path / "v.safetensors", tensors))


@pytest.mark.parametrize("contents", [b"", b"\xff" * 100, b"{}", None, "folder"])
def test_other_files_are_one_sentence(tmp_path: Path, contents: bytes | str | None) -> None:
    path = tmp_path / "v.safetensors"
    if contents == "folder":
        path.mkdir()
    elif isinstance(contents, bytes):
        path.write_bytes(contents)
    with pytest.raises(VocoderError):
        load_generator(path)


def test_a_truncated_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "v.safetensors"
    saved(path)
    whole = path.read_bytes()
    for share in (0.01, 0.1, 0.9):
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(VocoderError):
            load_generator(path)


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(tmp_path / "v.safetensors")
    monkeypatch.setattr(weights_file, "BYTES_MAX", 1_000)
    with pytest.raises(VocoderError, match="damaged"):
        load_generator(tmp_path / "v.safetensors")


def test_weights_that_are_not_finite_never_replace_good_ones(tmp_path: Path) -> None:
    path = tmp_path / "v.safetensors"
    generator = saved(path)
    before = path.read_bytes()
    next(generator.parameters()).data.fill_(float("nan"))
    with pytest.raises(VocoderError, match="finite"):
        save_generator(generator, HEADER, path)
    assert path.read_bytes() == before


def test_numbers_too_large_for_half_precision_are_refused(tmp_path: Path) -> None:
    generator = build_generator(TINY)
    next(generator.parameters()).data.fill_(1e6)
    with pytest.raises(VocoderError, match="finite"):
        save_generator(generator, HEADER, tmp_path / "v.safetensors", half=True)


def test_an_unwritable_place_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VocoderError):
        save_generator(build_generator(TINY), HEADER, tmp_path / "nowhere" / "v.safetensors")
