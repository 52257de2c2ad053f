"""A corpus: recordings as log-mels on the disk, with nothing dropped silently."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from torch import Tensor

from distill_app.corpus.band_stats import BandStats, added
from distill_app.corpus.discovery import Skipped
from distill_app.corpus.mel_sources import Mel, MelSlice, OneShot
from distill_app.dsp.mel_format import DISTILL_MEL, MelFormat
from distill_app.models.window import WINDOW_FRAMES
from distill_app.project.corpora import Kind


@dataclass(frozen=True, eq=False)
class Recording:
    """One file: its name without the folder, its length, and its log-mel of at least WINDOW_FRAMES frames.

    Silence around the sound is trimmed, and a sound shorter than a window is followed by silence.

    Args:
        sums: of the mel; added up here where they are not known.
        digest: of the file; "" where it is not known.
        kind: "takes" were made by Distill.
        starts: frames where its windows begin, one at least; None where they may begin anywhere.
        peak: amplitude as recorded; 0 where it is not known.
        loudness: of the loudest 0.4 s as recorded, in LUFS.
        notes: sentences about what is missing of the file, and channels that are left out.
        loudnesses: by the frame where a window begins, that of its first HIT_SAMPLES as recorded, in LUFS.
    """

    name: str
    seconds: float
    mel: Mel
    sums: BandStats | None = None
    digest: str = ""
    kind: Kind = "recordings"
    starts: tuple[int, ...] | None = None
    peak: float = 0.0
    loudness: float = 0.0
    notes: tuple[str, ...] = ()
    loudnesses: Mapping[int, float] = field(default_factory=dict)

    def between(self, start: int, stop: int, floor: float) -> list[MelSlice]:
        """What is learned from of the frames `start` … `stop`: all of them, or the windows that begin there.

        A window of which less than a half lies before `stop` is left out, unless it is the first or the sound ends.

        Args:
            floor: silence, in nats.
        """
        if self.starts is None:
            return [MelSlice(self.mel, start, stop, floor)]
        last = stop if stop == self.mel.frames else stop - WINDOW_FRAMES // 2
        return [OneShot(self.mel, each, stop, floor) for each in self.starts if each == start or start < each < last]


@dataclass(frozen=True)
class ScanProgress:
    """Place in the reading of recordings.

    Args:
        done: of `total` files.
        name: of the last one.
        skipped: what is not learned from so far.
        notes: about what is learned from, see `Recording`, in the order of the files.
    """

    done: int
    total: int
    name: str
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Corpus:
    """What there is to learn from, in the order of the file names."""

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
    def stretches(self) -> list[MelSlice]:
        """All that is learned from."""
        return [stretch for file in self.files for stretch in file.between(0, file.mel.frames, self.floor)]

    @property
    def floor(self) -> float:
        """Silence, in nats."""
        return math.log(self.mel_format.floor)

    @property
    def fingerprint(self) -> str:
        """Another one where recordings came, went or changed, or are learned from in another way."""
        known = [(each.name, round(each.seconds, 6), each.mel.frames, each.digest, each.starts) for each in self.files]
        return hashlib.sha256(repr(known).encode()).hexdigest()

    @property
    def peak(self) -> float:
        """Amplitude of the loudest recording, as recorded; 0 where none is known."""
        return max((file.peak for file in self.files), default=0.0)

    @cached_property
    def statistics(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per band, each `[bands]`; a band that never moves gets a deviation of 0.5."""
        return added(file.sums or BandStats.of(file.mel) for file in self.files).statistics()
