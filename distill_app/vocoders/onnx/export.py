"""Writes networks as ONNX files for other programs, and verifies them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from distill_app.common.atomic_io import atomic_path, write_error_message
from distill_app.common.errors import VocoderError
from distill_app.vocoders.networks import GeneratorConfig
from distill_app.vocoders.networks.config import InverseStftConfig
from distill_app.vocoders.onnx.session import OPSET, OnnxNetwork, onnx_bytes, postprocessing

DIFFERENCE_MAX = 1e-4
_TRIAL_FRAMES = (9, 50)
"""Lengths of the verification, two to show that the length is free."""
_MEL_CENTRE, _MEL_SPREAD = -4.0, 2.0
"""Typical centre and spread of log-mels of music."""
_SILENCE = 1e-9


@dataclass(frozen=True)
class Provenance:
    """Source of a network, for the metadata.

    Args:
        title: name of the vocoder.
        licence: SPDX identifier of the weights, "" if unknown.
        further_steps: processing after the network, apart from the inverse STFT; "" if none.
    """

    title: str
    licence: str = ""
    further_steps: str = ""


@dataclass(frozen=True)
class OnnxExport:
    """Properties of a written file.

    Args:
        metadata: its metadata.
        opset: version of the ONNX operators.
        size_bytes: its size.
        difference: largest difference between ONNX Runtime's samples and torch's, relative to their peak.
    """

    metadata: dict[str, str]
    opset: int
    size_bytes: int
    difference: float


def write_onnx(network: nn.Module, config: GeneratorConfig, provenance: Provenance, path: Path) -> OnnxExport:
    """Write an ONNX file atomically, after comparing ONNX Runtime's samples with torch's.

    Raises VocoderError where ONNX is not installed, the family is unknown, the samples differ, or the file cannot be
    written.
    """
    metadata = _metadata(config, provenance)
    try:
        with atomic_path(path) as temporary:
            temporary.write_bytes(onnx_bytes(network, metadata))
            found = max_difference(network, OnnxNetwork(temporary, postprocessing(network), threads=1), config)
            if not found <= DIFFERENCE_MAX:
                raise VocoderError(
                    f"“{path.name}” was not written: its sound differs from the original's by {found:.1g}."
                )
            return OnnxExport(metadata, OPSET, temporary.stat().st_size, found)
    except OSError as error:
        raise VocoderError(write_error_message(path, error)) from error


def _metadata(config: GeneratorConfig, provenance: Provenance) -> dict[str, str]:
    """Metadata that a program needs to use the file."""
    mel = config.mel_format
    inverse = "the inverse STFT, in the mel's framing" if isinstance(config, InverseStftConfig) else ""
    return {
        "title": provenance.title,
        "licence": provenance.licence or "not stated",
        "family": config.family,
        "mel_format": json.dumps(mel.to_dict()),
        "sample_rate": str(mel.sample_rate),
        "hop": str(mel.hop),
        "context_frames": str(config.context_frames),
        "outside_the_graph": ", then ".join(filter(None, (inverse, provenance.further_steps))) or "nothing",
    }


@torch.inference_mode()
def max_difference(network: nn.Module, other: Callable[[Tensor], Tensor], config: GeneratorConfig) -> float:
    """Largest difference between the samples of two networks, relative to the peak; NaN if a sample is NaN."""
    noise = torch.Generator().manual_seed(0)
    found = []
    for frames in _TRIAL_FRAMES:
        mel = _MEL_CENTRE + _MEL_SPREAD * torch.randn(1, config.mel_format.bands, frames, generator=noise)
        wanted = network(mel)
        found.append((other(mel) - wanted).abs().max() / wanted.abs().max().clamp_min(_SILENCE))
    return float(torch.stack(found).max())
