"""Corpora of the grain bench: few files and many of the same sound, and 83 hours.

The sound is tones whose pitch and loudness wander. “hours” has five files of ten minutes under 500 names, each name at
its own level and beginning at another moment; nothing but the decoding for the scan is saved by that.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.loudness_normalization import GainMel
from distill_app.corpus.mel_sources import MelSlice
from distill_app.dsp.mel_format import DISTILL_MEL
from tools.bench_train_memory import wandering_tones
from tools.corpus_scan import scan_corpus

_RATE, _HOP = DISTILL_MEL.sample_rate, DISTILL_MEL.hop
_QUIETEST_NEPERS = 1.0
_SHIFT_FRAMES = 7
_PART_SECONDS = 60


@dataclass(frozen=True)
class Sizes:
    """Numbers and lengths of files.

    Args:
        few, many: files in the corpora of that name, which hold `seconds` in all.
        hours: files of `seconds` each, in the corpus of that name, of which `different` differ.
        grain_minutes: length of a bank.
    """

    few: int = 20
    many: int = 500
    seconds: int = 600
    hours: int = 500
    different: int = 5
    grain_minutes: float = 5.0

    @property
    def uncut_minutes(self) -> float:
        """Length of a bank that keeps all of the sound that differs."""
        return self.different * self.seconds / 60


QUICK = Sizes(few=2, many=6, seconds=12, hours=6, different=2, grain_minutes=0.1)


@dataclass(frozen=True)
class BenchCorpus:
    """Corpus of the bench.

    Args:
        title: what it is, as in the table.
        read: its recordings, from the folder of `write_sounds`.
        is_bad: its bank is longer than is wanted, and has to measure badly.
    """

    title: str
    read: Callable[[Path, Sizes], Corpus]
    is_bad: bool = False

    def grain_minutes(self, sizes: Sizes) -> float:
        return sizes.uncut_minutes if self.is_bad else sizes.grain_minutes


def write_sounds(folder: Path, sizes: Sizes) -> None:
    """Writes the files of all corpora; few and many hold the first of the long ones, cut."""
    for number in range(sizes.different):
        _write(folder / "long" / f"{number}.flac", _long_sound(number, sizes.seconds))
    sound, _ = soundfile.read(folder / "long" / "0.flac", dtype="float32")
    for name, count in (("few", sizes.few), ("many", sizes.many)):
        for number, part in enumerate(np.array_split(sound, count)):
            _write(folder / name / f"{number:03}.flac", part)


def _long_sound(number: int, seconds: int) -> np.ndarray:
    """Tones `[n]`, made a minute at a time: a longer one takes gigabytes."""
    parts = range(0, seconds, _PART_SECONDS)
    return np.concatenate([wandering_tones(seconds * number + at, min(_PART_SECONDS, seconds - at)) for at in parts])


def _write(path: Path, samples: np.ndarray) -> None:
    path.parent.mkdir(exist_ok=True)
    soundfile.write(path, samples, _RATE, subtype="PCM_16")


def _short(folder: Path, sizes: Sizes) -> Corpus:
    return scan_corpus(*sorted((folder / "many").iterdir())[: sizes.few])


def _hours(folder: Path, sizes: Sizes) -> Corpus:
    corpus = scan_corpus(folder / "long")
    return replace(corpus, files=_copies(corpus.files, sizes.hours, corpus.floor))


def _copies(files: Sequence[Recording], count: int, floor: float) -> tuple[Recording, ...]:
    """`count` recordings made of a few files, known as different ones."""
    return tuple(
        _copy(files[number % len(files)], number, number // len(files), floor, count) for number in range(count)
    )


def _copy(file: Recording, number: int, begin: int, floor: float, count: int) -> Recording:
    nats, start = -_QUIETEST_NEPERS * number / count, begin * _SHIFT_FRAMES
    return replace(
        file,
        name=f"{number:03}.flac",
        seconds=file.seconds - start * _HOP / _RATE,
        mel=GainMel(MelSlice(file.mel, start, file.mel.frames, floor), nats, floor),
        band_stats=None,
        digest="",
        first_sample=file.first_sample + start * _HOP,
        gain=file.gain * math.exp(nats),
    )


CORPORA: Mapping[str, BenchCorpus] = {
    "few": BenchCorpus("few files", lambda folder, _: scan_corpus(folder / "few")),
    "short": BenchCorpus("few of the many files", _short),
    "many": BenchCorpus("many files", lambda folder, _: scan_corpus(folder / "many")),
    "hours": BenchCorpus("many long files", _hours),
    "uncut": BenchCorpus("long files, all kept (bad)", lambda folder, _: scan_corpus(folder / "long"), is_bad=True),
}
