"""Recordings of a model that can be decoded."""

import logging

from distill_app.common.errors import ModelFileError
from distill_app.grain.source import GrainSource
from distill_app.models.model import DistillModel

_log = logging.getLogger(__name__)


def usable_recordings(model: DistillModel) -> GrainSource | None:
    """Recordings of a model; None if it has none, or they are damaged."""
    try:
        return model.grain_source
    except ModelFileError as error:
        _log.info("rendered without recordings: %s", error)
        return None
