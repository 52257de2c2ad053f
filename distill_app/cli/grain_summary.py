"""Summary of the recordings that a model file carries. No torch."""

import math
from pathlib import Path
from typing import Any

from distill_app.cli.progress import duration
from distill_app.common.errors import ModelFileError
from distill_app.common.parsing import ParseError
from distill_app.common.safetensors_io import tensor_shapes
from distill_app.common.units import file_size
from distill_app.models.grain_header import TENSORS, parse_grain
from distill_app.models.header import ModelHeader


def grain_values(header: ModelHeader, path: Path) -> dict[str, Any] | None:
    """Seconds, bytes, recordings and channels in a model file; None without, or where their description is damaged.

    Raises ModelFileError if the file is truncated.
    """
    try:
        grain = None if header.grain is None else parse_grain(header.grain)
    except ParseError:
        return None
    if grain is None:
        return None
    return {
        "seconds": round(grain.seconds, 3),
        "bytes": _bytes(path),
        "recordings": len(grain.recordings),
        "channels": grain.channels,
    }


def _bytes(path: Path) -> int:
    try:
        shapes = tensor_shapes(path)
        return sum(math.prod(shape) for name, shape in shapes.items() if name.startswith(TENSORS))
    except (ParseError, OSError) as error:
        raise ModelFileError(f"“{path.name}” is damaged and cannot be opened.") from error


def grain_text(values: dict[str, Any]) -> str:
    """Length, number and size of the recordings, as a phrase."""
    recordings = "1 recording" if values["recordings"] == 1 else f"{values['recordings']} recordings"
    stereo = " in stereo" if values["channels"] > 1 else ""
    return f"{duration(values['seconds'])} of the sound of {recordings}{stereo} ({file_size(values['bytes'])})"
