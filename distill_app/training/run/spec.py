"""Specification of a training, from the window or the command line to the training itself. No torch here."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args

from distill_app.common.errors import SettingsError
from distill_app.common.training_paths import checkpoint_path, vocoder_checkpoint_path
from distill_app.common.typed_values import get_bool, get_int, get_list, get_number, get_text, require_object
from distill_app.project.corpora import CORPORA, CorpusSpec, corpus_from_dict, corpus_to_dict
from distill_app.project.json_values import parse_project_json, path_from_json, path_to_json

Base = Literal["built-in", "hifigan-v2"]
BASES: tuple[Base, ...] = get_args(Base)
Precision = Literal["auto", "float32", "bfloat16"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)

GRAIN_MINUTES, GRAIN_MINUTES_MAX = 5.0, 120.0
VOCODER_MINUTES_MAX = 31 * 24 * 60.0
TRAINING = "training"
"""Key of everything but the corpora."""
_ROOT = Path("/")
_MINUTES_MAX, _COUNT_MAX, _SEED_MAX = 1e6, 10**9, 2**63 - 1


@dataclass(frozen=True)
class TrainingSpec:
    """Specification of a training: recordings, result, duration and hardware.

    Args:
        corpora: recordings.
        out: model that is written, or written to; checkpoints lie in a folder beside it.
        minutes: budget of training in all.
        seed: of everything random.
        device: "cpu", "cuda" or "mps".
        threads: of the processor; None for all.
        background: the process runs at low priority.
        resume: continue from the checkpoint; without one the training begins anew.
        checkpoint_seconds: the most work, in seconds, that is lost when the program is killed.
    """

    kind: ClassVar[str]

    corpora: tuple[CorpusSpec, ...]
    out: Path
    minutes: float = 2.0
    seed: int = 0
    device: str = "cpu"
    threads: int | None = 1
    background: bool = True
    resume: bool = False
    checkpoint_seconds: float = 20.0

    @property
    def checkpoint(self) -> Path:
        """File that exists as long as the training can be resumed."""
        raise NotImplementedError

    def to_values(self, folder: Path) -> dict[str, Any]:
        """Object for JSON; paths within `folder` are relative to it."""
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name != CORPORA}
        plain = {name: path_to_json(each, folder) if isinstance(each, Path) else each for name, each in values.items()}
        corpora = [corpus_to_dict(corpus, folder) for corpus in self.corpora]
        return {CORPORA: corpora, TRAINING: {"kind": self.kind, **plain}}

    def to_json(self) -> str:
        """One line of JSON without its end."""
        return json.dumps(self.to_values(_ROOT), allow_nan=False)


@dataclass(frozen=True)
class ModelSpec(TrainingSpec):
    """Training of a model.

    Args:
        minutes: 0 for the first model alone.
        epochs: budget in passes over the recordings instead of `minutes`.
        ends_early: `minutes` is the longest time; it ends before where the validation error hardly falls any more.
        name: title of the model; that of the first corpus where it is None.
        begin_with: model to start from; its knowledge stays, also where its recordings are not given again. A resumed
            training keeps the model that it began with.
        demos: write demos to the folder of the checkpoint.
        batch: windows in a step, of all processes together.
        precision: number format of layers.
        grain_minutes: of the recordings' sound that the model carries at most; 0 for none.
    """

    kind = "model"

    epochs: int | None = None
    ends_early: bool = False
    name: str | None = None
    begin_with: Path | None = None
    demos: bool = False
    batch: int = 16
    precision: Precision = "auto"
    grain_minutes: float = GRAIN_MINUTES

    @property
    def checkpoint(self) -> Path:
        return checkpoint_path(self.out)


@dataclass(frozen=True)
class EmbeddedVocoderSpec(TrainingSpec):
    """Training of the vocoder that the model `out` carries.

    Args:
        base: network to start from.
        steps: budget in steps, in all, instead of `minutes`.

    Raises SettingsError where a value is out of its range.
    """

    kind = "vocoder"

    minutes: float = 10.0
    base: Base = "built-in"
    steps: int | None = None

    def __post_init__(self) -> None:
        check_budget(self.minutes, self.steps)
        if self.base not in BASES:
            raise SettingsError(f"A vocoder begins with one of: {', '.join(BASES)}.")

    @property
    def checkpoint(self) -> Path:
        return vocoder_checkpoint_path(self.out)


@dataclass(frozen=True)
class TrainingOptions:
    """Part of a specification that the user chooses for each training; `grain` keeps the recordings' sound."""

    minutes: float
    device: str = "cpu"
    threads: int = 1
    grain: bool = True
    ends_early: bool = False


