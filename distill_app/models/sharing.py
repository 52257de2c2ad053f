"""Copies of models that tell nothing of their recordings."""

import re
from dataclasses import replace
from itertools import count

from distill_app.common.parsing import ParseError
from distill_app.dsp.descriptors import DESCRIPTORS
from distill_app.models.axis import Axis
from distill_app.models.grain_header import parse_grain
from distill_app.models.header import ModelHeader
from distill_app.models.model import DistillModel

_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBERED = re.compile(r"(Axis|Character) \d+")
_MEASURED = frozenset(descriptor.name for descriptor in DESCRIPTORS)


def without_recordings(model: DistillModel) -> DistillModel:
    """Copy of the model without its recordings' sound, their file names, and slider names made of these.

    Sliders named after a file become “Character 1”, “Character 2” …, and the words for their ends go; everything else
    stays.
    """
    plain = model.with_grain(None)
    axes = _renamed(model.header)
    corpus = tuple(replace(file, name="") for file in model.header.corpus)
    header = replace(plain.header, corpus=corpus, axes=axes)
    return replace(plain, header=header, axes=replace(model.axes, axes=axes))


def _renamed(header: ModelHeader) -> tuple[Axis, ...]:
    stems = [name.rpartition(".")[0] or name for name in _file_names(header)]
    words, phrases = {word for stem in stems for word in _words(stem)}, {stem.casefold() for stem in stems}
    taken = {axis.name for axis in header.axes}
    free = (name for number in count(1) if (name := f"Character {number}") not in taken)
    return tuple(
        replace(axis, name=next(free) if _is_from_file(axis, words, phrases) else axis.name, low_end="", high_end="")
        for axis in header.axes
    )


def _file_names(header: ModelHeader) -> list[str]:
    names = [file.name for file in header.corpus]
    if header.grain is None:
        return names
    try:
        return [*names, *parse_grain(header.grain).recordings]
    except ParseError:
        return names


def _is_from_file(axis: Axis, words: set[str], phrases: set[str]) -> bool:
    name = axis.name.casefold()
    if axis.name in _MEASURED or _NUMBERED.fullmatch(axis.name):
        return False
    if any(end and end.casefold() in name for end in (axis.low_end, axis.high_end)):
        return True
    return name in phrases or bool(words & set(_words(name)))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
