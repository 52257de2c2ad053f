"""A folder of recordings as log-mels in memory, with nothing dropped silently."""

import hashlib
import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import gcd
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from distill_app.dsp.audio_file import SUFFIXES, read_pieces
from distill_app.dsp.mel import to_mel
from distill_app.dsp.mel_format import DISTILL_MEL, MelFormat
from distill_app.dsp.resample import resample
from distill_app.dsp.sound import Sound
from distill_app.errors import AudioFileError, CorpusError
from distill_app.models.vae import WINDOW_FRAMES

SECONDS_MIN = 0.2
SILENCE_DBFS = -70.0
HOURS_MAX = 4.0
"""Of sound kept in memory: 640 MB of mel."""
_PIECE_SECONDS = 60.0
LEVEL_DBFS = -16.0
"""RMS to which every recording's loudest part of `_LEVEL_SECONDS` is brought."""
_LEVEL_SECONDS = 0.4
_TRIM_DB = 50.0
_NATS_PER_DB = float(np.log(10)) / 20
_PREROLL_FRAMES = 3
"""Silence put before every file, so that the first frame is silent and its attack is kept whole."""


@dataclass(frozen=True, eq=False)
class Recording:
    """One file: its name without the folder, its length, and its log-mel `[bands, frames]`, frames ≥ WINDOW_FRAMES.

    The mel is brought to LEVEL_DBFS; silence around the sound is trimmed, and a sound shorter than a window is followed
    by silence.
    """

    name: str
    seconds: float
    mel: Tensor


