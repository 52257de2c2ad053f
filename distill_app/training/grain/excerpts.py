"""Reading of parts of a recording as it is used for training: mixed down, without offset, at the rate of the mels."""

from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.mono_file import read_mono
from distill_app.dsp.resample import near_rate
from distill_app.dsp.sound import Samples
from distill_app.dsp.streaming_resampler import StreamingResampler

_PIECE_SECONDS = 10.0
Span = tuple[int, int]
"""First sample and end."""


def merge_spans(spans: Sequence[Span]) -> list[Span]:
    """Ascending spans, of which those that touch are joined."""
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(stop, merged[-1][1])
        else:
            merged.append((start, stop))
    return merged


def read_spans(path: Path, spans: Sequence[Span]) -> list[Samples]:
    """Samples `[channels, n]` of spans, which may overlap; shorter where the file ends. Raises AudioFileError.

    The file is decoded up to the last span, and only the spans are held in RAM.
    """
    parts: list[list[Samples]] = [[] for _ in spans]
    at, end = 0, max(stop for _, stop in spans)
    with closing(_pieces(path)) as pieces:
        for piece in pieces:
            for part, (start, stop) in zip(parts, spans, strict=True):
                part.append(piece[:, max(0, start - at) : max(0, stop - at)].copy())
            at += piece.shape[1]
            if at >= end:
                break
    return [np.concatenate(part, 1) for part in parts]


def _pieces(path: Path) -> Generator[Samples, None, None]:
    """Consecutive samples at the rate of the mels."""
    resampler: StreamingResampler | None = None
    for sound in read_mono(path, _PIECE_SECONDS):
        rate = near_rate(sound.sample_rate, DISTILL_MEL.sample_rate)
        resampler = resampler or StreamingResampler(rate, DISTILL_MEL.sample_rate, sound.channels)
        yield resampler.push(sound.samples)
    if resampler is not None:
        yield resampler.flush()
