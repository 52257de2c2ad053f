"""The JSON header of a .distillgan file. No torch: the window lists models before torch is loaded."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from distill_app.common.errors import ModelFileError
from distill_app.common.parsing import ParseError, parse_guard, parse_json, strip_control_characters
from distill_app.common.safetensors_io import read_metadata
from distill_app.common.typed_values import (
    get_list,
    get_text,
    require_int,
    require_list,
    require_number,
    require_object,
)
from distill_app.dsp.mel_format import MelFormat
from distill_app.models.axis import SLIDER_LIMIT, Axis
from distill_app.models.grain_header import grain_channels
from distill_app.models.window import WINDOW_FRAMES

FORMAT_VERSION = 8
_UNMEASURED_VERSION, _STEREO_VERSION, _HALF_PRECISION_VERSION, _VERSION_WITH_GRAIN, _VERSION_WITHOUT_GRAIN = (
    7,
    6,
    5,
    4,
    3,
)
"""Version 1 had no anchors, landmarks or PCA networks; version 2 no peak and no lead; version 3 no recordings; up to
version 4 the decoder of a PCA network and the anchors were in single precision; version 5 had no recordings in stereo;
version 6 no sliders that were not measured; version 7 none by rank and no names of their ends.

All are readable. A model is written as the earliest version from 3 on that can hold it, for earlier programs.
"""
_READABLE_VERSIONS = (1, 2, 3, 4, 5, 6, 7, 8)
_HALVED_ARCHITECTURE = "basis"
SUFFIX = ".distillgan"
AXES_MAX, AXIS_NAME_LENGTH_MAX = 64, 80
"""Limits beyond which a file is damaged or hostile."""
_NAME_LENGTH_MAX, _FILE_NAME_LENGTH_MAX = 1_024, 1_024
_FILES_MAX, _LANDMARKS_MAX, _RANKS_MAX = 200_000, 1_024, 129
_COORDINATE_MAX = 1e6
_SECONDS_MAX = 1e9
_HEADERS_KEPT = 32
"""The window reads those of its model and of the recent ones several times at each change of the model."""
_Parsed = TypeVar("_Parsed")
CEILING_DBFS = -3.0
"""Default for models without one: RMS of a full-scale sine."""
CEILING_DBFS_MIN, CEILING_DBFS_MAX = -120.0, 60.0
"""Range of levels; 32-bit float recordings may exceed full scale."""


@dataclass(frozen=True)
class CorpusFile:
    """A sound the model was trained on: file name without folder, length, and "recordings" or "takes"."""

    name: str
    seconds: float
    kind: str = "recordings"

    def __post_init__(self) -> None:
        if not 0 <= self.seconds <= _SECONDS_MAX:
            raise ValueError("no sound is that long")


@dataclass(frozen=True)
class ModelHeader:
    """Everything in a model file except tensors.

    Args:
        name: the model's title.
        mel_format: mel format it was trained on.
        architecture: arguments of `distill_app.models.vae.build_vae`.
        axes: its sliders.
        corpus: files it was trained on.
        training: training record: seconds, epochs, seed, errors, versions.
        vocoder: description of the `vocoder_state` tensors; None if the file embeds no vocoder.
        format_version: version of the file it was read from.
        landmarks: slider values of corpus sounds; random sounds stay near them.
        ceiling_dbfs: highest RMS of any frame, at any slider position.
        peak_dbfs: sample peak of the loudest recording; None if unknown.
        lead_frames: silent frames at the start of every window of a one-shot model; renders cut them off.
        grain: description of the recordings that the file carries, read by `grain_header.parse_grain`; None if none.
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
    peak_dbfs: float | None = None
    lead_frames: int = 0
    grain: dict[str, Any] | None = None
    format_version: int = _VERSION_WITHOUT_GRAIN

    def __post_init__(self) -> None:
        if not CEILING_DBFS_MIN <= self.ceiling_dbfs <= CEILING_DBFS_MAX:
            raise ValueError("a ceiling that is none")
        if self.peak_dbfs is not None and not CEILING_DBFS_MIN <= self.peak_dbfs <= CEILING_DBFS_MAX:
            raise ValueError("a peak that is none")
        if not 0 <= self.lead_frames < WINDOW_FRAMES // 2:
            raise ValueError("a lead that is none")

    @property
    def is_half_precision(self) -> bool:
        """Whether the file holds network and anchors as float16."""
        return self.format_version >= _HALF_PRECISION_VERSION

    def with_grain(self, grain: dict[str, Any] | None) -> "ModelHeader":
        """Copy that describes these recordings, or none."""
        return replace(self, grain=grain, format_version=_written_version(self.architecture, self.axes, grain))

    def to_json(self) -> str:
        values = asdict(self.with_grain(self.grain))
        values["axes"] = [_without_empty(axis) for axis in values["axes"]]
        return json.dumps({name: value for name, value in values.items() if name != "grain" or value is not None})


def _without_empty(axis: dict[str, Any]) -> dict[str, Any]:
    """Values of an axis without those that earlier versions do not know, where they are empty."""
    return {name: value for name, value in axis.items() if value or name not in ("ranks", "low_end", "high_end")}


