"""The JSON header of a .distillgan file. No torch: the window lists models before torch is there."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeGuard

from distill_app.dsp.mel_format import MelFormat
from distill_app.errors import ModelFileError
from distill_app.models.axis import SLIDER_LIMIT, Axis
from distill_app.tensor_file import read_metadata

FORMAT_VERSION = 2
"""1 knew neither anchors and landmarks nor networks of principal components, and is read."""
_READ = (1, 2)
SUFFIX = ".distillgan"
_SECONDS_MAX = 1e9
CEILING_DBFS = -3.0
"""That of a sine at full scale, for models that do not say."""
CEILING_DBFS_MIN, CEILING_DBFS_MAX = -120.0, 60.0
"""Recordings of 32 bit may be louder than full scale."""


@dataclass(frozen=True)
class CorpusFile:
    """A sound the model learned from: its file name (no folder), its length, and "recordings" or "takes"."""

    name: str
    seconds: float
    kind: str = "recordings"

    def __post_init__(self) -> None:
        if not 0 <= self.seconds <= _SECONDS_MAX:
            raise ValueError("no sound is that long")


@dataclass(frozen=True)
class ModelHeader:
    """All of a model but its tensors.

    Args:
        name: the model's title.
        mel_format: the mel it was trained on.
        architecture: arguments of `distill_app.models.vae.build_vae`.
        axes: its sliders.
        corpus: what it learned from.
        training: how it was trained: seconds, epochs, seed, errors, versions.
        vocoder: description of the `vocoder_state` tensors, None where the file carries none.
        format_version: of the file it was read from.
        landmarks: slider values at which sounds of the corpus stand, for random sounds to be near them.
        ceiling_dbfs: no moment of a sound gets louder than this, as RMS, wherever the sliders stand.
    """

    name: str
    mel_format: MelFormat
    architecture: dict[str, Any]
    axes: tuple[Axis, ...]
    corpus: tuple[CorpusFile, ...] = ()
    training: dict[str, Any] = field(default_factory=dict)
    vocoder: dict[str, Any] | None = None
    landmarks: tuple[tuple[float, ...], ...] = ()
    ceiling_dbfs: float = CEILING_DBFS
    format_version: int = FORMAT_VERSION

    def __post_init__(self) -> None:
        if not (_is_number(self.ceiling_dbfs) and CEILING_DBFS_MIN <= self.ceiling_dbfs <= CEILING_DBFS_MAX):
            raise ValueError("a ceiling that is none")

    def to_json(self) -> str:
        return json.dumps(asdict(self) | {"format_version": FORMAT_VERSION})


def parse_header(text: str, source: str) -> ModelHeader:
    """The header of the JSON `text`. Raises ModelFileError, naming `source`, where it is not ours or too new."""
    try:
        values = json.loads(text)
        version = values["format_version"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelFileError(f"“{source}” is not a Distill model: its header cannot be read.") from error
    if version not in _READ:
        raise ModelFileError(
            f"“{source}” was made by another version of Distill (file format {version!r:.20}, this one reads "
            f"{FORMAT_VERSION}); update the app to open it."
        )
    try:
        return _from_values(values)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ModelFileError(f"“{source}” is damaged: its header is incomplete.") from error


def _from_values(values: dict[str, Any]) -> ModelHeader:
    values["mel_format"] = MelFormat.from_dict(values["mel_format"])
    values["axes"] = tuple(Axis(**_checked(Axis, axis)) for axis in values["axes"])
    values["corpus"] = tuple(CorpusFile(**_checked(CorpusFile, file)) for file in values["corpus"])
    values["landmarks"] = tuple(_landmark(each, len(values["axes"])) for each in values.get("landmarks", ()))
    dicts = (values["architecture"], values["training"], values["vocoder"] or {})
    if not isinstance(values["name"], str) or not all(isinstance(each, dict) for each in dicts):
        raise ValueError("the header holds other kinds of values")
    return ModelHeader(**values)


def _checked(kind: type[Axis | CorpusFile], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Values for a dataclass of strings and floats. Raises ValueError where one is of another kind or not finite."""
    for each in fields(kind):
        value = values[each.name] if each.default is MISSING else values.get(each.name, each.default)
        if not (isinstance(value, str) if each.type is str else _is_number(value)):
            raise ValueError(f"{each.name} holds another kind of value")
    return values


def _landmark(values: Sequence[object], axes: int) -> tuple[float, ...]:
    if len(values) != axes or not all(_is_number(value) and abs(value) <= SLIDER_LIMIT for value in values):
        raise ValueError("landmarks of another kind")
    return tuple(float(value) for value in values if _is_number(value))


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def read_header(path: Path) -> ModelHeader:
    """The header alone, without reading tensors. Raises ModelFileError."""
    try:
        text = read_metadata(path)
    except OSError as error:
        raise ModelFileError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    except ValueError as error:
        raise ModelFileError(f"“{path.name}” is not a Distill model, or it was cut off.") from error
    return parse_header(text, path.name)
