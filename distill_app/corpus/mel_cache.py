"""Log-mels of recordings: decoded and trimmed once, at their recorded level, then cached on disk.

While a recording is decoded, its mel is held in RAM: 80 MB an hour.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from distill_app.common.atomic_io import atomic_path
from distill_app.common.parsing import ParseError, parse_guard, parse_json, read_limited
from distill_app.common.typed_values import get_text, require_int, require_list, require_number
from distill_app.corpus.band_stats import BandStats, merge
from distill_app.corpus.corpus import Recording
from distill_app.corpus.decode_cache import (
    cached_path,
    decode_errors_as_corpus_errors,
    index_path,
    parse_notes,
    recording_changed_error,
    touch,
    write_cached,
)
from distill_app.corpus.mel_sources import Steps, StoredMel, from_steps, to_steps
from distill_app.corpus.onset_alignment import onset_aligned_mel
from distill_app.corpus.requirements import RANGE_DB, check_sound, peak_amplitude
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
"""Silence before every file, so that the first frame is silent and the attack is kept whole."""
_FRAMES_MAX = 2**40
_FLOOR = float(np.log(DISTILL_MEL.floor))
_CACHE_VERSION, _ALIGNED_CACHE_VERSION = "mel 5", "mel of onsets 3"


def read_recording(path: Path, cache: Path, aligned: bool = False) -> Recording:
    """A recording from the cache, decoded if necessary.

    Args:
        aligned: align the frames to every onset; `starts` then holds the frames where windows may begin.

    Raises AudioFileError or CorpusError with the reason for skipping it, OSError if the cache cannot be written.
    """
    data = cached_path(cache, path, _ALIGNED_CACHE_VERSION if aligned else _CACHE_VERSION, ".mel")
    decode = partial(_decode, path, data, aligned)
    index = _read_index(data) or decode()
    touch(data)
    decode_again = partial(_decode_again, path, decode, index)
    return Recording(
        path.name,
        index.seconds,
        StoredMel(data, index.band_stats.frames, DISTILL_MEL.bands, _FLOOR, decode_again),
        band_stats=index.band_stats,
        digest=index.digest,
        starts=tuple(index.starts) if aligned else None,
        peak=index.peak,
        loudness=index.loudness,
        notes=index.notes,
        loudnesses=index.starts,
        path=path,
        first_sample=(index.first_frame - _PREROLL_FRAMES) * DISTILL_MEL.hop,
    )


@dataclass(frozen=True, eq=False)
class _Index:
    """Properties of a cached mel known without reading it, as in `Recording`; `starts` maps frames to loudness.

    Args:
        first_frame: frames that were trimmed from the begin of the mel.
    """

    seconds: float
    band_stats: BandStats
    digest: str
    peak: float
    loudness: float
    starts: dict[int, float]
    notes: tuple[str, ...]
    first_frame: int

    def to_json(self) -> str:
        band_stats = {"total": self.band_stats.sums.tolist(), "squares": self.band_stats.square_sums.tolist()}
        levels = {"peak": self.peak, "loudness": self.loudness}
        known = {"seconds": self.seconds, "frames": self.band_stats.frames, "digest": self.digest}
        return json.dumps(known | levels | self._places() | band_stats)

    def _places(self) -> dict[str, Any]:
        return {"starts": [*self.starts.items()], "notes": self.notes, "first_frame": self.first_frame}

    @classmethod
    def from_json(cls, content: bytes) -> "_Index":
        """Parsed index. Raises ParseError if it is damaged."""
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
            band_stats, digest = BandStats(frames, total, squares), get_text(values, "digest")
            first = require_int(values["first_frame"], "first_frame", 0, _FRAMES_MAX)
            return cls(seconds, band_stats, digest, peak, loudness, starts, parse_notes(values), first)


def _read_index(data: Path) -> _Index | None:
    """Index of a cached mel; None if it is missing or does not match the mel, as after a crash."""
    try:
        index = _Index.from_json(read_limited(index_path(data)))
        whole = data.stat().st_size == 2 * index.band_stats.frames * DISTILL_MEL.bands
    except (OSError, ParseError):
        return None
    return index if whole else None


def _decode(path: Path, data: Path, aligned: bool) -> _Index:
    audio = _decode_audio(path, aligned)
    start, stop = _trim_range(audio.pieces)
    first = min(audio.starts, default=-1)
    if start <= first <= start + _PREROLL_FRAMES:
        start = first
    missing = max(0, WINDOW_FRAMES - (stop - start))
    kept = [*_slice_pieces(audio.pieces, start, stop), np.zeros((missing, DISTILL_MEL.bands), "<u2")]
    band_stats = merge([_band_stats(piece) for piece in kept])
    starts = {each - start: level for each, level in audio.starts.items() if start <= each < stop}
    levels = audio.peak, power_to_lufs(audio.max_power)
    index = _Index(audio.seconds, band_stats, _digest(path), *levels, starts, tuple(audio.notes), start)
    write_cached(data, partial(_write, pieces=kept, index=index))
    return index


def _write(data: Path, pieces: list[Steps], index: _Index) -> None:
    with atomic_path(data) as temporary, open(temporary, "wb") as file:
        for piece in pieces:
            file.write(piece.tobytes())  # `tofile` does not report a full disk
    with atomic_path(index_path(data)) as temporary:
        temporary.write_text(index.to_json(), encoding="utf-8")


def _decode_again(path: Path, decode: Callable[[], _Index], before: _Index) -> None:
    """Decode a recording whose mel is gone from the cache. Raises CorpusError if it is gone, too, or changed."""
    with decode_errors_as_corpus_errors(path):
        if decode().digest != before.digest:
            raise recording_changed_error(path)


def _band_stats(piece: Steps) -> BandStats:
    values = from_steps(piece, _FLOOR).astype(np.float64)
    return BandStats(len(piece), torch.from_numpy(values.sum(0)), torch.from_numpy(np.square(values).sum(0)))


def _digest(path: Path) -> str:
    """Hash of the file, not of its mel, whose last bits depend on the processor."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


