"""The vocoder of a name, also where the name leaves it to the model which one that is."""

import logging
from collections.abc import Callable

from distill_app.common.errors import VocoderError
from distill_app.models.model import DistillModel
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.built_in import BUILT_IN
from distill_app.vocoders.embedded.vocoder import AUTO, OWN, embedded_vocoder, read_embedded, resolve_vocoder_id
from distill_app.vocoders.registry import get_vocoder
from distill_app.vocoders.runtime.compute_config import ComputeConfig

INSTEAD = "The built-in vocoder plays instead."

_log = logging.getLogger(__name__)


def vocoder_for(
    model: DistillModel | None,
    wanted: str,
    compute: ComputeConfig = ComputeConfig(),  # noqa: B008 - frozen
    tell: Callable[[str], None] = _log.warning,
) -> Vocoder:
    """Ready to use.

    Args:
        model: whose sound it makes, None where there is no model.
        wanted: as `get_vocoder` takes it, or "own" or "auto".
        tell: given a sentence where "auto" makes do with the built-in one.

    Raises VocoderError.
    """
    if wanted not in (OWN, AUTO):
        return get_vocoder(wanted, compute)
    try:
        values, state = (None, None) if model is None else (model.header.vocoder, model.vocoder_state)
        if resolve_vocoder_id(wanted, read_embedded(values)) == OWN:
            return embedded_vocoder(values, state, compute)
    except VocoderError as error:
        if wanted == OWN:
            raise
        tell(f"{error} {INSTEAD}")
    return get_vocoder(BUILT_IN.id, compute)
