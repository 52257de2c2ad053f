"""Frozen value of a project: its corpora, models and takes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from distill_app.common.errors import ProjectError
from distill_app.project.corpora import CorpusSpec
from distill_app.project.json_values import NAME_LENGTH_MAX, absolute


@dataclass(frozen=True)
class ModelEntry:
    """Model listed in a project.

    Args:
        file: the .distillgan file.
        corpora: names of the corpora it was trained on.
        minutes, epochs: training budget; one of them is given.
        seed: seed of the training.
        when: time of writing, with a time zone.
    """

    file: Path
    corpora: tuple[str, ...] = ()
    minutes: float | None = None
    epochs: int | None = None
    seed: int = 0
    when: datetime | None = None


@dataclass(frozen=True)
class Take:
    """Sound kept by the user.

    Args:
        file: the WAV file.
        model: model that made it.
        preset: settings, as in `distill_app.generation.preset.preset_values`.
        when: time of keeping, with a time zone.
    """

    file: Path
    model: Path | None = None
    preset: Mapping[str, Any] = field(default_factory=dict, hash=False)
    when: datetime | None = None


@dataclass(frozen=True)
class Project:
    """Corpora (with distinct names), models and takes, each in order of creation.

    Raises ProjectError if the name is empty or too long, or if two corpora have one name.
    """

    name: str
    corpora: tuple[CorpusSpec, ...] = ()
    models: tuple[ModelEntry, ...] = ()
    takes: tuple[Take, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= NAME_LENGTH_MAX:
            raise ProjectError(f"The name of a project has from 1 to {NAME_LENGTH_MAX} letters.")
        names = [corpus.name for corpus in self.corpora]
        if doubles := [name for name in names if names.count(name) > 1]:
            raise ProjectError(f"There are two corpora called “{doubles[0]}”; give one of them another name.")

    def corpus(self, name: str) -> CorpusSpec:
        """Corpus called `name`. Raises ProjectError if there is none."""
        for corpus in self.corpora:
            if corpus.name == name:
                return corpus
        raise ProjectError(f"“{self.name}” has no corpus “{name}”.")

    def with_corpus(self, corpus: CorpusSpec, replacing: str = "") -> "Project":
        """Project with one more corpus, or with `replacing` replaced, also in the models trained on it."""
        if not replacing:
            return replace(self, corpora=(*self.corpora, corpus))
        self.corpus(replacing)
        models = tuple(_rename_corpus(model, replacing, corpus.name) for model in self.models)
        corpora = tuple(corpus if each.name == replacing else each for each in self.corpora)
        return replace(self, corpora=corpora, models=models)

    def with_model(self, model: ModelEntry) -> "Project":
        """Project with one more model, which replaces a model of the same file."""
        return replace(self, models=(*(each for each in self.models if each.file != model.file), model))

    def with_take(self, take: Take) -> "Project":
        """Project with one more take, which replaces a take of the same file."""
        return replace(self, takes=(*(each for each in self.takes if each.file != take.file), take))


def _rename_corpus(model: ModelEntry, old: str, new: str) -> ModelEntry:
    return replace(model, corpora=tuple(new if name == old else name for name in model.corpora))


def unique_name(wanted: str, taken: Collection[str]) -> str:
    """`wanted`, or `wanted` with the smallest number that makes it differ from `taken`."""
    wanted = wanted[: NAME_LENGTH_MAX - 8] or "Recordings"
    number = 1
    while (name := wanted if number == 1 else f"{wanted} {number}") in taken:
        number += 1
    return name


def missing_sources(project: Project) -> tuple[Path, ...]:
    """Sources that do not exist now, for example on an unplugged disk."""
    sources = dict.fromkeys(source for corpus in project.corpora for source in corpus.sources)
    return tuple(source for source in sources if not is_there(source))


def is_there(path: Path) -> bool:
    """Whether the file or folder exists; False for a name that no disk accepts."""
    try:
        return path.exists()
    except (OSError, ValueError):  # such as for a name that is too long
        return False


def relocate(project: Project, old: Path, new: Path) -> Project:
    """Project whose paths at or below `old` are replaced by paths below `new`."""

    def move_path(path: Path) -> Path:
        whole, base = absolute(path), absolute(old)
        return absolute(new) / whole.relative_to(base) if whole.is_relative_to(base) else path

    corpora = (
        replace(each, sources=tuple(map(move_path, each.sources)), excluded=frozenset(map(move_path, each.excluded)))
        for each in project.corpora
    )
    models = (replace(each, file=move_path(each.file)) for each in project.models)
    takes = (
        replace(each, file=move_path(each.file), model=each.model and move_path(each.model)) for each in project.takes
    )
    return replace(project, corpora=tuple(corpora), models=tuple(models), takes=tuple(takes))
