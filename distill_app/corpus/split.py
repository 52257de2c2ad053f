"""Split of a corpus into training and validation material.

Validation windows share no frame, and (by a gap of `GAP_FRAMES`) no sample, with training windows:

* from every file of at least `_LONG_FRAMES` frames, a tenth (a window at least) is held out, at its start, at its end,
  or so that each side is left a window;
* every tenth of the shorter files is held out whole;
* if that yields nothing (a few short files, or one), the last fifth of the longest file's sound is held out, and both
  parts are padded with silence to a window.

For one-shots, groups of overlapping windows count as files; if nothing is held out but there are `_FEW_ONE_SHOTS`
groups, one of them is.

The choice for a file depends only on its content and the seed: a long file always loses the same part, and copies are
treated alike. Only the tenth of the shorter files shifts slightly as files are added or removed.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.mel_sources import MelSlice, evenly_spaced_windows
from distill_app.models.window import WINDOW_FRAMES

GAP_FRAMES = 4
"""Frames between training and validation: a frame of 2,048 samples spans four hops of 512."""
_LONG_FRAMES = 3 * WINDOW_FRAMES + 2 * GAP_FRAMES
_VALIDATION_ONE_IN = 10
_VALIDATION_WINDOWS_MAX = 192
_FEW_ONE_SHOTS = 4
_REACH_FRAMES = WINDOW_FRAMES * 5 // 4
"""Frames that may be read for the window of a one-shot when it is stretched."""


@dataclass(frozen=True)
class Span:
    """Frames `start` … `stop` of file number `file`."""

    file: int
    start: int
    stop: int

    @property
    def frames(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Split:
    """Spans for training and for validation."""

    train: tuple[Span, ...]
    validation: tuple[Span, ...]


def split_corpus(corpus: Corpus, seed: int) -> Split:
    """Split of a corpus, reproducible for the same corpus and seed."""
    train: list[Span] = []
    validation: list[Span] = []
    spans = [span for index, file in enumerate(corpus.files) for span in _spans(index, file)]
    keys = [_random_key(corpus.files[span.file], span, seed) for span in spans]
    short = sorted({key for span, key in zip(spans, keys, strict=True) if span.frames < _LONG_FRAMES})
    last = short[len(short) // _VALIDATION_ONE_IN - 1] if len(short) >= _VALIDATION_ONE_IN else -1
    for span, key in zip(spans, keys, strict=True):
        if span.frames >= _LONG_FRAMES:
            inside, outside = _split_long(span, np.random.default_rng(key))
            train += outside
            validation.append(inside)
        else:
            (validation if key <= last else train).append(span)
    if span_slices(corpus, tuple(validation)):
        return Split(tuple(train), tuple(validation))
    return _split_few(corpus, spans, keys)


def _random_key(file: Recording, span: Span, seed: int) -> int:
    """Random 64-bit number of a span."""
    known = f"{seed} {file.digest or file.name} {span.start}"
    return int.from_bytes(hashlib.blake2b(known.encode(), digest_size=8).digest(), "big")


def _spans(index: int, file: Recording) -> Iterator[Span]:
    """The whole file, or its parts covered by one-shots."""
    frames = file.mel.frames
    if file.starts is None:
        yield Span(index, 0, frames)
        return
    start = stop = file.starts[0]
    for each in file.starts:
        if each > stop + GAP_FRAMES:
            yield Span(index, start, stop)
            start = each
        stop = min(frames, each + _REACH_FRAMES)
    yield Span(index, start, stop)


def _split_long(span: Span, random: np.random.Generator) -> tuple[Span, list[Span]]:
    frames, length = span.frames, max(WINDOW_FRAMES, span.frames // _VALIDATION_ONE_IN)
    need = WINDOW_FRAMES + GAP_FRAMES
    inner = range(need, frames - length - need + 1)
    start = int(random.choice([0, frames - length, *(inner[:: max(1, len(inner) // 8)] if inner else ())]))
    start += span.start
    before = Span(span.file, span.start, start - GAP_FRAMES)
    after = Span(span.file, start + length + GAP_FRAMES, span.stop)
    return Span(span.file, start, start + length), [side for side in (before, after) if side.frames >= WINDOW_FRAMES]


def _split_few(corpus: Corpus, spans: list[Span], keys: list[int]) -> Split:
    drawn = zip(keys, spans, strict=True)
    hits = [(key, span) for key, span in drawn if corpus.files[span.file].starts is not None]
    if len(hits) < _FEW_ONE_SHOTS:
        return _split_longest(corpus, spans)
    one = min(hits, key=lambda hit: hit[0])[1]
    return Split(tuple(span for span in spans if span != one), (one,))


def _split_longest(corpus: Corpus, train: list[Span]) -> Split:
    index = max(range(len(corpus.files)), key=lambda i: corpus.files[i].seconds)
    mel_format, file = corpus.mel_format, corpus.files[index]
    sounding = min(file.mel.frames, max(2, round(file.seconds * mel_format.sample_rate / mel_format.hop)))
    cut = max(1, sounding * 4 // 5)
    rest = [span for span in train if span.file != index]
    gap = min(GAP_FRAMES, max(0, sounding - cut - 1))
    return Split((Span(index, 0, cut), *rest), (Span(index, cut + gap, sounding),))


def span_slices(corpus: Corpus, spans: tuple[Span, ...]) -> list[MelSlice]:
    """Training material of the spans, padded with silence to a window where shorter."""
    slices = (corpus.files[span.file].slices(span.start, span.stop, corpus.floor) for span in spans)
    return [mel_slice for found in slices for mel_slice in found]


def validation_windows(corpus: Corpus, split: Split) -> Tensor:
    """Validation windows `[n, bands, WINDOW_FRAMES]`, half a window apart, at most `_VALIDATION_WINDOWS_MAX`."""
    found = span_slices(corpus, split.validation) or [_whole_span(corpus, span) for span in split.validation]
    return evenly_spaced_windows(found, WINDOW_FRAMES // 2, _VALIDATION_WINDOWS_MAX)


def _whole_span(corpus: Corpus, span: Span) -> MelSlice:
    """Slice of a span in which no one-shot begins: the held-out end of very little sound."""
    return MelSlice(corpus.files[span.file].mel, span.start, span.stop, corpus.floor)