@dataclass(frozen=True)
class Skipped:
    """A file that is not learned from, and why."""

    name: str
    reason: str


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
    def fingerprint(self) -> str:
        """Another one where recordings came, went, or changed in length."""
        known = [(file.name, round(file.seconds, 6), file.mel.shape[1]) for file in self.files]
        return hashlib.sha256(repr(known).encode()).hexdigest()

    @cached_property
    def statistics(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per band, each `[bands]`; a band that never moves gets a deviation of 0.5."""
        frames = torch.cat([file.mel for file in self.files], dim=1)
        return frames.mean(1), frames.std(1).clamp_min(0.5)


def scan_corpus(folder: Path) -> Corpus:
    """Reads the folder and its subfolders. Raises CorpusError where nothing is left to learn from."""
    scan = scan_files(folder)
    while True:
        try:
            next(scan)
        except StopIteration as end:
            return end.value


def scan_files(folder: Path) -> Generator[ScanProgress, None, Corpus]:
    """`scan_corpus` as a generator: yields after each file, returns the corpus."""
    paths, skipped = _contents(folder)
    files: list[Recording] = []
    for done, path in enumerate(paths, 1):
        name = path.relative_to(folder).as_posix()
        try:
            files.append(_recording(path, HOURS_MAX * 3600 - sum(file.seconds for file in files)))
        except (AudioFileError, CorpusError) as error:
            skipped.append(Skipped(name, str(error)))
        yield ScanProgress(done, len(paths), name, tuple(skipped))
    return _corpus(folder, files, skipped)


def _contents(folder: Path) -> tuple[list[Path], list[Skipped]]:
    """What lies in the folder and its subfolders and is not hidden, and the subfolders that are not looked into."""
    paths: list[Path] = []
    skipped: list[Skipped] = []

    def closed(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise error
        place = Path(error.filename).relative_to(folder).as_posix()
        skipped.append(Skipped(place, f"The folder “{place}” cannot be read: {error.strerror}."))

    try:
        for parent, folders, names in os.walk(folder, onerror=closed):
            links = [Path(parent, name) for name in folders if Path(parent, name).is_symlink()]
            skipped += [Skipped(link.name, f"“{link.name}” only leads to another folder.") for link in links]
            paths += [Path(parent, name) for name in names if not name.startswith(".")]
    except NotADirectoryError as error:
        raise CorpusError(f"“{folder}” is not a folder; give the folder that holds your recordings.") from error
    except OSError as error:
        raise CorpusError(f"The folder “{folder}” cannot be read: {error.strerror}.") from error
    return sorted(paths), skipped


def _corpus(folder: Path, files: list[Recording], skipped: list[Skipped]) -> Corpus:
    if files:
        return Corpus(tuple(files), tuple(skipped))
    if not skipped:
        raise CorpusError(f"There are no recordings in “{folder}”.")
    raise CorpusError(f"Nothing in “{folder}” can be learned from: {skipped[0].reason}")


def _recording(path: Path, seconds_left: float) -> Recording:
    """Raises AudioFileError or CorpusError with the reason for skipping the file."""
    if path.suffix.lower() not in SUFFIXES:
        raise AudioFileError(f"“{path.name}” is not a sound file.")
    mels: list[Tensor] = []
    seconds = peak = loudest = 0.0
    for piece in read_pieces(path, _PIECE_SECONDS):
        seconds += piece.seconds
        if seconds > seconds_left:
            raise CorpusError(f"“{path.name}” is left out: only {HOURS_MAX:.0f} hours of sound are learned from.")
        samples = to_rate(piece, DISTILL_MEL.sample_rate)
        peak, loudest = max(peak, float(samples.abs().max())), max(loudest, _loudest(samples))
        mels.append(_mel(samples, first=not mels))
    _check(path.name, seconds, peak)
    return Recording(path.name, seconds, _windowed(_trimmed(_levelled(torch.cat(mels, dim=1), loudest))))


def _check(name: str, seconds: float, peak: float) -> None:
    if seconds < SECONDS_MIN:
        raise CorpusError(f"“{name}” is too short: {seconds:.2f} of at least {SECONDS_MIN} seconds.")
    if 20 * np.log10(max(peak, 1e-9)) < SILENCE_DBFS:
        raise CorpusError(f"“{name}” is silent.")


def to_rate(sound: Sound, rate: int) -> Tensor:
    """Mono samples `[n]` at `rate` Hz. A rate without a simple ratio to `rate` is taken as the nearest one that has.

    That shifts pitch by less than 1 % of its rate at 2.5 kHz and by 0.001 % at 44.1 kHz, and keeps the filter small.
    """
    simple = gcd(sound.sample_rate, rate) >= 50
    from_rate = sound.sample_rate if simple else 50 * round(sound.sample_rate / 50)
    return resample(torch.from_numpy(sound.mono()), from_rate, rate).clone()


def _mel(samples: Tensor, first: bool) -> Tensor:
    """Log-mel of a piece, the first one after `_PREROLL_FRAMES` of silence, with silence after a short one."""
    before = _PREROLL_FRAMES * DISTILL_MEL.hop if first else 0
    after = 2 * DISTILL_MEL.n_fft if len(samples) < WINDOW_FRAMES * DISTILL_MEL.hop else 0
    return to_mel(torch.nn.functional.pad(samples, (before, after)))


def _loudest(samples: Tensor) -> float:
    """Highest mean square over `_LEVEL_SECONDS`."""
    size = min(len(samples), round(_LEVEL_SECONDS * DISTILL_MEL.sample_rate))
    return float(samples.square().unfold(0, size, max(1, size // 4)).mean(1).max())


def _levelled(mel: Tensor, loudest: float) -> Tensor:
    """Brought to one level, so that no recording is learned as a fainter one; silence stays silence."""
    gain = LEVEL_DBFS * _NATS_PER_DB - np.log(max(loudest, 1e-12)) / 2
    floor = float(np.log(DISTILL_MEL.floor))
    return torch.where(mel <= floor + 1e-3, mel, (mel + gain).clamp_min(floor))


def _trimmed(mel: Tensor) -> Tensor:
    """Without what lies before and after the sound: frames more than `_TRIM_DB` below the loudest one."""
    level = mel.exp().square().sum(0).log() / 2
    sounding = (level > level.max() - _TRIM_DB * _NATS_PER_DB).nonzero()
    start = max(0, int(sounding[0]) - _PREROLL_FRAMES)
    return mel[:, start : int(sounding[-1]) + 1 + _PREROLL_FRAMES].clone()


def _windowed(mel: Tensor) -> Tensor:
    """With silence after it, where it is shorter than a window."""
    missing = max(0, WINDOW_FRAMES - mel.shape[1])
    return torch.nn.functional.pad(mel, (0, missing), value=float(np.log(DISTILL_MEL.floor)))


def all_windows(corpus: Corpus, hop: int = WINDOW_FRAMES // 4) -> Tensor:
    """Every window of the corpus at `hop` frames, `[n, bands, WINDOW_FRAMES]`, each file's end included."""
    return torch.stack([window for file in corpus.files for window in windows(file.mel, hop)])


def windows(mel: Tensor, hop: int) -> Iterator[Tensor]:
    last = mel.shape[1] - WINDOW_FRAMES
    for start in sorted({*range(0, last + 1, hop), last}):
        yield mel[:, start : start + WINDOW_FRAMES]
