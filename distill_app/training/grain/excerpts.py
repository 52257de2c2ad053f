"""Parts of a recording without offset, at the rate of the mels: stereo as recorded, with the mixdown of training."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.mono import Mixdown
from distill_app.dsp.mono_file import open_stereo
from distill_app.dsp.resample import near_rate
from distill_app.dsp.sound import Samples, Sound
from distill_app.dsp.streaming_resampler import StreamingResampler

_PIECE_SECONDS = 10.0
Span = tuple[int, int]
"""First sample and end."""


@dataclass(frozen=True, eq=False)
class Excerpt:
    """Part of a recording.

    Args:
        samples: `[channels, n]`.
        mixdown: of its channels to the mono signal of training.
        onsets: samples where hits begin, ascending; None where any moment may be used.
    """

    samples: Samples
    mixdown: Mixdown
    onsets: tuple[int, ...] | None = None

    @property
    def length(self) -> int:
        return self.samples.shape[1]

    @cached_property
    def mono(self) -> Samples:
        """Mono signal `[n]`."""
        return self.mixdown.apply(self.samples)

    def between(self, start: int, stop: int) -> "Excerpt":
        """Samples `start` … `stop`, with their onsets."""
        onsets = None if self.onsets is None else tuple(each - start for each in self.onsets if start <= each < stop)
        return replace(self, samples=self.samples[:, start:stop], onsets=onsets)

    def with_onsets(self, onsets: Sequence[int]) -> "Excerpt":
        return replace(self, onsets=tuple(onsets))


def merge_spans(spans: Sequence[Span]) -> list[Span]:
    """Ascending spans, of which those that touch are joined."""
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(stop, merged[-1][1])
        else:
            merged.append((start, stop))
    return merged


def read_spans(path: Path, spans: Sequence[Span]) -> list[Excerpt]:
    """Excerpts of spans, which may overlap; shorter where the file ends. Raises AudioFileError.

    The file is decoded up to the last span, and only the spans are held in RAM.
    """
    parts: list[list[Samples]] = [[] for _ in spans]
    at, end = 0, max(stop for _, stop in spans)
    mixdown, sounds = open_stereo(path, _PIECE_SECONDS)
    with closing(_pieces(sounds)) as pieces:
        for piece in pieces:
            for part, (start, stop) in zip(parts, spans, strict=True):
                part.append(piece[:, max(0, start - at) : max(0, stop - at)].copy())
            at += piece.shape[1]
            if at >= end:
                break
    return [Excerpt(np.concatenate(part, 1), mixdown) for part in parts]


def _pieces(sounds: Iterator[Sound]) -> Generator[Samples, None, None]:
    """Consecutive samples at the rate of the mels."""
    resampler: StreamingResampler | None = None
    for sound in sounds:
        rate = near_rate(sound.sample_rate, DISTILL_MEL.sample_rate)
        resampler = resampler or StreamingResampler(rate, DISTILL_MEL.sample_rate, sound.channels)
        yield resampler.push(sound.samples)
    if resampler is not None:
        yield resampler.flush()
