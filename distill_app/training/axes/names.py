"""Names of sliders after the recordings that their ends sound like: “glass ↔ kick”.

The nearest recording at an end is no measure: it is mostly the one that is heard at rest, at both ends. So an end is
named after the recording that is nearer to it than to the other end by most.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from distill_app.models.axes import LatentAxes
from distill_app.models.axis import Axis

LABEL_LENGTH_MAX = 18
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]{2,}")
_COMMON = 0.6
"""Share of the recordings from which on a word tells none of them."""
_EXTENSION_MAX = 5
_MANY = 1 / 3
"""Share from which on a word is left out where others remain."""
_TRIED = 6
_NEARLY = 0.5
"""Least part of the best recording's difference with which another one names an end."""


def named_axes(axes: LatentAxes, sounds: Tensor, ends: Tensor, files: Sequence[str]) -> LatentAxes:
    """Axes named by what their ends sound like; as they are where nothing says it. No two get the same pair of words.

    Args:
        sounds: `[n, features]`, of windows of the recordings.
        ends: `[axes, 2, features]`, sounds at −1 and +1 of each slider, the others at rest.
        files: `[n]`, file name of each window's recording, "" if unknown.
    """
    labels = clean_labels(files)
    taken: set[frozenset[str]] = set()
    named = []
    for number, axis in enumerate(axes.axes):
        nearer = torch.linalg.vector_norm(sounds - ends[number, 0], dim=1)
        nearer = nearer - torch.linalg.vector_norm(sounds - ends[number, 1], dim=1)
        low, high = _labels_by(-nearer, labels), _labels_by(nearer, labels)
        found = next((each for each in _pairs(axis, low, high) if _ends(each) not in taken), axis)
        taken.add(_ends(found))
        named.append(found)
    return replace(axes, axes=tuple(named))


def _ends(axis: Axis) -> frozenset[str]:
    return frozenset((axis.low_end, axis.high_end))


def _pairs(axis: Axis, low: Sequence[str], high: Sequence[str]) -> list[Axis]:
    """Axis named after a recording for either end, the best pair first."""
    ranked = sorted((a + b, a, b) for a in range(len(low)) for b in range(len(high)) if low[a] != high[b])
    return [replace(axis, name=f"{low[a]} ↔ {high[b]}", low_end=low[a], high_end=high[b]) for _, a, b in ranked]


def _labels_by(gains: Tensor, labels: Sequence[str]) -> list[str]:
    """Different labels of windows by falling gain `[n]`, as long as it is nearly the first; none if that has none."""
    order = [place for place in gains.argsort(descending=True).tolist() if gains[place] > 0]
    order = [place for place in order if gains[place] >= _NEARLY * gains[order[0]]]
    found = list(dict.fromkeys(labels[place] for place in order))[:_TRIED]
    return [label for label in found if label] if found and found[0] else []


def clean_labels(files: Sequence[str]) -> list[str]:
    """A word or two for each file name: without folder, extension, numbers, and words that most of the files share."""
    words = {name: _words(name) for name in set(files)}
    known = [found for found in words.values() if found]
    counts = Counter(word for found in known for word in set(found))
    common = {word for word, count in counts.items() if len(known) > 1 and count >= _COMMON * len(known)}
    many = {word for word, count in counts.items() if count > max(1.0, _MANY * len(known))}
    telling = {name: [word for word in found if word not in common] for name, found in words.items()}
    return [_short([word for word in telling[name] if word not in many] or telling[name]) for name in files]


def _words(name: str) -> list[str]:
    base = re.split(r"[/\\]", name)[-1]
    stem, dot, extension = base.rpartition(".")
    text = stem if dot and stem and len(extension) <= _EXTENSION_MAX else base
    return [word.casefold() for word in _WORD.findall(_CAMEL.sub(" ", text))]


def _short(words: Sequence[str]) -> str:
    """First two words if they fit, else the first one, cut where it is too long."""
    text = ""
    for word in dict.fromkeys(words):
        longer = f"{text} {word}".strip()
        if text and (len(longer) > LABEL_LENGTH_MAX or text.count(" ")):
            break
        text = longer
    return text[:LABEL_LENGTH_MAX]
