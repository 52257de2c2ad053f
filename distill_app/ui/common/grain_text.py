"""Text about the recordings that a model carries."""

from distill_app.common.parsing import ParseError
from distill_app.models.grain_header import parse_grain
from distill_app.models.header import ModelHeader
from distill_app.ui.style.format import length
from distill_app.ui.translation import tr


def grain_text(header: ModelHeader) -> str:
    """Sentence about the length of the recordings that a model carries; "" without."""
    if header.grain is None:
        return ""
    try:
        seconds = parse_grain(header.grain).seconds
    except ParseError:
        return tr("The recordings in this file are damaged; it plays without them.")
    sentence = tr("Carries {length} of the recordings' sound, under their own licence.")
    return sentence.format(length=length(seconds))
