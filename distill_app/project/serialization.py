"""A project as the values of project.json: what can be read of them, and what cannot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from distill_app.common.errors import ProjectError
from distill_app.common.parsing import reason
from distill_app.common.typed_values import (
    list_from,
    number_from,
    object_from,
    shown,
    text_from,
    when_from,
    whole_from,
)
from distill_app.project import entries
from distill_app.project.corpora import CORPORA, CorpusSpec, corpus_from, corpus_value
from distill_app.project.json_values import path_value
from distill_app.project.project import ModelEntry, Project, Take, free_name

FORMAT_VERSION = 1
MODELS, TAKES = "models", "takes"
"""Keys of the file, and folders beside it."""
_IDENTITY = {CORPORA: "name", MODELS: "file", TAKES: "file"}
_MINUTES_MAX, _EPOCHS_MAX, _SEED_MAX = 1e6, 10**9, 2**63 - 1
_WRONG = (ProjectError, KeyError, ValueError)

T = TypeVar("T")


@dataclass(frozen=True)
class ParseResult:
    """What was read of a project's values, and a reason for each part that was not."""

    project: Project
    reasons: tuple[str, ...] = ()


def values_of(project: Project, folder: Path, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """For project.json in `folder`.

    Args:
        before: the values that were there: names in them that we do not know, as of a later version, are kept.
    """
    values = {
        "format_version": FORMAT_VERSION,
        "name": project.name,
        CORPORA: [corpus_value(corpus, folder) for corpus in project.corpora],
        MODELS: [_model_value(model, folder) for model in project.models],
        TAKES: [_take_value(take, folder) for take in project.takes],
    }
    return _with_unknown(values, before or {})


def _model_value(model: ModelEntry, folder: Path) -> dict[str, Any]:
    return {
        "file": path_value(model.file, folder),
        "corpora": list(model.corpora),
        "minutes": model.minutes,
        "epochs": model.epochs,
        "seed": model.seed,
        "when": _when_value(model.when),
    }


def _take_value(take: Take, folder: Path) -> dict[str, Any]:
    return {
        "file": path_value(take.file, folder),
        "model": path_value(take.model, folder) if take.model else None,
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
    """Raises ProjectError where a later version of the app wrote them."""
    version = values.get("format_version", FORMAT_VERSION)
    if isinstance(version, int | float) and version > FORMAT_VERSION:
        raise ProjectError(
            f"“{name}” was made by a newer version of Distill (format {shown(version)}, this one reads "
            f"{FORMAT_VERSION}); update the app to open it."
        )


def read_values(values: Mapping[str, Any], folder: Path, name: str) -> ParseResult:
    """The project of project.json in `folder`.

    Args:
        name: of the project where its own cannot be read.
    """
    reader = _Reader(values, folder)
    corpora = _of_different_names(reader.each(CORPORA, corpus_from))
    models, takes = reader.each(MODELS, _model_from), reader.each(TAKES, _take_from)
    title = reader.one(lambda: Project(text_from(values, "name", name)), Project(name))
    return ParseResult(replace(title, corpora=corpora, models=models, takes=takes), tuple(reader.reasons))


@dataclass
class _Reader:
    """Reads part by part, and goes on after one that is nonsense."""

    values: Mapping[str, Any]
    folder: Path
    reasons: list[str] = field(default_factory=list)

    def one(self, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except _WRONG as error:
            self.reasons.append(reason(error))
            return otherwise

    def each(self, key: str, read: Callable[[Any, Path], T]) -> tuple[T, ...]:
        nothing: tuple[T, ...] = ()
        items: list[Any] = self.one(lambda: list_from(self.values, key), [])
        found = (self.one(partial(self._tuple, read, item), nothing) for item in items)
        return tuple(chain.from_iterable(found))

    def _tuple(self, read: Callable[[Any, Path], T], item: Any) -> tuple[T, ...]:
        return (read(item, self.folder),)


def _of_different_names(corpora: tuple[CorpusSpec, ...]) -> tuple[CorpusSpec, ...]:
    named: dict[str, CorpusSpec] = {}
    for corpus in corpora:
        name = free_name(corpus.name, named.keys()) if corpus.name in named else corpus.name
        named[name] = replace(corpus, name=name)
    return tuple(named.values())


def _model_from(item: Any, folder: Path) -> ModelEntry:
    values = object_from(item)
    return ModelEntry(
        file=entries.model_from(values["file"], folder),
        corpora=tuple(_name_from(name) for name in list_from(values, "corpora")),
        minutes=number_from(values, "minutes", 0, _MINUTES_MAX),
        epochs=whole_from(values, "epochs", 0, _EPOCHS_MAX),
        seed=whole_from(values, "seed", 0, _SEED_MAX) or 0,
        when=when_from(values, "when"),
    )


def _take_from(item: Any, folder: Path) -> Take:
    values = object_from(item)
    model = values.get("model")
    return Take(
        file=entries.take_from(values["file"], folder),
        model=None if model is None else entries.model_from(model, folder),
        preset=object_from(values.get("preset", {})),
        when=when_from(values, "when"),
    )


def _name_from(value: Any) -> str:
    return text_from({"corpora": value}, "corpora")
