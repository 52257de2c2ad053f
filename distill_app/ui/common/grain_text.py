"""Recordings that a model carries, and text about them."""

import math
from pathlib import Path

from distill_app.common.parsing import ParseError
from distill_app.common.safetensors_io import tensor_shapes
from distill_app.generation.config import GenerationConfig
from distill_app.models.grain_header import TENSORS, grain_channels, parse_grain
from distill_app.models.header import ModelHeader
from distill_app.ui.style.format import file_size, length
from distill_app.ui.translation import tr
from distill_app.vocoders.built_in import GRAIN


def carries_grain(header: ModelHeader) -> bool:
    """Whether a model carries recordings whose description is not damaged."""
    return _seconds(header) is not None


def is_stereo(header: ModelHeader, vocoder: str, config: GenerationConfig) -> bool:
    """Whether a sound of a model has two channels.

    Args:
        vocoder: id of the one that renders it.
    """
    played = vocoder == GRAIN.id and config.grain > 0 and header.grain is not None
    return played and grain_channels(header.grain or {}) > 1


def grain_text(header: ModelHeader, path: Path | None = None) -> str:
    """Sentence about the length of the recordings that a model carries; "" without.

    Args:
        path: file of the model, whose share of them is named too; the size is left out where it cannot be read.
    """
    if header.grain is None:
        return ""
    seconds = _seconds(header)
    if seconds is None:
        return tr("The recordings in this file are damaged; it plays without them.")
    size = "" if path is None else _size_text(path)
    width = tr(" in stereo") if grain_channels(header.grain) > 1 else ""
    sentence = tr("Carries {length} of the recordings' sound{width}{size}, under their own licence.")
    return sentence.format(length=length(seconds), width=width, size=size)


def _seconds(header: ModelHeader) -> float | None:
    """Length of the recordings; None where there are none, or their description is damaged."""
    try:
        return None if header.grain is None else parse_grain(header.grain).seconds
    except ParseError:
        return None


def _size_text(path: Path) -> str:
    """Size of the recordings in a model file in parentheses; "" where it cannot be read."""
    try:
        shapes = tensor_shapes(path)
    except (ParseError, OSError):
        return ""
    size = sum(math.prod(shape) for name, shape in shapes.items() if name.startswith(TENSORS))
    return f" ({file_size(size)})"
