"""Signal of a recording without DC offset: mono for training and evaluation, stereo for playing. numpy only."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from distill_app.dsp.audio_file import read_pieces
from distill_app.dsp.high_pass import HighPass
from distill_app.dsp.mono import ChannelStatistics, Mixdown
from distill_app.dsp.sound import Sound

STATISTICS_SECONDS = 10.0
"""Block length of the channel statistics, constant so that the mixdown does not depend on the caller's blocks."""


def read_mono(path: Path, seconds: float, notes: list[str] | None = None) -> Iterator[Sound]:
    """Mono signal of a file as consecutive sounds `[1, n]` of `seconds` (the last one shorter).

    A file of several channels is read twice.

    Args:
        notes: receives a sentence for each missing part and one for dropped channels, once the file is read.

    Raises AudioFileError.
    """
    notes = [] if notes is None else notes
    mixdown = file_mixdown(path)
    yield from _apply_mixdown(read_pieces(path, seconds, notes), mixdown)
    notes += [mixdown.sentence(path.name)] if mixdown.note else []


def file_mixdown(path: Path) -> Mixdown:
    """Mixdown of a file; a file of several channels is read whole. Raises AudioFileError."""
    return _statistics(read_pieces(path, STATISTICS_SECONDS)).mixdown()


def open_stereo(path: Path, seconds: float) -> tuple[Mixdown, Iterator[Sound]]:
    """Signal of a file as consecutive sounds of `seconds`, and the mixdown that makes it the one of `read_mono`.

    Two channels where both of a file's two sound and differ, else one.

    Raises AudioFileError.
    """
    statistics = _statistics(read_pieces(path, STATISTICS_SECONDS))
    pieces, mixdown = read_pieces(path, seconds), statistics.mixdown()
    if statistics.is_stereo:
        return mixdown, _without_offset(pieces)
    return Mixdown.mean(1), _apply_mixdown(pieces, mixdown)


def mix_to_mono(sound: Sound) -> tuple[Sound, Mixdown]:
    """Mono signal `[1, n]` of a sound, and its mixdown."""
    mixdown = _statistics(_split(sound)).mixdown()
    mono = [piece.samples for piece in _apply_mixdown(_split(sound), mixdown)]
    return Sound(np.concatenate(mono, axis=1), sound.sample_rate), mixdown


def _split(sound: Sound) -> Iterator[Sound]:
    frames = round(STATISTICS_SECONDS * sound.sample_rate)
    for start in range(0, sound.frames, frames):
        yield Sound(sound.samples[:, start : start + frames], sound.sample_rate)


def _statistics(pieces: Iterable[Sound]) -> ChannelStatistics:
    """Statistics of the channels; a sound of one channel is not read."""
    high_pass: HighPass | None = None
    for piece in pieces:
        if piece.channels == 1:
            return ChannelStatistics(1)
        if high_pass is None:
            high_pass, statistics = HighPass(piece.sample_rate), ChannelStatistics(piece.channels)
        statistics.add(high_pass.push(piece.samples))
    return statistics


def _apply_mixdown(pieces: Iterable[Sound], mixdown: Mixdown) -> Iterator[Sound]:
    for piece in _without_offset(pieces):
        yield Sound(mixdown.apply(piece.samples)[None], piece.sample_rate)


def _without_offset(pieces: Iterable[Sound]) -> Iterator[Sound]:
    high_pass: HighPass | None = None
    for piece in pieces:
        high_pass = high_pass or HighPass(piece.sample_rate)
        yield Sound(high_pass.push(piece.samples), piece.sample_rate)