@dataclass
class _DecodedAudio:
    """Intermediate result of decoding; `starts` maps start frames of windows to loudness."""

    pieces: list[Steps] = field(default_factory=list)
    starts: dict[int, float] = field(default_factory=dict)
    seconds: float = 0.0
    peak: float = 0.0
    max_power: float = 0.0
    notes: list[str] = field(default_factory=list)


def _decode_audio(path: Path, aligned: bool) -> _DecodedAudio:
    """Mel and measures of a file. Raises AudioFileError or CorpusError with the reason for skipping it."""
    audio = _DecodedAudio()
    for piece in read_mono(path, _PIECE_SECONDS, audio.notes):
        samples = mono_at_rate(piece, DISTILL_MEL.sample_rate)
        audio.seconds += piece.seconds
        audio.peak = max(audio.peak, peak_amplitude(piece.samples))
        audio.max_power = max(audio.max_power, max_block_power(samples))
        _add_mel(audio, _pad(samples, first=not audio.pieces), aligned)
    check_sound(path.name, audio.seconds, audio.peak)
    return audio


def mono_at_rate(sound: Sound, rate: int) -> Tensor:
    """Samples `[n]` of a mono sound at `rate` Hz; `near_rate` bounds the pitch error."""
    (samples,) = sound.samples
    return resample(torch.from_numpy(samples), near_rate(sound.sample_rate, rate), rate).clone()


def _add_mel(audio: _DecodedAudio, samples: Tensor, aligned: bool) -> None:
    mel, starts = onset_aligned_mel(samples) if aligned else (to_mel(samples), {})
    before = sum(map(len, audio.pieces))
    audio.starts |= {before + start: level for start, level in starts.items()}
    audio.pieces.append(to_steps(mel, _FLOOR))


def _pad(samples: Tensor, first: bool) -> Tensor:
    """Samples with `_PREROLL_FRAMES` of silence before the first piece and silence after a short one."""
    before = _PREROLL_FRAMES * DISTILL_MEL.hop if first else 0
    after = 2 * DISTILL_MEL.n_fft if len(samples) < WINDOW_FRAMES * DISTILL_MEL.hop else 0
    return torch.nn.functional.pad(samples, (before, after))


def max_block_power(samples: Tensor) -> float:
    """Maximum K-weighted mean power over `_LEVEL_SECONDS` of samples `[n]`."""
    size = min(len(samples), round(_LEVEL_SECONDS * DISTILL_MEL.sample_rate))
    weighted = torch.from_numpy(k_weighted(samples.numpy(), DISTILL_MEL.sample_rate))
    return float(weighted.square().unfold(0, size, max(1, size // 4)).mean(1).max())


def _trim_range(pieces: list[Steps]) -> tuple[int, int]:
    """First and end frame of the sound, cutting what is more than `RANGE_DB` below the loudest frame."""
    levels = np.concatenate([np.log(np.square(np.exp(from_steps(piece, _FLOOR))).sum(1)) / 2 for piece in pieces])
    sounding = (levels > levels.max() - RANGE_DB * _NATS_PER_DB).nonzero()[0]
    return max(0, int(sounding[0]) - _PREROLL_FRAMES), min(len(levels), int(sounding[-1]) + 1 + _PREROLL_FRAMES)


def _slice_pieces(pieces: list[Steps], start: int, stop: int) -> list[Steps]:
    """Frames `start` … `stop` of the concatenated pieces."""
    ends = np.cumsum([len(piece) for piece in pieces])
    begins = ends - [len(piece) for piece in pieces]
    beginnings = zip(pieces, begins.tolist(), strict=True)
    return [piece[max(0, start - begin) : max(0, stop - begin)] for piece, begin in beginnings]
