"""A corpus: recordings as log-mels on disk, and the files that were skipped."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from torch import Tensor

from distill_app.corpus.band_stats import BandStats, merge
from distill_app.corpus.discovery import Skipped
from distill_app.corpus.mel_sources import Mel, MelSlice, OneShot
from distill_app.dsp.mel_format import DISTILL_MEL, MelFormat
from distill_app.models.window import WINDOW_FRAMES
from distill_app.project.corpora import Kind


@dataclass(frozen=True, eq=False)
class Recording:
    """One recording: file name without folder, length, and log-mel of at least WINDOW_FRAMES frames.

    Silence around the sound is trimmed, and a sound shorter than a window is padded with silence.

    Args:
        band_stats: sums over the mel; computed when needed if None.
        digest: hash of the file; "" if unknown.
        kind: "takes" were made by Distill.
        starts: frames where its windows begin, at least one; None if they may begin anywhere.
        peak: sample peak as recorded; 0 if unknown.
        loudness: loudness of the loudest 0.4 s as recorded, in LUFS.
        notes: sentences about missing parts of the file and unused channels.
        loudnesses: by start frame, loudness of the window's first HIT_SAMPLES as recorded, in LUFS.
        path: its file; None if unknown.
        first_sample: sample of the file, at the rate of the mel, at which the mel begins; less than 0 before the file.
        gain: factor from the file's samples to the level of the mel.
    """

    name: str
    seconds: float
    mel: Mel
    band_stats: BandStats | None = None
    digest: str = ""
    kind: Kind = "recordings"
    starts: tuple[int, ...] | None = None
    peak: float = 0.0
    loudness: float = 0.0
    notes: tuple[str, ...] = ()
    loudnesses: Mapping[int, float] = field(default_factory=dict)
    path: Path | None = None
    first_sample: int = 0
    gain: float = 1.0

    def slices(self, start: int, stop: int, floor: float) -> list[MelSlice]:
        """Training material within frames `start` … `stop`: all of it, or the windows that begin there.

        Windows with less than half their length before `stop` are omitted, except the first and those at the sound's
        end.

        Args:
            floor: silence, in nats.
        """
        if self.starts is None:
            return [MelSlice(self.mel, start, stop, floor)]
        last = stop if stop == self.mel.frames else stop - WINDOW_FRAMES // 2
        return [OneShot(self.mel, each, stop, floor) for each in self.starts if each == start or start < each < last]


@dataclass(frozen=True)
class ScanProgress:
    """Progress of reading recordings.

    Args:
        done: number of files read, of `total`.
        name: last file read.
        skipped: files skipped so far.
        notes: notes about the recordings read so far, see `Recording`, in the order of the files.
    """

    done: int
    total: int
    name: str
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Corpus:
    """Recordings to train on, in the order of their file names."""

    files: tuple[Recording, ...]
    skipped: tuple[Skipped, ...] = ()
    mel_format: MelFormat = DISTILL_MEL

    @property
    def seconds(self) -> float:
        return sum(file.seconds for file in self.files)

    @property
    def frames(self) -> int:
        return sum(file.mel.frames for file in self.files)

    @property
    def slices(self) -> list[MelSlice]:
        """All training material."""
        return [mel_slice for file in self.files for mel_slice in file.slices(0, file.mel.frames, self.floor)]

    @property
    def floor(self) -> float:
        """Log-mel value of silence, in nats."""
        return math.log(self.mel_format.floor)

    @property
    def fingerprint(self) -> str:
        """Hash that changes when recordings are added, removed, modified or windowed differently."""
        identity = [
            (each.name, round(each.seconds, 6), each.mel.frames, each.digest, each.starts) for each in self.files
        ]
        return hashlib.sha256(repr(identity).encode()).hexdigest()

    @property
    def peak(self) -> float:
        """Sample peak of the loudest recording; 0 if unknown."""
        return max((file.peak for file in self.files), default=0.0)

    @cached_property
    def mean_and_std(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per band, each `[bands]`; 0.5 is the smallest deviation."""
        return merge(file.band_stats or BandStats.of(file.mel) for file in self.files).mean_and_std()
