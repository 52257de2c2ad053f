"""A corpus: recordings as log-mels on the disk, with nothing dropped silently."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from distill_app.dsp.mel_format import DISTILL_MEL, MelFormat
from distill_app.project.corpora import Kind
from distill_app.training.band_sums import BandSums, added
from distill_app.training.found import Skipped
from distill_app.training.mels import Mel


@dataclass(frozen=True, eq=False)
class Recording:
    """One file: its name without the folder, its length, and its log-mel of at least WINDOW_FRAMES frames.

    The mel is brought to LEVEL_DBFS; silence around the sound is trimmed, and a sound shorter than a window is followed
    by silence.

    Args:
        sums: of the mel; added up here where they are not known.
        digest: another one for another mel; "" where it is not known.
        kind: "takes" were made by Distill.
    """

    name: str
    seconds: float
    mel: Mel
    sums: BandSums | None = None
    digest: str = ""
    kind: Kind = "recordings"


@dataclass(frozen=True)
class ScanProgress:
    """`done` of `total` files have been read; `name` is the last one, `skipped` what is not learned from so far."""

    done: int
    total: int
    name: str
    skipped: tuple[Skipped, ...] = ()


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
    def fingerprint(self) -> str:
        """Another one where recordings came, went, or changed."""
        known = [(file.name, round(file.seconds, 6), file.mel.frames, file.digest) for file in self.files]
        return hashlib.sha256(repr(known).encode()).hexdigest()

    @cached_property
    def statistics(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per band, each `[bands]`; a band that never moves gets a deviation of 0.5."""
        return added(file.sums or BandSums.of(file.mel) for file in self.files).statistics()
