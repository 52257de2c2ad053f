"""Mono signal of a sound file, without offset: what is learned from it, and what it is judged by. numpy only."""

from collections.abc import Iterator
from pathlib import Path

from distill_app.dsp.audio_file import read_pieces
from distill_app.dsp.high_pass import HighPass
from distill_app.dsp.mono import ChannelStatistics, Mixdown
from distill_app.dsp.sound import Sound

STATISTICS_SECONDS = 10.0
"""Length of the blocks that the channels' statistics are added up from, the same wherever they are."""


def read_mono(path: Path, seconds: float) -> Iterator[Sound]:
    """The file's mono signal as consecutive sounds `[1, n]` of `seconds` (the last one shorter).

    A file of several channels is read twice. Raises AudioFileError.
    """
    mixdown, high_pass = file_mixdown(path), None
    for piece in read_pieces(path, seconds):
        high_pass = high_pass or HighPass(piece.sample_rate)
        yield _mixed(piece, high_pass, mixdown)


def file_mixdown(path: Path) -> Mixdown:
    """The decision for a file, which is read for it where it has several channels. Raises AudioFileError."""
    statistics, high_pass = ChannelStatistics(1), None
    for piece in read_pieces(path, STATISTICS_SECONDS):
        if piece.channels == 1:
            return Mixdown.mean(1)
        if high_pass is None:
            statistics, high_pass = ChannelStatistics(piece.channels), HighPass(piece.sample_rate)
        statistics.add(high_pass.push(piece.samples))
    return statistics.mixdown()


def mono_of(sound: Sound) -> tuple[Sound, Mixdown]:
    """Mono signal `[1, n]` of a recording that is in memory, and the decision."""
    clean, statistics = HighPass(sound.sample_rate).push(sound.samples), ChannelStatistics(sound.channels)
    statistics.add(clean)
    mixdown = statistics.mixdown()
    return Sound(mixdown.apply(clean)[None], sound.sample_rate), mixdown


def _mixed(piece: Sound, high_pass: HighPass, mixdown: Mixdown) -> Sound:
    return Sound(mixdown.apply(high_pass.push(piece.samples))[None], piece.sample_rate)
