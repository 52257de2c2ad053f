"""Which parts of a corpus are learned from and which are held out to judge the model on.

Held-out windows share no frame, and (by a gap of `GAP_FRAMES`) no sample, with those learned from:

* of every file of at least `_LONG` frames, one stretch of a tenth (a window at least) is held out, at its start, its
  end, or so that what is left on each side makes a window;
* of shorter files, every tenth one is held out whole;
* where neither gives anything (a few short files, or just one), the last fifth of the longest file's sound is held
  out, and both parts are padded with silence to a window.
"""

import math
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from distill_app.models.vae import WINDOW_FRAMES
from distill_app.training.corpus import Corpus
from distill_app.training.mels import Stretch, even_windows

GAP_FRAMES = 4
"""Frames between the two sides: a frame of 2,048 samples reaches over four hops of 512."""
_LONG = 3 * WINDOW_FRAMES + 2 * GAP_FRAMES
_SHARE = 10
_HELD_OUT_MAX = 192


@dataclass(frozen=True)
class Span:
    """Frames `start` … `stop` of file number `file`."""

    file: int
    start: int
    stop: int


@dataclass(frozen=True)
class Split:
    """Spans to learn from and spans held out."""

    learned: tuple[Span, ...]
    held_out: tuple[Span, ...]


def split_corpus(corpus: Corpus, seed: int) -> Split:
    """The split described above; the same for the same corpus and seed."""
    random = np.random.default_rng(seed)
    learned: list[Span] = []
    held_out: list[Span] = []
    short = [index for index, file in enumerate(corpus.files) if file.mel.frames < _LONG]
    chosen = set(random.permutation(short)[: len(short) // _SHARE].tolist())
    for index, file in enumerate(corpus.files):
        frames = file.mel.frames
        if frames >= _LONG:
            inside, outside = _split_long(index, frames, random)
            learned += outside
            held_out.append(inside)
        else:
            (held_out if index in chosen else learned).append(Span(index, 0, frames))
    return Split(tuple(learned), tuple(held_out)) if held_out else _split_longest(corpus, learned)


def _split_long(file: int, frames: int, random: np.random.Generator) -> tuple[Span, list[Span]]:
    length = max(WINDOW_FRAMES, frames // _SHARE)
    need = WINDOW_FRAMES + GAP_FRAMES
    inner = range(need, frames - length - need + 1)
    start = int(random.choice([0, frames - length, *(inner[:: max(1, len(inner) // 8)] if inner else ())]))
    sides = [Span(file, 0, start - GAP_FRAMES), Span(file, start + length + GAP_FRAMES, frames)]
    return Span(file, start, start + length), [side for side in sides if side.stop - side.start >= WINDOW_FRAMES]


def _split_longest(corpus: Corpus, learned: list[Span]) -> Split:
    index = max(range(len(corpus.files)), key=lambda i: corpus.files[i].seconds)
    mel_format, file = corpus.mel_format, corpus.files[index]
    sounding = min(file.mel.frames, max(2, round(file.seconds * mel_format.sample_rate / mel_format.hop)))
    cut = max(1, sounding * 4 // 5)
    rest = [span for span in learned if span.file != index]
    gap = min(GAP_FRAMES, max(0, sounding - cut - 1))
    return Split((Span(index, 0, cut), *rest), (Span(index, cut + gap, sounding),))


def stretches(corpus: Corpus, spans: tuple[Span, ...]) -> list[Stretch]:
    """The mels of the spans: what is shorter than a window is padded with silence after it."""
    floor = math.log(corpus.mel_format.floor)
    return [Stretch(corpus.files[span.file].mel, span.start, span.stop, floor) for span in spans]


def held_out_windows(corpus: Corpus, split: Split) -> Tensor:
    """`[n, bands, WINDOW_FRAMES]`, half a window apart, evenly thinned to `_HELD_OUT_MAX`."""
    return even_windows(stretches(corpus, split.held_out), WINDOW_FRAMES // 2, _HELD_OUT_MAX)
