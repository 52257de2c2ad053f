"""Names of sliders after the recordings that are heard at their ends: “glass ↔ kick”."""

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
_TRIED = 8


def named_axes(axes: LatentAxes, latents: Tensor, files: Sequence[str]) -> LatentAxes:
    """Axes named by what is nearest to their ends, with the other sliders at rest; as they are where nothing says it.

    Args:
        latents: `[n, latent]`, of windows of the recordings.
        files: `[n]`, file name of each window's recording, "" if unknown.
    """
    labels = clean_labels(files)
    taken: set[str] = set()
    named = []
    for number, axis in enumerate(axes.axes):
        low, high = (_labels_near(axes, latents, labels, number, end) for end in (-1.0, 1.0))
        found = next((each for each in _pairs(axis, low, high) if each.name not in taken), axis)
        taken.add(found.name)
        named.append(found)
    return replace(axes, axes=tuple(named))


def _pairs(axis: Axis, low: Sequence[str], high: Sequence[str]) -> list[Axis]:
    """Axis named after a recording near either end, the nearest pair first."""
    ranked = sorted((a + b, a, b) for a in range(len(low)) for b in range(len(high)) if low[a] != high[b])
    return [
        replace(axis, name=f"{low[a]} ↔ {high[b]}", low_end=low[a], high_end=high[b]) for _, a, b in ranked[:_TRIED]
    ]


def _labels_near(axes: LatentAxes, latents: Tensor, labels: Sequence[str], number: int, end: float) -> list[str]:
    """Different labels of the windows nearest to the end of a slider, nearest first."""
    heard = axes.to_latent([*[0.0] * number, end])
    order = torch.linalg.vector_norm(latents - heard, dim=1).argsort().tolist()
    return [label for label in dict.fromkeys(labels[place] for place in order) if label][:_TRIED]


def clean_labels(files: Sequence[str]) -> list[str]:
    """A word or two for each file name: without folder, extension, numbers, and words that most of the files share."""
    words = {name: _words(name) for name in set(files)}
    known = [found for found in words.values() if found]
    counts = Counter(word for found in known for word in set(found))
    common = {word for word, count in counts.items() if len(known) > 1 and count >= _COMMON * len(known)}
    return [_short([word for word in words[name] if word not in common]) for name in files]


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
