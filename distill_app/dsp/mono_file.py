"""Mono signal of a recording without DC offset, as training learns from it and measures judge it. numpy only."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from distill_app.dsp.audio_file import read_pieces
from distill_app.dsp.high_pass import HighPass
from distill_app.dsp.mono import ChannelStatistics, Mixdown
from distill_app.dsp.sound import Sound

STATISTICS_SECONDS = 10.0
"""Block length for the channels' statistics, one for all callers, so that the mixdown does not depend on theirs."""


def read_mono(path: Path, seconds: float, notes: list[str] | None = None) -> Iterator[Sound]:
    """The file's mono signal as consecutive sounds `[1, n]` of `seconds` (the last one shorter).

    A file of several channels is read twice.

    Args:
        notes: gets a sentence for whatever is missing of the file, and one for channels left out, once all is read.

    Raises AudioFileError.
    """
    notes = [] if notes is None else notes
    mixdown = file_mixdown(path)
    yield from _mixed(read_pieces(path, seconds, notes), mixdown)
    notes += [mixdown.sentence(path.name)] if mixdown.note else []


def file_mixdown(path: Path) -> Mixdown:
    """The decision for a file, which is read for it where it has several channels. Raises AudioFileError."""
    return _decided(read_pieces(path, STATISTICS_SECONDS))


def mono_of(sound: Sound) -> tuple[Sound, Mixdown]:
    """Mono signal `[1, n]` of a recording that is in memory, and the decision."""
    mixdown = _decided(_pieces(sound))
    mono = [piece.samples for piece in _mixed(_pieces(sound), mixdown)]
    return Sound(np.concatenate(mono, axis=1), sound.sample_rate), mixdown


def _pieces(sound: Sound) -> Iterator[Sound]:
    frames = round(STATISTICS_SECONDS * sound.sample_rate)
    for start in range(0, sound.frames, frames):
        yield Sound(sound.samples[:, start : start + frames], sound.sample_rate)


def _decided(pieces: Iterable[Sound]) -> Mixdown:
    """Reads no further than it needs to."""
    high_pass: HighPass | None = None
    for piece in pieces:
        if piece.channels == 1:
            return Mixdown.mean(1)
        if high_pass is None:
            high_pass, statistics = HighPass(piece.sample_rate), ChannelStatistics(piece.channels)
        statistics.add(high_pass.push(piece.samples))
    return statistics.mixdown()


def _mixed(pieces: Iterable[Sound], mixdown: Mixdown) -> Iterator[Sound]:
    high_pass: HighPass | None = None
    for piece in pieces:
        high_pass = high_pass or HighPass(piece.sample_rate)
        yield Sound(mixdown.apply(high_pass.push(piece.samples))[None], piece.sample_rate)
