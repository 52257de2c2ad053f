"""Statistics of a sound file, measured block by block. No torch."""

import hashlib
import itertools
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distill_app.corpus.requirements import RANGE_DB, peak_amplitude
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
"""Clipping: runs of at least `_RUN` equal samples at or above full scale (of 16 bit)."""


@dataclass(frozen=True)
class SoundStats:
    """Statistics of one sound; all but clipping are of its mono signal without DC offset.

    Args:
        seconds, sample_rate, channels: properties of the file.
        channels_used: sentence saying which channels the mono signal uses and why; "" for the mean of all.
        peak_dbfs, level_dbfs: sample peak and RMS of the mono signal.
        clipped: samples in clipped runs, in any channel.
        onsets: number of onsets.
        first_seconds, last_seconds: first and last time within 50 dB of the loudest moment.
        sounding: fraction of the time within 50 dB of it.
        digest: hash of the samples, whatever the file format.
        missing: sentence about unreadable parts of the file; "" if it is complete.
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


def measure(path: Path) -> Generator[None, None, SoundStats]:
    """Statistics of a file; yields after each block. Raises AudioFileError.

    The mean of the channels is measured first, while the mixdown is decided; if the mixdown differs, the file is read
    again.
    """
    notes = list[str]()
    accumulator = yield from _measure(path, None, notes)
    mixdown = accumulator.statistics.mixdown()
    if mixdown != accumulator.mixdown:
        accumulator = yield from _measure(path, mixdown, notes)
    return replace(accumulator.result(), missing=" ".join(notes))


def _measure(path: Path, mixdown: Mixdown | None, notes: list[str]) -> Generator[None, None, "_StatsAccumulator"]:
    accumulator: _StatsAccumulator | None = None
    for piece in read_pieces(path, STATISTICS_SECONDS, notes):
        accumulator = accumulator or _StatsAccumulator(piece.sample_rate, mixdown or Mixdown.mean(piece.channels))
        accumulator.add(piece)
        yield
    assert accumulator is not None  # read_pieces raises for an empty file
    return accumulator


@dataclass
class _StatsAccumulator:
    """Running sums over the blocks of a file."""

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
        self.peak = max(self.peak, peak_amplitude(mono))
        self.squares += float(np.dot(mono, mono))
        self.full = max(self.full, peak_amplitude(piece.samples))
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
        return _fft_length(2 * self.hop)

    @cached_property
    def window(self) -> Samples:
        """Hann window scaled so that the sum over the bands approximates the mean square."""
        window = np.hanning(self.size + 1)[:-1]
        return (window / np.sqrt(np.square(window).sum() * self.size / 2)).astype(np.float32)

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """FFT bins where the bands begin."""
        high = min(_HIGH_HZ, self.rate / 2)
        places = np.geomspace(_LOW_HZ, high, _BANDS, endpoint=False) * self.size / self.rate
        bins = np.rint(places).astype(np.int64)
        # np.unique would import numpy.ma: 60 ms during which playback stalls
        return bins[np.diff(bins, prepend=-1) > 0]

    def result(self) -> SoundStats:
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
        """Hash of all band levels, which differ for different sounds."""
        content = hashlib.blake2b(repr((self.frames, self.squares)).encode(), digest_size=16)
        for levels in self.levels:
            content.update(levels.tobytes())
        return content.hexdigest()


def _fft_length(least: int) -> int:
    """Smallest fast FFT length ≥ `least`: one with no prime factors but 2, 3 and 5 (it divides a power of 30)."""
    return next(length for length in itertools.count(least) if pow(30, length.bit_length(), length) == 0)


def _clipped(samples: Samples) -> int:
    """Number of samples `[channels, n]` that begin a run of equal values at or above full scale, in any channel.

    Differing floating-point samples above full scale are not clipped.
    """
    flat = np.diff(samples, axis=1) == 0
    runs = np.lib.stride_tricks.sliding_window_view(flat, min(_RUN - 1, flat.shape[1]), axis=1).all(2)
    full = np.abs(samples[:, : runs.shape[1]]) >= _FULL
    return int(np.count_nonzero(runs & full))
