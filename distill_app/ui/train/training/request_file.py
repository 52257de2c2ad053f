"""Specification of a training in a file beside its model, so that it can be resumed after a crash or a reboot."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from distill_app.common.errors import ProjectError
from distill_app.common.logging_setup import logger
from distill_app.common.training_paths import SUFFIX as TRAINING_SUFFIX
from distill_app.common.typed_values import require_object
from distill_app.models.header import SUFFIX as MODEL_SUFFIX
from distill_app.project.corpora import CorpusSpec, read_corpora
from distill_app.project.json_values import parse_project_json, read_content, to_json, write_content
from distill_app.training.run.spec import TRAINING, EmbeddedVocoderSpec, ModelSpec, spec_from_values

_SUFFIX, _VOCODER = ".corpora.json", ".vocoder"
VOCODER_MINUTES = 30.0
_STORED = ("minutes", "ends_early", "seed", "device", "threads", "begin_with")


def training_file(model: Path) -> Path:
    """File beside the model that lists its training options and recordings."""
    return model.with_name(model.stem + _SUFFIX)


def write_spec(spec: ModelSpec) -> None:
    """Writes the part of a specification that a resumed training needs. Raises ProjectError."""
    path = training_file(spec.out)
    values = spec.to_values(path.parent)
    values[TRAINING] = {name: values[TRAINING][name] for name in _STORED}
    write_content(to_json(values), path, path.parent)


def read_spec(model: Path) -> ModelSpec | None:
    """Specification that `model` was, or is to be, trained with; None where it cannot be read."""
    path = training_file(model)
    try:
        values = parse_project_json(read_content(path), path.name)
        values[TRAINING] = _stored(require_object(values.get(TRAINING)))
        spec = spec_from_values(values, path.parent, out=model, name=model.stem, demos=True)
    except (ProjectError, KeyError, ValueError):
        return None
    return spec if isinstance(spec, ModelSpec) else None


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values that `write_spec` writes: any other one, such as another file to write, is ignored."""
    return {name: values[name] for name in _STORED if values.get(name) not in (None, 0)}


def spec_in(folder: Path) -> ModelSpec | EmbeddedVocoderSpec | None:
    """Specification of the training that keeps its files in `folder`; None where it is not known."""
    name = folder.name.removesuffix(TRAINING_SUFFIX)
    model = folder.with_name(f"{name.removesuffix(_VOCODER)}{MODEL_SUFFIX}")
    spec = read_spec(model)
    if not name.endswith(_VOCODER):
        return spec
    if spec is not None:
        return EmbeddedVocoderSpec(spec.corpora, model, VOCODER_MINUTES, device=spec.device, threads=spec.threads)
    corpora = _corpora_beside(model)
    return EmbeddedVocoderSpec(corpora, model, VOCODER_MINUTES) if corpora else None


def _corpora_beside(model: Path) -> tuple[CorpusSpec, ...]:
    try:
        return read_corpora(training_file(model))
    except ProjectError as error:
        logger.info("no training to resume for “%s”: %s", model.name, error)
        return ()
