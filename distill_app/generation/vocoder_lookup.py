"""Creates the vocoder of a name, also where the name depends on the model ("own", "grain" and "auto")."""

import logging
from collections.abc import Callable

from distill_app.common.errors import VocoderError
from distill_app.models.model import DistillModel
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.built_in import BUILT_IN, GRAIN
from distill_app.vocoders.embedded.vocoder import (
    OF_MODEL,
    OWN,
    embedded_vocoder,
    read_embedded,
    resolve_vocoder_id,
)
from distill_app.vocoders.registry import get_vocoder
from distill_app.vocoders.runtime.compute_config import ComputeConfig

INSTEAD = "The built-in vocoder plays instead."

_log = logging.getLogger(__name__)


def vocoder_for(
    model: DistillModel | None,
    wanted: str,
    compute: ComputeConfig = ComputeConfig(),  # noqa: B008 - frozen
    notify: Callable[[str], None] = _log.warning,
) -> Vocoder:
    """Vocoder of a name, ready to use.

    Args:
        model: with or without an embedded vocoder; None where there is no model.
        wanted: a name as for `get_vocoder`, or one of `OF_MODEL`.
        notify: called with a sentence for the user where "auto" falls back to the built-in vocoder.

    Raises VocoderError.
    """
    if wanted not in OF_MODEL:
        return get_vocoder(wanted, compute)
    if wanted == GRAIN.id:
        return get_vocoder(GRAIN.id, compute, model)
    try:
        return _model_vocoder(model, wanted, compute)
    except VocoderError as error:
        if wanted == OWN:
            raise
        notify(f"{error} {INSTEAD}")
    return get_vocoder(BUILT_IN.id, compute)


def _model_vocoder(model: DistillModel | None, wanted: str, compute: ComputeConfig) -> Vocoder:
    values, state = (None, None) if model is None else (model.header.vocoder, model.vocoder_state)
    has_grain = model is not None and model.header.grain is not None
    found = resolve_vocoder_id(wanted, read_embedded(values), has_grain)
    return embedded_vocoder(values, state, compute) if found == OWN else get_vocoder(found, compute, model)
