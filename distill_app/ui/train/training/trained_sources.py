"""Recordings that a model was trained on, from the file beside it or from its project."""

from collections.abc import Sequence
from pathlib import Path

from distill_app.project.corpora import CorpusSpec, write_corpora
from distill_app.project.json_values import absolute
from distill_app.project.project import ModelEntry, Project
from distill_app.ui.train.training.request_file import training_file


def sources_of(corpora: Sequence[CorpusSpec]) -> frozenset[Path]:
    """All files and folders of the sound sets."""
    return frozenset(absolute(source) for corpus in corpora for source in corpus.sources)


def has_known_recordings(model: ModelEntry, project: Project | None) -> bool:
    """Whether the recordings are known that the model was trained on."""
    return training_file(model.file).is_file() or bool(_still_in(project, model))


def write_known_recordings(file: Path, project: Project) -> None:
    """Writes the file that lists the recordings of a model of the project, where there is none. Raises ProjectError."""
    path = training_file(file)
    model = next((model for model in project.models if model.file == file), None)
    if model is not None and not path.is_file():
        write_corpora(_still_in(project, model), path)


def _still_in(project: Project | None, model: ModelEntry) -> list[CorpusSpec]:
    """Corpora of the project that the model was trained on; none where one is missing."""
    found = [] if project is None else [corpus for corpus in project.corpora if corpus.name in model.corpora]
    return found if len(found) == len(model.corpora) else []
