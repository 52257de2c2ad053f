"""What can be told of a sound file without learning from it, measured block by block. No torch."""

import hashlib
import itertools
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distill_app.corpus.requirements import RANGE_DB, highest
from distill_app.dsp.audio_file import read_pieces
from distill_app.dsp.decibels import amplitude_to_db
from distill_app.dsp.high_pass import HighPass
from distill_app.dsp.mono import ChannelStatistics, Mixdown
from distill_app.dsp.mono_file import STATISTICS_SECONDS
from distill_app.dsp.onsets import Levels, onsets
from distill_app.dsp.sound import Samples, Sound

_FRAMES_PER_SECOND = 44_100 / 512
_BANDS = 32
_LOW_HZ, _HIGH_HZ = 40.0, 16_000.0
_FULL, _RUN = 1 - 2**-15, 3
"""Samples of one value at full scale (of 16 bit) or over it, so many of them in a row, are cut off."""


@dataclass(frozen=True)
class SoundStats:
    """Measures of one sound: all but clipping are of its mono signal without offset, which is learned from.

    Args:
        seconds, sample_rate, channels: as they are in the file.
        channels_used: which channels the mono signal is made of and why; "" where it is the mean of all.
        peak_dbfs, level_dbfs: highest sample and RMS of the mono signal.
        clipped: samples within runs at full scale, in any channel.
        onsets: how many sounds begin in it.
        first_seconds, last_seconds: where the sound comes within 50 dB of its loudest moment first and last.
        sounding: share of the time in which it does.
        digest: the same for the same samples, in whatever kind of file.
        missing: sentence about what could not be read of the file; "" where it is whole.
    """

    seconds: float
    sample_rate: int
    channels: int
    channels_used: str
    peak_dbfs: float
    level_dbfs: float
    clipped: int
    onsets: int
    first_seconds: float
    last_seconds: float
    sounding: float
    digest: str
    missing: str = ""


def measured(path: Path) -> Generator[None, None, SoundStats]:
    """Yields after each block. Raises AudioFileError.

    The mean of the channels is measured while it is found out whether it is what is learned from; where it is not, the
    file is read once more.
    """
    notes = list[str]()
    measures = yield from _measured(path, None, notes)
    mixdown = measures.statistics.mixdown()
    if mixdown != measures.mixdown:
        measures = yield from _measured(path, mixdown, notes)
    return replace(measures.facts(), missing=" ".join(notes))


def _measured(path: Path, mixdown: Mixdown | None, notes: list[str]) -> Generator[None, None, "_Measures"]:
    measures: _Measures | None = None
    for piece in read_pieces(path, STATISTICS_SECONDS, notes):
        measures = measures or _Measures(piece.sample_rate, mixdown or Mixdown.mean(piece.channels))
        measures.add(piece)
        yield
    assert measures is not None  # a file without any sound has raised
    return measures


@dataclass
class _Measures:
    """Sums over the blocks so far."""

    rate: int
    mixdown: Mixdown
    frames: int = 0
    full: float = 0.0
    peak: float = 0.0
    squares: float = 0.0
    clipped: int = 0
    levels: list[Levels] = field(default_factory=list)
    rest: Samples = field(default_factory=lambda: np.zeros(0, np.float32))

    def add(self, piece: Sound) -> None:
        clean = self.high_pass.push(piece.samples)
        self.statistics.add(clean)
        mono = self.mixdown.apply(clean)
        self.frames += piece.frames
        self.peak = max(self.peak, highest(mono))
        self.squares += float(np.dot(mono, mono))
        self.full = max(self.full, highest(piece.samples))
        self.clipped += _clipped(piece.samples) if self.full >= _FULL else 0
        self._frame(mono)

    def _frame(self, mono: Samples) -> None:
        samples = np.concatenate([self.rest, mono])
        count = max(0, (len(samples) - self.size) // self.hop + 1)
        self.rest = samples[count * self.hop :]
        if count:
            self.levels.append(self._levels(np.lib.stride_tricks.sliding_window_view(samples, self.size)[:: self.hop]))

    def _levels(self, frames: NDArray[np.float32]) -> Levels:
        spectrum = np.fft.rfft(frames * self.window)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        return 10 * np.log10(np.add.reduceat(power, self.edges, axis=1) + 1e-12)

    @cached_property
    def high_pass(self) -> HighPass:
        return HighPass(self.rate)

    @cached_property
    def statistics(self) -> ChannelStatistics:
        return ChannelStatistics(len(self.mixdown.weights))

    @cached_property
    def hop(self) -> int:
        return round(self.rate / _FRAMES_PER_SECOND)

    @cached_property
    def size(self) -> int:
        """Samples of a frame: about two hops."""
        return _quick_length(2 * self.hop)

    @cached_property
    def window(self) -> Samples:
        """So that the bands' sum is about the mean square."""
        window = np.hanning(self.size + 1)[:-1]
        return (window / np.sqrt(np.square(window).sum() * self.size / 2)).astype(np.float32)

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """Bins where the bands begin."""
        high = min(_HIGH_HZ, self.rate / 2)
        places = np.geomspace(_LOW_HZ, high, _BANDS, endpoint=False) * self.size / self.rate
        bins = np.rint(places).astype(np.int64)
        # np.unique would import numpy.ma: 60 ms in which no sound is written
        return bins[np.diff(bins, prepend=-1) > 0]

    def facts(self) -> SoundStats:
        seconds = self.frames / self.rate
        self._frame(np.zeros(max(0, self.size - len(self.rest)), np.float32))
        loud = np.concatenate([(10 ** (levels / 10)).sum(1) for levels in self.levels])
        sounding = np.flatnonzero(loud > loud.max() * 10 ** (-RANGE_DB / 10))
        return SoundStats(
            seconds=round(seconds, 6),
            sample_rate=self.rate,
            channels=len(self.mixdown.weights),
            channels_used=self.mixdown.note,
            peak_dbfs=max(-120.0, amplitude_to_db(self.peak)),
            level_dbfs=max(-120.0, amplitude_to_db((self.squares / self.frames) ** 0.5)),
            clipped=self.clipped,
            onsets=len(onsets(lambda: self.levels)),
            first_seconds=int(sounding.min(initial=len(loud))) * self.hop / self.rate,
            last_seconds=min(seconds, (int(sounding.max(initial=0)) + 1) * self.hop / self.rate),
            sounding=len(sounding) / len(loud),
            digest=self._digest(),
        )

    def _digest(self) -> str:
        """Of the levels of all bands in all frames, which two sounds hardly have in common but by being one."""
        content = hashlib.blake2b(repr((self.frames, self.squares)).encode(), digest_size=16)
        for levels in self.levels:
            content.update(levels.tobytes())
        return content.hexdigest()


def _quick_length(least: int) -> int:
    """The next length whose Fourier transform is quick: one that divides a power of 30, the product of 2, 3 and 5."""
    return next(length for length in itertools.count(least) if pow(30, length.bit_length(), length) == 0)


def _clipped(samples: Samples) -> int:
    """Samples `[channels, n]` that begin a run of one value at full scale or over it, in any channel.

    Floating-point samples over full scale are whole where they differ.
    """
    flat = np.diff(samples, axis=1) == 0
    runs = np.lib.stride_tricks.sliding_window_view(flat, min(_RUN - 1, flat.shape[1]), axis=1).all(2)
    full = np.abs(samples[:, : runs.shape[1]]) >= _FULL
    return int(np.count_nonzero(runs & full))
