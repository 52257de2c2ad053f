"""The .distillgan file: one safetensors file of tensors and a JSON header. Never a pickle."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from distill_app.common.atomic_io import write_error_message
from distill_app.common.errors import ModelFileError
from distill_app.common.parsing import ParseError, parse_guard
from distill_app.common.safetensors_io import read_tensors, write_tensors
from distill_app.models.anchors import Anchors
from distill_app.models.axes import LatentAxes
from distill_app.models.gain_correction import GainCorrection
from distill_app.models.grain_header import TENSORS
from distill_app.models.grain_tensors import grain_tensors, read_grain
from distill_app.models.header import SUFFIX, ModelHeader, read_header
from distill_app.models.model import DistillModel
from distill_app.models.vae import VAE, build_vae

_NEPERS_MAX = 100.0
"""Largest plausible magnitude of a log-mel value, in nepers: 870 dB."""
_VAE, _VOCODER, _AXES = "vae.", "vocoder.", "axes."


def save_model(model: DistillModel, path: Path) -> None:
    """Write a model file atomically. Raises ModelFileError."""
    try:
        model = model.with_grain(model.grain)
        write_tensors(path, _tensors(model), model.header.to_json())
    except OSError as error:
        raise ModelFileError(write_error_message(path, error)) from error


def embed_vocoder(path: Path, vocoder: Mapping[str, Any] | None, state: Mapping[str, Tensor] | None) -> None:
    """Replace the embedded vocoder of a model file, or remove it (None), atomically. Raises ModelFileError."""
    model = load_model(path)
    header = replace(model.header, vocoder=None if vocoder is None else dict(vocoder))
    save_model(replace(model, header=header, vocoder_state=state), path)


def _tensors(model: DistillModel) -> dict[str, Tensor]:
    halved = model.vae.half_precision_names()
    state = model.vae.state_dict().items()
    tensors = {_VAE + name: _half(tensor) if name in halved else tensor for name, tensor in state}
    tensors |= _prefixed(model.vocoder_state or {}, _VOCODER)
    tensors |= {"mean": model.mean, "std": model.std}
    tensors |= {} if model.grain is None else _prefixed(grain_tensors(model.grain), TENSORS)
    return tensors | _axes_tensors(model.axes, model.header.is_half_precision)


def _half(tensor: Tensor) -> Tensor:
    """Tensor as float16, whose largest number replaces larger ones."""
    limits = torch.finfo(torch.float16)
    return tensor.clamp(limits.min, limits.max).half()


def _axes_tensors(axes: LatentAxes, halved: bool) -> dict[str, Tensor]:
    tensors = {"mean": axes.mean, "directions": axes.directions}
    if axes.anchors is not None:
        rests = _half(axes.anchors.residuals) if halved else axes.anchors.residuals
        tensors |= {"anchors": axes.anchors.coordinates, "rests": rests}
        tensors |= {} if axes.anchors.levels is None else {"anchor_levels": axes.anchors.levels}
        kernel = axes.anchors.kernel_std
        tensors |= {} if kernel is None else {"kernel": torch.tensor([kernel])}
    if axes.gain_correction is not None:
        tensors |= {"levels": axes.gain_correction.matrix, "gain": axes.gain_correction.direction}
    return _prefixed(tensors, _AXES)


def load_model(path: Path) -> DistillModel:
    """Model read from a file, with the shape and finiteness of every tensor checked.

    Tensors of an embedded vocoder are checked when it is built (`distill_app.vocoders.embedded.vocoder`), those of
    recordings when they are decoded (`DistillModel.grain_source`), so that damaged ones do not make the model unusable.

    Raises ModelFileError if the file is missing, foreign, newer, damaged or hostile.
    """
    header = read_header(path)
    damaged = f"“{path.name}” is damaged and cannot be opened."
    try:
        with parse_guard():
            return _model_from_tensors(header, read_tensors(path, unchecked=(_VOCODER, TENSORS)))
    except OSError as error:
        raise ModelFileError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    except ParseError as error:
        raise ModelFileError(damaged) from error


def _model_from_tensors(header: ModelHeader, tensors: dict[str, Tensor]) -> DistillModel:
    bands = header.mel_format.bands
    mean, std = (_floats(tensors, name, bands) for name in ("mean", "std"))
    if not ((std > 0) & (std <= _NEPERS_MAX) & (mean.abs() <= _NEPERS_MAX)).all():
        raise ParseError("a mean or a deviation that no log-mel has")
    vae = _load_vae(header, _with_prefix(tensors, _VAE))
    axes = _axes(header, _with_prefix(tensors, _AXES), vae.latent)
    grain = None if header.grain is None else read_grain(header.grain, _with_prefix(tensors, TENSORS))
    return DistillModel(header, vae, mean, std, axes, _with_prefix(tensors, _VOCODER) or None, grain)


def _axes(header: ModelHeader, tensors: dict[str, Tensor], latent: int) -> LatentAxes:
    count = len(header.axes)
    centre, directions = _floats(tensors, "mean", latent), _floats(tensors, "directions", count, latent)
    rests = torch.float16 if header.is_half_precision else torch.float32
    anchors = _anchors(tensors, count, latent, rests)
    return LatentAxes(header.axes, centre, directions, anchors, _gain_correction(tensors, count, latent))


def _anchors(tensors: dict[str, Tensor], axes: int, latent: int, kind: torch.dtype) -> Anchors | None:
    if "anchors" not in tensors:
        return None
    count = len(tensors["anchors"])
    levels = _floats(tensors, "anchor_levels", count) if "anchor_levels" in tensors else None
    kernel_std = float(_floats(tensors, "kernel", 1)) if "kernel" in tensors else None
    rests = _floats(tensors, "rests", count, latent, kind=kind)
    return Anchors(_floats(tensors, "anchors", count, axes), rests, levels, kernel_std)


def _gain_correction(tensors: dict[str, Tensor], axes: int, latent: int) -> GainCorrection | None:
    if "levels" not in tensors:
        return None
    return GainCorrection(_floats(tensors, "levels", axes + 1, axes + 1), _floats(tensors, "gain", latent))


def _floats(tensors: dict[str, Tensor], name: str, *shape: int, kind: torch.dtype = torch.float32) -> Tensor:
    """Tensor of this name and shape, stored as `kind`, in single precision. Raises KeyError or ValueError."""
    if tensors[name].shape != shape or tensors[name].dtype != kind:
        raise ValueError(f"{name} does not fit the header")
    return tensors[name].float()


def _load_vae(header: ModelHeader, state: dict[str, Tensor]) -> VAE:
    """Network with the stored weights; shapes are checked on the meta device, so a hostile header allocates nothing."""
    with torch.device("meta"):
        vae = build_vae(header.mel_format.bands, header.architecture)
    halved = vae.half_precision_names() if header.is_half_precision else vae.half_precision_buffers
    for name, wanted in vae.state_dict().items():
        if state[name].dtype != (torch.float16 if name in halved else wanted.dtype):
            raise ValueError("weights of another kind")
        state[name] = state[name].to(wanted.dtype)
    vae.load_state_dict(state, strict=True, assign=True)
    vae.validate()
    return vae.eval().requires_grad_(False)


def _prefixed(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {prefix + name: tensor for name, tensor in tensors.items()}


def _with_prefix(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


__all__ = ["SUFFIX", "embed_vocoder", "load_model", "read_header", "save_model"]
