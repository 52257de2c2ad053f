"""Recordings that a training or a model has learned from, read from a file beside the model or from its project."""

from collections.abc import Sequence
from pathlib import Path

from distill_app.common.errors import ProjectError
from distill_app.common.logging_setup import logger
from distill_app.project.corpora import CorpusSpec, read_corpora, write_corpora
from distill_app.project.json_values import absolute
from distill_app.project.project import ModelEntry, Project
from distill_app.ui.train.training.request_file import training_file
from distill_app.workers.training.request import TrainingRequest, VocoderRequest

Request = TrainingRequest | VocoderRequest


def sources_of(corpora: Sequence[CorpusSpec]) -> frozenset[Path]:
    """All files and folders of the corpora."""
    return frozenset(absolute(source) for corpus in corpora for source in corpus.sources)


def corpora_in(path: Path) -> tuple[CorpusSpec, ...]:
    """The corpora that the file of a training lists; none where it cannot be read."""
    try:
        return read_corpora(path)
    except ProjectError as error:
        logger.warning("what a model was learned from: %s", error)
        return ()


class TrainedSources:
    """The sources of the training asked for last: their file is read once."""

    def __init__(self) -> None:
        self._request: Request | None = None
        self._sources: frozenset[Path] = frozenset()

    def is_new(self, request: Request | None) -> bool:
        """Returns whether `request` differs from the one of the last call of `of`."""
        return request is not self._request

    def of(self, request: Request | None) -> frozenset[Path]:
        """Empty where there is no training, or its file cannot be read."""
        if self.is_new(request):
            self._request = request
            self._sources = frozenset() if request is None else sources_of(corpora_in(request.corpora))
        return self._sources


def has_known_recordings(model: ModelEntry, project: Project | None) -> bool:
    """Returns whether the recordings are known that the model has learned from."""
    return training_file(model.file).is_file() or bool(_still_in(project, model))


def write_known_recordings(file: Path, project: Project) -> None:
    """Lists what a model of the project has learned from beside it, where no file does. Raises ProjectError."""
    path = training_file(file)
    model = next((model for model in project.models if model.file == file), None)
    if model is not None and not path.is_file():
        write_corpora(_still_in(project, model), path)


def _still_in(project: Project | None, model: ModelEntry) -> list[CorpusSpec]:
    """The corpora of the project that the model has learned from; none where one is missing."""
    found = [] if project is None else [corpus for corpus in project.corpora if corpus.name in model.corpora]
    return found if len(found) == len(model.corpora) else []
