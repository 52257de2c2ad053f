"""A network written as an ONNX file, for other programs, and tried before it stays."""

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
"""Two lengths: one alone would not show that the file takes any."""
_MEL_CENTRE, _MEL_SPREAD = -4.0, 2.0
"""Roughly where log-mels of music lie."""
_SILENCE = 1e-9


@dataclass(frozen=True)
class Provenance:
    """Where a network comes from.

    Args:
        title: of the vocoder.
        licence: SPDX identifier of the weights, "" where it is not known.
        further: what the vocoder does with the network's answer besides, "" for nothing.
    """

    title: str
    licence: str = ""
    further: str = ""


@dataclass(frozen=True)
class OnnxExport:
    """What was written.

    Args:
        about: the file's metadata.
        opset: version of the operations that it is made of.
        size_bytes: of the file.
        difference: the largest between ONNX Runtime's samples and torch's, relative to their peak.
    """

    about: dict[str, str]
    opset: int
    size_bytes: int
    difference: float


def write_onnx(network: nn.Module, config: GeneratorConfig, origin: Provenance, path: Path) -> OnnxExport:
    """Writes the file whole or not at all, after ONNX Runtime has computed with it what torch computes.

    Raises VocoderError where ONNX is not installed, the network is of no known family or its file gives another sound,
    and where it cannot be written.
    """
    about = metadata(config, origin)
    try:
        with atomic_path(path) as temporary:
            temporary.write_bytes(onnx_bytes(network, about))
            found = max_difference(network, OnnxNetwork(temporary, postprocessing(network), threads=1), config)
            if not found <= DIFFERENCE_MAX:
                raise VocoderError(
                    f"“{path.name}” was not written: its sound differs from the original's by {found:.1g}."
                )
            return OnnxExport(about, OPSET, temporary.stat().st_size, found)
    except OSError as error:
        raise VocoderError(write_error_message(path, error)) from error


def metadata(config: GeneratorConfig, origin: Provenance) -> dict[str, str]:
    """What somebody needs to know who has nothing but the file."""
    mel = config.mel_format
    inverse = "the inverse STFT, in the mel's framing" if isinstance(config, InverseStftConfig) else ""
    return {
        "title": origin.title,
        "licence": origin.licence or "not stated",
        "family": config.family,
        "mel_format": json.dumps(mel.to_dict()),
        "sample_rate": str(mel.sample_rate),
        "hop": str(mel.hop),
        "context_frames": str(config.context_frames),
        "outside_the_graph": ", then ".join(filter(None, (inverse, origin.further))) or "nothing",
    }


@torch.inference_mode()
def max_difference(network: nn.Module, other: Callable[[Tensor], Tensor], config: GeneratorConfig) -> float:
    """The largest between both networks' samples of random mels, relative to the peak; NaN where one is no number."""
    noise = torch.Generator().manual_seed(0)
    found = []
    for frames in _TRIAL_FRAMES:
        mel = _MEL_CENTRE + _MEL_SPREAD * torch.randn(1, config.mel_format.bands, frames, generator=noise)
        wanted = network(mel)
        found.append((other(mel) - wanted).abs().max() / wanted.abs().max().clamp_min(_SILENCE))
    return float(torch.stack(found).max())
