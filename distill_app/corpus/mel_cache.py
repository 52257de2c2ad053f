"""The log-mel of a recording: decoded and trimmed once, at its own level, then kept in a file.

While a recording is decoded its mel is in memory, at 80 MB an hour.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from distill_app.common.atomic_io import atomic_path
from distill_app.common.parsing import ParseError, parse_guard, parse_json, read_limited
from distill_app.common.typed_values import get_text, require_int, require_list, require_number
from distill_app.corpus.band_stats import BandStats, added
from distill_app.corpus.cache_eviction import mark_used
from distill_app.corpus.cache_paths import changed, decoded_path, decoding_again, index_path, notes_from, write_decoded
from distill_app.corpus.corpus import Recording
from distill_app.corpus.mel_sources import Steps, StoredMel, from_steps, to_steps
from distill_app.corpus.onset_alignment import aligned_mel
from distill_app.corpus.requirements import RANGE_DB, check_sound, highest
from distill_app.dsp.loudness import k_weighted, power_to_lufs
from distill_app.dsp.mel import to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.mono_file import read_mono
from distill_app.dsp.resample import near_rate, resample
from distill_app.dsp.sound import Sound
from distill_app.models.window import WINDOW_FRAMES

_PIECE_SECONDS = 60.0
_LEVEL_SECONDS = 0.4
_NATS_PER_DB = float(np.log(10)) / 20
_PREROLL_FRAMES = 3
"""Silence put before every file, so that the first frame is silent and its attack is kept whole."""
_FRAMES_MAX = 2**40
_FLOOR = float(np.log(DISTILL_MEL.floor))
_MADE, _MADE_ALIGNED = "mel 4", "mel of onsets 2"


def read_recording(path: Path, cache: Path, aligned: bool = False) -> Recording:
    """A recording, decoded where that has not been done.

    Args:
        aligned: its frames lie the same way around every onset, and `starts` tells where windows may begin.

    Raises AudioFileError or CorpusError with the reason for skipping it, OSError where the cache cannot be written.
    """
    data = decoded_path(cache, path, _MADE_ALIGNED if aligned else _MADE, ".mel")
    decode = partial(_decoded, path, data, aligned)
    found = _indexed(data) or decode()
    mark_used(data)
    mel = StoredMel(data, found.sums.frames, DISTILL_MEL.bands, _FLOOR, partial(_decode_again, path, decode, found))
    recording = Recording(path.name, found.seconds, mel, found.sums, found.digest, notes=found.notes)
    starts = tuple(found.starts) if aligned else None
    recording = replace(recording, starts=starts, loudnesses=found.starts)
    return replace(recording, peak=found.peak, loudness=found.loudness)


@dataclass(frozen=True, eq=False)
class _Index:
    """Properties of a cached mel known without reading it, named as in `Recording`; `starts` with loudness."""

    seconds: float
    sums: BandStats
    digest: str
    peak: float
    loudness: float
    starts: dict[int, float]
    notes: tuple[str, ...]

    def to_json(self) -> str:
        sums = {"total": self.sums.total.tolist(), "squares": self.sums.squares.tolist()}
        levels = {"peak": self.peak, "loudness": self.loudness}
        known = {"seconds": self.seconds, "frames": self.sums.frames, "digest": self.digest}
        return json.dumps(known | levels | {"starts": [*self.starts.items()], "notes": self.notes} | sums)

    @classmethod
    def from_json(cls, content: bytes) -> "_Index":
        """Raises ParseError where it is damaged."""
        values = parse_json(content)
        with parse_guard():
            total, squares = (torch.tensor(values[name], dtype=torch.double) for name in ("total", "squares"))
            if not total.shape == squares.shape == (DISTILL_MEL.bands,):
                raise ParseError("sums of another mel format")
            frames = require_int(values["frames"], "frames", 1, _FRAMES_MAX)
            seconds = require_number(values["seconds"], "seconds", 0)
            peak, loudness = require_number(values["peak"], "peak", 0), require_number(values["loudness"], "loudness")
            starts = {
                require_int(frame, "starts", 0, frames): require_number(level, "starts")
                for frame, level in require_list(values["starts"], "starts")
            }
            sums, digest = BandStats(frames, total, squares), get_text(values, "digest")
            return cls(seconds, sums, digest, peak, loudness, starts, notes_from(values))


def _indexed(data: Path) -> _Index | None:
    """None where there is no index that fits the file, as after a crash."""
    try:
        found = _Index.from_json(read_limited(index_path(data)))
        whole = data.stat().st_size == 2 * found.sums.frames * DISTILL_MEL.bands
    except (OSError, ParseError):
        return None
    return found if whole else None


def _decoded(path: Path, data: Path, aligned: bool) -> _Index:
    take = _take(path, aligned)
    start, stop = _sounding(take.pieces)
    first = min(take.starts, default=-1)
    if start <= first <= start + _PREROLL_FRAMES:
        start = first
    missing = max(0, WINDOW_FRAMES - (stop - start))
    kept = [*_between(take.pieces, start, stop), np.zeros((missing, DISTILL_MEL.bands), "<u2")]
    sums = added([_sums(piece) for piece in kept])
    starts = {each - start: level for each, level in take.starts.items() if start <= each < stop}
    found = _Index(take.seconds, sums, _digest(path), take.peak, power_to_lufs(take.loudest), starts, tuple(take.notes))
    write_decoded(data, partial(_write, pieces=kept, index=found))
    return found


def _write(data: Path, pieces: list[Steps], index: _Index) -> None:
    with atomic_path(data) as temporary, open(temporary, "wb") as file:
        for piece in pieces:
            file.write(piece.tobytes())  # not `tofile`, which does not say that the disk is full
    with atomic_path(index_path(data)) as temporary:
        temporary.write_text(index.to_json(), encoding="utf-8")


def _decode_again(path: Path, decode: Callable[[], _Index], before: _Index) -> None:
    """Decode a recording whose mel is gone from the cache. Raises CorpusError where it is gone, too, or changed."""
    with decoding_again(path):
        if decode().digest != before.digest:
            raise changed(path)


def _sums(piece: Steps) -> BandStats:
    values = from_steps(piece, _FLOOR).astype(np.float64)
    return BandStats(len(piece), torch.from_numpy(values.sum(0)), torch.from_numpy(np.square(values).sum(0)))


def _digest(path: Path) -> str:
    """Of the file and not of its mel, of which the last bits depend on the processor that made it."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


