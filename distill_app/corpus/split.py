"""Which parts of a corpus are learned from and which are held out to judge the model on.

Held-out windows share no frame, and (by a gap of `GAP_FRAMES`) no sample, with those learned from:

* of every file of at least `_LONG` frames, one stretch of a tenth (a window at least) is held out, at its start, its
  end, or so that what is left on each side makes a window;
* of shorter files, every tenth one is held out whole;
* where neither gives anything (a few short files, or just one), the last fifth of the longest file's sound is held
  out, and both parts are padded with silence to a window.

Where windows begin with the sounds, what hangs together by them counts as a file each; where neither gives anything,
but there are `_FEW` of them, one is held out.

What is drawn for a file depends on nothing but its content and the seed: of a long one the same part is held out
whatever else there is to learn from, and copies share their lot. Only which shorter files belong to the tenth shifts a
little as files come and go.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.mel_sources import MelSlice, even_windows
from distill_app.models.window import WINDOW_FRAMES

GAP_FRAMES = 4
"""Frames between the two sides: a frame of 2,048 samples reaches over four hops of 512."""
_LONG = 3 * WINDOW_FRAMES + 2 * GAP_FRAMES
_SHARE = 10
_HELD_OUT_MAX = 192
_FEW = 4
_REACH = WINDOW_FRAMES * 5 // 4
"""Frames from the beginning of a one-shot that may be read for its window, which may be played faster."""


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
    """Spans to learn from and spans held out."""

    learned: tuple[Span, ...]
    held_out: tuple[Span, ...]


def split_corpus(corpus: Corpus, seed: int) -> Split:
    """The split described above; the same for the same corpus and seed."""
    learned: list[Span] = []
    held_out: list[Span] = []
    spans = [span for index, file in enumerate(corpus.files) for span in _spans(index, file)]
    lots = [_lot(corpus.files[span.file], span, seed) for span in spans]
    short = sorted({lot for span, lot in zip(spans, lots, strict=True) if span.frames < _LONG})
    last = short[len(short) // _SHARE - 1] if len(short) >= _SHARE else -1
    for span, lot in zip(spans, lots, strict=True):
        if span.frames >= _LONG:
            inside, outside = _split_long(span, np.random.default_rng(lot))
            learned += outside
            held_out.append(inside)
        else:
            (held_out if lot <= last else learned).append(span)
    if stretches(corpus, tuple(held_out)):
        return Split(tuple(learned), tuple(held_out))
    return _split_few(corpus, spans, lots)


def _lot(file: Recording, span: Span, seed: int) -> int:
    """What is drawn for a span: a number of 64 bits."""
    known = f"{seed} {file.digest or file.name} {span.start}"
    return int.from_bytes(hashlib.blake2b(known.encode(), digest_size=8).digest(), "big")


def _spans(index: int, file: Recording) -> Iterator[Span]:
    """The whole file, or the parts of it that its one-shots reach over."""
    frames = file.mel.frames
    if file.starts is None:
        yield Span(index, 0, frames)
        return
    start = stop = file.starts[0]
    for each in file.starts:
        if each > stop + GAP_FRAMES:
            yield Span(index, start, stop)
            start = each
        stop = min(frames, each + _REACH)
    yield Span(index, start, stop)


def _split_long(span: Span, random: np.random.Generator) -> tuple[Span, list[Span]]:
    frames, length = span.frames, max(WINDOW_FRAMES, span.frames // _SHARE)
    need = WINDOW_FRAMES + GAP_FRAMES
    inner = range(need, frames - length - need + 1)
    start = int(random.choice([0, frames - length, *(inner[:: max(1, len(inner) // 8)] if inner else ())]))
    start += span.start
    before = Span(span.file, span.start, start - GAP_FRAMES)
    after = Span(span.file, start + length + GAP_FRAMES, span.stop)
    return Span(span.file, start, start + length), [side for side in (before, after) if side.frames >= WINDOW_FRAMES]


def _split_few(corpus: Corpus, spans: list[Span], lots: list[int]) -> Split:
    drawn = zip(lots, spans, strict=True)
    hits = [(lot, span) for lot, span in drawn if corpus.files[span.file].starts is not None]
    if len(hits) < _FEW:
        return _split_longest(corpus, spans)
    one = min(hits, key=lambda hit: hit[0])[1]
    return Split(tuple(span for span in spans if span != one), (one,))


def _split_longest(corpus: Corpus, learned: list[Span]) -> Split:
    index = max(range(len(corpus.files)), key=lambda i: corpus.files[i].seconds)
    mel_format, file = corpus.mel_format, corpus.files[index]
    sounding = min(file.mel.frames, max(2, round(file.seconds * mel_format.sample_rate / mel_format.hop)))
    cut = max(1, sounding * 4 // 5)
    rest = [span for span in learned if span.file != index]
    gap = min(GAP_FRAMES, max(0, sounding - cut - 1))
    return Split((Span(index, 0, cut), *rest), (Span(index, cut + gap, sounding),))


def stretches(corpus: Corpus, spans: tuple[Span, ...]) -> list[MelSlice]:
    """What is learned from of the spans: what is shorter than a window is padded with silence after it."""
    between = (corpus.files[span.file].between(span.start, span.stop, corpus.floor) for span in spans)
    return [stretch for found in between for stretch in found]


def held_out_windows(corpus: Corpus, split: Split) -> Tensor:
    """`[n, bands, WINDOW_FRAMES]`, half a window apart, evenly thinned to `_HELD_OUT_MAX`."""
    found = stretches(corpus, split.held_out) or [_anywhere(corpus, span) for span in split.held_out]
    return even_windows(found, WINDOW_FRAMES // 2, _HELD_OUT_MAX)


def _anywhere(corpus: Corpus, span: Span) -> MelSlice:
    """Also where no sound begins: of so little sound its end is held out."""
    return MelSlice(corpus.files[span.file].mel, span.start, span.stop, corpus.floor)