def check_budget(minutes: float, steps: int | None) -> None:
    """Raises SettingsError where a vocoder cannot be trained for so long."""
    if not 0 < minutes <= VOCODER_MINUTES_MAX:
        raise SettingsError("The training time has to be more than 0 minutes and at most a month.")
    if steps is not None and steps < 1:
        raise SettingsError("The number of steps goes from 1 up.")


def spec_from_json(line: str) -> ModelSpec | EmbeddedVocoderSpec:
    """Specification in a line of `to_json`. Raises ProjectError, KeyError or ValueError."""
    return spec_from_values(parse_project_json(line.encode(), "specification"), _ROOT)


def spec_from_values(values: Mapping[str, Any], folder: Path, **missing: Any) -> ModelSpec | EmbeddedVocoderSpec:
    """Specification in an object of `to_values`.

    Args:
        folder: where relative paths begin.
        missing: values of fields that the object does not have; else they get their defaults.

    Raises ProjectError, KeyError or ValueError.
    """
    stored = require_object(values.get(TRAINING))
    kind = _KINDS[get_text(stored, "kind", ModelSpec.kind)]
    names = [each.name for each in fields(kind) if each.name in stored and each.name in _READERS]
    known = {name: _value(stored, name, folder) for name in names if stored[name] is not None or name in _OPTIONAL}
    corpora = tuple(corpus_from_dict(each, folder) for each in get_list(values, CORPORA))
    given = {**missing, **known}
    return kind(corpora=corpora, out=given.pop("out"), **given)


def _value(stored: Mapping[str, Any], name: str, folder: Path) -> Any:
    return None if stored[name] is None else _READERS[name](stored, name, folder)


Reader = Callable[[Mapping[str, Any], str, Path], Any]


def _path(values: Mapping[str, Any], name: str, folder: Path) -> Path:
    return path_from_json(values[name], folder)


def _text(values: Mapping[str, Any], name: str, _: Path) -> str:
    return get_text(values, name)


def _flag(values: Mapping[str, Any], name: str, _: Path) -> bool:
    return get_bool(values, name, default=False)


def _number(low: float, high: float) -> Reader:
    return lambda values, name, _: get_number(values, name, low, high)


def _count(low: int, high: int) -> Reader:
    return lambda values, name, _: get_int(values, name, low, high)


_KINDS: Mapping[str, type[ModelSpec] | type[EmbeddedVocoderSpec]] = {
    each.kind: each for each in (ModelSpec, EmbeddedVocoderSpec)
}
_OPTIONAL = ("threads", "epochs", "steps", "name", "begin_with")
"""Fields that may be None."""
_READERS: Mapping[str, Reader] = {
    "out": _path,
    "begin_with": _path,
    "minutes": _number(0, _MINUTES_MAX),
    "checkpoint_seconds": _number(0, _MINUTES_MAX),
    "grain_minutes": _number(0, GRAIN_MINUTES_MAX),
    "seed": _count(0, _SEED_MAX),
    "threads": _count(1, _COUNT_MAX),
    "epochs": _count(1, _COUNT_MAX),
    "steps": _count(1, _COUNT_MAX),
    "batch": _count(1, _COUNT_MAX),
    "device": _text,
    "name": _text,
    "base": _text,
    "precision": _text,
    "background": _flag,
    "resume": _flag,
    "demos": _flag,
    "ends_early": _flag,
}
