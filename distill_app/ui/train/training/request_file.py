"""What a training of the project was asked for, beside its model: so that it can go on after a crash or a reboot."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from distill_app.common.errors import ProjectError
from distill_app.common.training_paths import SUFFIX as TRAINING_SUFFIX
from distill_app.common.typed_values import get_int, get_number, get_text, require_object
from distill_app.models.header import SUFFIX as MODEL_SUFFIX
from distill_app.project.corpora import CORPORA, CorpusSpec, corpus_to_dict
from distill_app.project.json_values import (
    parse_project_json,
    path_from_json,
    path_to_json,
    read_content,
    to_json,
    write_content,
)
from distill_app.workers.training.request import TrainingRequest, VocoderRequest

_SUFFIX, _VOCODER = ".corpora.json", ".vocoder"
_TRAINING = "training"
_MINUTES_MAX, _SEED_MAX, _THREADS_MAX = 1e6, 2**63 - 1, 1024


def training_file(model: Path) -> Path:
    """Beside the model."""
    return model.with_name(model.stem + _SUFFIX)


def write_training(request: TrainingRequest, corpora: Sequence[CorpusSpec]) -> None:
    """Into the file that the training reads for what it learns from. Raises ProjectError."""
    path = training_file(request.out)
    folder = path.parent
    asked = {
        "minutes": request.minutes,
        "seed": request.seed,
        "device": request.device,
        "threads": request.threads,
        "begin_with": request.begin_with and path_to_json(request.begin_with, folder),
    }
    values = {CORPORA: [corpus_to_dict(corpus, folder) for corpus in corpora], _TRAINING: asked}
    write_content(to_json(values), path, folder)


def read_training(model: Path) -> TrainingRequest | None:
    """The request that `model` was, or is to be, learned with; None where that cannot be read."""
    path = training_file(model)
    try:
        values = require_object(parse_project_json(read_content(path), path.name).get(_TRAINING))
        return _request(values, model, path)
    except (ProjectError, KeyError, ValueError):
        return None


def _request(values: Mapping[str, Any], model: Path, path: Path) -> TrainingRequest:
    """Raises KeyError or ValueError."""
    begin_with = values.get("begin_with")
    return TrainingRequest(
        corpora=path,
        out=model,
        minutes=get_number(values, "minutes", 0, _MINUTES_MAX) or TrainingRequest.minutes,
        seed=get_int(values, "seed", 0, _SEED_MAX) or 0,
        device=get_text(values, "device", "cpu"),
        threads=get_int(values, "threads", 1, _THREADS_MAX) or 1,
        begin_with=None if begin_with is None else path_from_json(begin_with, path.parent),
    )


def request_in(folder: Path) -> TrainingRequest | VocoderRequest | None:
    """Request of the training that keeps its files in `folder`; None where it is not known."""
    name = folder.name.removesuffix(TRAINING_SUFFIX)
    model = folder.with_name(f"{name.removesuffix(_VOCODER)}{MODEL_SUFFIX}")
    request, corpora = read_training(model), training_file(model)
    if not name.endswith(_VOCODER):
        return request
    if request is None:
        return VocoderRequest(model, corpora) if corpora.is_file() else None
    return VocoderRequest(model, corpora, device=request.device, threads=request.threads)