def _written_version(architecture: Mapping[str, Any], axes: tuple[Axis, ...], grain: Mapping[str, Any] | None) -> int:
    if any(axis.ranks or axis.low_end or axis.high_end for axis in axes):
        return FORMAT_VERSION
    if any(axis.rho is None for axis in axes):
        return _UNMEASURED_VERSION
    if grain is not None and grain_channels(grain) > 1:
        return _STEREO_VERSION
    if architecture.get("name") == _HALVED_ARCHITECTURE:
        return _HALF_PRECISION_VERSION
    return _VERSION_WITHOUT_GRAIN if grain is None else _VERSION_WITH_GRAIN


@lru_cache(_HEADERS_KEPT)
def parse_header(text: str, source: str) -> ModelHeader:
    """Header parsed from JSON `text`. Raises ModelFileError naming `source` if it is foreign, damaged or too new."""
    try:
        values = parse_json(text, nulls=True)
        version = values.get("format_version")
        if type(version) is not int:
            raise ParseError("it has no format")
    except ParseError as error:
        raise ModelFileError(f"“{source}” is not a Distill model: its header cannot be read.") from error
    if version not in _READABLE_VERSIONS:
        raise ModelFileError(
            f"“{source}” was made by another version of Distill (file format {version!r:.20}, this one reads "
            f"{FORMAT_VERSION}); update the app to open it."
        )
    try:
        with parse_guard():
            return _from_values(values)
    except ParseError as error:
        raise ModelFileError(
            f"“{source}” is damaged: its header is incomplete or wrong ({strip_control_characters(error)})."
        ) from error


def _from_values(values: dict[str, Any]) -> ModelHeader:
    axes = _parse_each(values["axes"], "axes", AXES_MAX, _parse_axis)
    return ModelHeader(
        **values
        | {
            "name": get_text(values, "name", length_max=_NAME_LENGTH_MAX),
            "mel_format": MelFormat.from_dict(values["mel_format"]),
            "architecture": require_object(values["architecture"]),
            "axes": axes,
            "corpus": _parse_each(values["corpus"], "corpus", _FILES_MAX, _parse_corpus_file),
            "training": require_object(values["training"]),
            "vocoder": None if values["vocoder"] is None else require_object(values["vocoder"]),
            "grain": None if values.get("grain") is None else require_object(values["grain"]),
            "landmarks": _parse_landmarks(values, len(axes)),
            "ceiling_dbfs": require_number(values.get("ceiling_dbfs", CEILING_DBFS), "ceiling_dbfs"),
            "peak_dbfs": None if values.get("peak_dbfs") is None else require_number(values["peak_dbfs"], "peak_dbfs"),
            "lead_frames": require_int(values.get("lead_frames", 0), "lead_frames", 0, WINDOW_FRAMES // 2 - 1),
        }
    )


def _parse_each(
    found: object, name: str, count_max: int, build: Callable[[Mapping[str, Any]], _Parsed]
) -> tuple[_Parsed, ...]:
    return tuple(build(require_object(each)) for each in require_list(found, name, count_max))


def _parse_axis(values: Mapping[str, Any]) -> Axis:
    get_text(values, "name", length_max=AXIS_NAME_LENGTH_MAX)
    get_text(values, "descriptor", length_max=AXIS_NAME_LENGTH_MAX)
    if values["rho"] is not None:
        require_number(values["rho"], "rho", -1, 1)
    for name in ("low", "median", "high"):
        require_number(values[name], name, -_COORDINATE_MAX, _COORDINATE_MAX)
    for name in ("low_end", "high_end"):
        get_text(values, name, "", AXIS_NAME_LENGTH_MAX)
    ranks = get_list(values, "ranks", _RANKS_MAX)
    for each in ranks:
        require_number(each, "ranks", -_COORDINATE_MAX, _COORDINATE_MAX)
    return Axis(**{**values, "ranks": tuple(ranks)})


def _parse_corpus_file(values: Mapping[str, Any]) -> CorpusFile:
    get_text(values, "name", length_max=_FILE_NAME_LENGTH_MAX)
    get_text(values, "kind", CorpusFile.kind, _FILE_NAME_LENGTH_MAX)
    require_number(values["seconds"], "seconds")
    return CorpusFile(**values)


def _parse_landmarks(values: Mapping[str, Any], axes: int) -> tuple[tuple[float, ...], ...]:
    return tuple(_parse_landmark(each, axes) for each in get_list(values, "landmarks", _LANDMARKS_MAX))


def _parse_landmark(values: object, axes: int) -> tuple[float, ...]:
    if not isinstance(values, list) or len(values) != axes:
        raise ParseError("a landmark has other than one value for each slider")
    return tuple(require_number(value, "landmarks", -SLIDER_LIMIT, SLIDER_LIMIT) for value in values)


def read_header(path: Path) -> ModelHeader:
    """Header of a model file, without reading its tensors. Raises ModelFileError."""
    try:
        text = read_metadata(path)
    except OSError as error:
        raise ModelFileError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    except ParseError as error:
        raise ModelFileError(f"“{path.name}” is not a Distill model, or it is damaged or cut off.") from error
    return parse_header(text, path.name)