@dataclass
class _Take:
    """A recording on its way: its mel by pieces, where windows may begin, length, peak, highest power and notes."""

    pieces: list[Steps] = field(default_factory=list)
    starts: dict[int, float] = field(default_factory=dict)
    seconds: float = 0.0
    peak: float = 0.0
    loudest: float = 0.0
    notes: list[str] = field(default_factory=list)


def _take(path: Path, aligned: bool) -> _Take:
    """Raises AudioFileError or CorpusError with the reason for skipping the file."""
    take = _Take()
    for piece in read_mono(path, _PIECE_SECONDS, take.notes):
        samples = to_rate(piece, DISTILL_MEL.sample_rate)
        take.seconds += piece.seconds
        take.peak, take.loudest = max(take.peak, highest(piece.samples)), max(take.loudest, loudest(samples))
        _add_mel(take, _padded(samples, first=not take.pieces), aligned)
    check_sound(path.name, take.seconds, take.peak)
    return take


def to_rate(sound: Sound, rate: int) -> Tensor:
    """Samples `[n]` of a sound of one channel at `rate` Hz; for the pitch see `near_rate`."""
    (samples,) = sound.samples
    return resample(torch.from_numpy(samples), near_rate(sound.sample_rate, rate), rate).clone()


def _add_mel(take: _Take, samples: Tensor, aligned: bool) -> None:
    mel, starts = aligned_mel(samples) if aligned else (to_mel(samples), {})
    before = sum(map(len, take.pieces))
    take.starts |= {before + start: level for start, level in starts.items()}
    take.pieces.append(to_steps(mel, _FLOOR))


def _padded(samples: Tensor, first: bool) -> Tensor:
    """A piece, the first one after `_PREROLL_FRAMES` of silence, with silence after a short one."""
    before = _PREROLL_FRAMES * DISTILL_MEL.hop if first else 0
    after = 2 * DISTILL_MEL.n_fft if len(samples) < WINDOW_FRAMES * DISTILL_MEL.hop else 0
    return torch.nn.functional.pad(samples, (before, after))


def loudest(samples: Tensor) -> float:
    """Highest K-weighted mean power over `_LEVEL_SECONDS` of samples `[n]`."""
    size = min(len(samples), round(_LEVEL_SECONDS * DISTILL_MEL.sample_rate))
    weighted = torch.from_numpy(k_weighted(samples.numpy(), DISTILL_MEL.sample_rate))
    return float(weighted.square().unfold(0, size, max(1, size // 4)).mean(1).max())


def _sounding(pieces: list[Steps]) -> tuple[int, int]:
    """First frame and end without what is more than `RANGE_DB` below the loudest frame, before and after the sound."""
    levels = np.concatenate([np.log(np.square(np.exp(from_steps(piece, _FLOOR))).sum(1)) / 2 for piece in pieces])
    sounding = (levels > levels.max() - RANGE_DB * _NATS_PER_DB).nonzero()[0]
    return max(0, int(sounding[0]) - _PREROLL_FRAMES), min(len(levels), int(sounding[-1]) + 1 + _PREROLL_FRAMES)


def _between(pieces: list[Steps], start: int, stop: int) -> list[Steps]:
    """Frames `start` … `stop` of the pieces joined."""
    ends = np.cumsum([len(piece) for piece in pieces])
    begins = ends - [len(piece) for piece in pieces]
    beginnings = zip(pieces, begins.tolist(), strict=True)
    return [piece[max(0, start - begin) : max(0, stop - begin)] for piece, begin in beginnings]
