"""Recordings and model file of `distill train`, in a project or without one."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from distill_app.cli.corpus_args import parse_corpora, require_project
from distill_app.cli.report import WrongUseError, note
from distill_app.common.errors import ProjectError
from distill_app.models.header import SUFFIX
from distill_app.project.corpora import CorpusSpec, read_corpora
from distill_app.project.json_values import absolute
from distill_app.project.paths import FILE, file_name
from distill_app.project.project import ModelEntry, unique_name
from distill_app.project.serialization import MODELS
from distill_app.project.storage import ProjectFile, read_project
from distill_app.training.run.spec import ModelSpec


def learned_from(options: argparse.Namespace) -> tuple[tuple[CorpusSpec, ...], Path]:
    """Corpora, and the file to write. Raises WrongUseError or ProjectError."""
    if options.project is None:
        if options.out is None:
            raise WrongUseError(f"Say with --out FILE{SUFFIX} where to write the model.")
        return parse_corpora(options), options.out
    if options.sources or options.takes or options.corpora or options.one_shots or options.exclude:
        raise WrongUseError("With --project the project says all about the recordings; give none beside it.")
    folder = require_project(options.project)
    return read_corpora(folder / FILE), options.out or _free_file(folder)


def _free_file(folder: Path) -> Path:
    models = folder / MODELS
    models.mkdir(exist_ok=True)
    taken = {path.stem for path in models.iterdir()}
    return models / f"{unique_name(file_name(read_project(folder).project.name, 'Model'), taken)}{SUFFIX}"


def list_model(project: Path, spec: ModelSpec) -> bool:
    """Whether the trained model could be listed in the project; a note says why not."""
    names = tuple(corpus.name for corpus in spec.corpora)
    minutes = spec.minutes if spec.epochs is None else None
    model = ModelEntry(absolute(spec.out), names, minutes, spec.epochs, spec.seed, datetime.now(UTC))
    try:
        with ProjectFile(require_project(project)) as opened:
            opened.save(opened.project.with_model(model))
    except ProjectError as error:
        note(f"The model is written, but not listed in the project: {error}")
        return False
    return True
