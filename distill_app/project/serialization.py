"""Conversion of a project to and from the values of project.json."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from distill_app.common.errors import ProjectError
from distill_app.common.parsing import error_reason
from distill_app.common.typed_values import (
    excerpt,
    get_datetime,
    get_int,
    get_list,
    get_number,
    get_text,
    require_object,
)
from distill_app.project import entries
from distill_app.project.corpora import CORPORA, CorpusSpec, corpus_from_dict, corpus_to_dict
from distill_app.project.json_values import path_to_json
from distill_app.project.project import ModelEntry, Project, Take, unique_name

FORMAT_VERSION = 1
MODELS, TAKES = "models", "takes"
"""Keys of the file, and names of the folders beside it."""
_IDENTITY = {CORPORA: "name", MODELS: "file", TAKES: "file"}
_MINUTES_MAX, _EPOCHS_MAX, _SEED_MAX = 1e6, 10**9, 2**63 - 1
_PARSE_ERRORS = (ProjectError, KeyError, ValueError)

T = TypeVar("T")


@dataclass(frozen=True)
class ParseResult:
    """Project as far as it could be read, and a reason for each part that could not."""

    project: Project
    reasons: tuple[str, ...] = ()


def project_to_dict(project: Project, folder: Path, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Values for project.json in `folder`.

    Args:
        before: previous values of the file; unknown names in them, as of a later version, are kept.
    """
    values = {
        "format_version": FORMAT_VERSION,
        "name": project.name,
        CORPORA: [corpus_to_dict(corpus, folder) for corpus in project.corpora],
        MODELS: [_model_value(model, folder) for model in project.models],
        TAKES: [_take_value(take, folder) for take in project.takes],
    }
    return _with_unknown(values, before or {})


def _model_value(model: ModelEntry, folder: Path) -> dict[str, Any]:
    return {
        "file": path_to_json(model.file, folder),
        "corpora": list(model.corpora),
        "minutes": model.minutes,
        "epochs": model.epochs,
        "seed": model.seed,
        "when": _when_value(model.when),
    }


def _take_value(take: Take, folder: Path) -> dict[str, Any]:
    return {
        "file": path_to_json(take.file, folder),
        "model": path_to_json(take.model, folder) if take.model else None,
        "preset": dict(take.preset),
        "when": _when_value(take.when),
    }


def _when_value(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def _with_unknown(values: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(before) | values
    for key, identity in _IDENTITY.items():
        known = before.get(key)
        items = known if isinstance(known, list) else []
        old = {_identity(item, identity): item for item in items if isinstance(item, Mapping)}
        kept[key] = [dict(old.get(_identity(item, identity), {})) | item for item in values[key]]
    return kept


def _identity(item: Mapping[str, Any], identity: str) -> str:
    return repr(item.get(identity))


def check_version(values: Mapping[str, Any], name: str) -> None:
    """Raises ProjectError if a later version of Distill wrote the values."""
    version = values.get("format_version", FORMAT_VERSION)
    if isinstance(version, int | float) and version > FORMAT_VERSION:
        raise ProjectError(
            f"“{name}” was made by a newer version of Distill (format {excerpt(version)}, this one reads "
            f"{FORMAT_VERSION}); update the app to open it."
        )


def project_from_dict(values: Mapping[str, Any], folder: Path, name: str) -> ParseResult:
    """Project from the values of project.json in `folder`.

    Args:
        name: name of the project if its own cannot be read.
    """
    reader = _Reader(values, folder)
    corpora = _make_names_unique(reader.each(CORPORA, corpus_from_dict))
    models, takes = reader.each(MODELS, _model_from_dict), reader.each(TAKES, _take_from_dict)
    title = reader.one(lambda: Project(get_text(values, "name", name)), Project(name))
    return ParseResult(replace(title, corpora=corpora, models=models, takes=takes), tuple(reader.reasons))


@dataclass
class _Reader:
    """Reader that collects a reason for each invalid part and continues."""

    values: Mapping[str, Any]
    folder: Path
    reasons: list[str] = field(default_factory=list)

    def one(self, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except _PARSE_ERRORS as error:
            self.reasons.append(error_reason(error))
            return otherwise

    def each(self, key: str, read: Callable[[Any, Path], T]) -> tuple[T, ...]:
        nothing: tuple[T, ...] = ()
        items: list[Any] = self.one(lambda: get_list(self.values, key), [])
        found = (self.one(partial(self._tuple, read, item), nothing) for item in items)
        return tuple(chain.from_iterable(found))

    def _tuple(self, read: Callable[[Any, Path], T], item: Any) -> tuple[T, ...]:
        return (read(item, self.folder),)


def _make_names_unique(corpora: tuple[CorpusSpec, ...]) -> tuple[CorpusSpec, ...]:
    named: dict[str, CorpusSpec] = {}
    for corpus in corpora:
        name = unique_name(corpus.name, named.keys()) if corpus.name in named else corpus.name
        named[name] = replace(corpus, name=name)
    return tuple(named.values())


def _model_from_dict(item: Any, folder: Path) -> ModelEntry:
    values = require_object(item)
    return ModelEntry(
        file=entries.parse_model_path(values["file"], folder),
        corpora=tuple(_name_from(name) for name in get_list(values, "corpora")),
        minutes=get_number(values, "minutes", 0, _MINUTES_MAX),
        epochs=get_int(values, "epochs", 0, _EPOCHS_MAX),
        seed=get_int(values, "seed", 0, _SEED_MAX) or 0,
        when=get_datetime(values, "when"),
    )


def _take_from_dict(item: Any, folder: Path) -> Take:
    values = require_object(item)
    model = values.get("model")
    return Take(
        file=entries.parse_take_path(values["file"], folder),
        model=None if model is None else entries.parse_model_path(model, folder),
        preset=require_object(values.get("preset", {})),
        when=get_datetime(values, "when"),
    )


def _name_from(value: Any) -> str:
    return get_text({"corpora": value}, "corpora")
