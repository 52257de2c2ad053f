"""Onsets of one-shots, and log-mels whose frames are aligned to every onset.

Frames are 11.6 ms apart. On a fixed grid an onset falls anywhere between two frames, windows differ in when their sound
begins, and a model learns the mean. So the grid is shifted at each onset: frames before it count from the previous
onset, and a fraction of a frame between them is dropped or repeated.

    samples  ──────┃onset─────────────────────┃onset──────────
    frames     │  │  │  │  │  │  │  │  │  │ │  │  │  │  │  │
                  └ window                    └ window
"""

import itertools
import math
from bisect import bisect
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from distill_app.corpus.mel_sources import Mel, MemoryMel, iter_blocks
from distill_app.dsp.loudness import AUDIBLE, loudness_lufs
from distill_app.dsp.mel import frames_stft, log_mel, to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.onsets import onsets
from distill_app.models.window import LEAD_FRAMES, ONSET_SAMPLES, REPEAT_FRAMES

_OVER_BEFORE = 1.5
"""Factor by which an onset must exceed the highest sample just before it."""
_ATTACK_FRAMES = 4
HIT_SAMPLES = (REPEAT_FRAMES - LEAD_FRAMES) * DISTILL_MEL.hop
"""Samples of a one-shot that are heard before its window repeats, from its onset on."""
_BLOCK_FRAMES = 512
_DB_PER_NAT = 20 / math.log(10)
_SNAP_FRAMES = 3


def onset_aligned_mel(samples: Tensor) -> tuple[Tensor, dict[int, float]]:
    """Log-mel `[bands, frames]` of samples `[n]`, and the start frames of windows, ascending, with their loudness.

    The loudness in LUFS is that of the HIT_SAMPLES after the onset, which lies LEAD_FRAMES and ONSET_SAMPLES after the
    start of its window.
    """
    hop, lead = DISTILL_MEL.hop, LEAD_FRAMES * DISTILL_MEL.hop + ONSET_SAMPLES
    found = onset_samples(samples)
    places = [each - lead for each in found]
    if not places:
        return _mel_from(samples, 0, DISTILL_MEL.frames_covering(len(samples))), {}
    between = [round((after - before) / hop) for before, after in itertools.pairwise(places)]
    counts = [max(0, -(-places[0] // hop)), *between, -(-(len(samples) - places[-1]) // hop)]
    begins = [places[0] - counts[0] * hop, *places]
    parts = [_mel_from(samples, begin, count) for begin, count in zip(begins, counts, strict=True)]
    loudnesses = [loudness_lufs(samples[each : each + HIT_SAMPLES].numpy(), DISTILL_MEL.sample_rate) for each in found]
    return torch.cat(parts, 1), dict(zip(itertools.accumulate(counts[:-1]), loudnesses, strict=True))


def onset_samples(samples: Tensor) -> list[int]:
    """Sample positions of onsets, more than a frame apart."""
    found: list[int] = []
    for frame in onset_frames(to_mel(samples)):
        onset = _onset_sample(samples.abs(), frame)
        if not found or onset - found[-1] > DISTILL_MEL.hop:
            found.append(onset)
    return found


def _onset_sample(magnitudes: Tensor, frame: int) -> int:
    """Sample position of the onset seen first in `frame`: at -40 dB of its peak, or above the ringing before it."""
    hop = DISTILL_MEL.hop
    begin = max(0, frame * hop - DISTILL_MEL.padding)
    inside = magnitudes[begin : (frame + _ATTACK_FRAMES) * hop]
    before = float(magnitudes[max(0, begin - hop) : begin].amax()) if begin else 0.0
    threshold = max(AUDIBLE * float(inside.amax()), _OVER_BEFORE * before)
    over = (inside >= threshold).nonzero()
    return begin + int(over[0]) if len(over) else frame * hop + hop // 2


def _mel_from(samples: Tensor, start: int, frames: int) -> Tensor:
    return torch.cat([torch.empty(DISTILL_MEL.bands, 0), *_mel_blocks(samples, start, frames)], 1)


def _mel_blocks(samples: Tensor, start: int, frames: int) -> Iterator[Tensor]:
    """Log-mel of frames whose hops begin at sample `start`, in blocks, with silence around the samples."""
    hop, padding = DISTILL_MEL.hop, DISTILL_MEL.padding
    for first in range(0, frames, _BLOCK_FRAMES):
        count = min(_BLOCK_FRAMES, frames - first)
        begin = start + first * hop - padding
        end = begin + (count - 1) * hop + DISTILL_MEL.n_fft
        inside = samples[max(0, begin) : max(0, end)]
        around = max(0, min(end, 0) - begin), end - max(0, begin) - len(inside)
        padded = torch.nn.functional.pad(inside, (around[0], max(0, around[1])))
        yield log_mel(frames_stft(padded[None], DISTILL_MEL), DISTILL_MEL)[0]


def window_starts(mel: Mel, grid: Sequence[int] = ()) -> tuple[int, ...]:
    """Start frames of the windows of a log-mel, ascending; (0,) if it has no onset.

    Args:
        grid: frames, ascending, at which windows are already aligned to their onsets; a near one is preferred.
    """
    found = (max(0, frame - LEAD_FRAMES) for frame in _onset_frames(mel))
    return tuple(sorted({_snap_to_grid(frame, grid) for frame in found})) or (0,)


def onset_frames(mel: Tensor) -> list[int]:
    """Frames of a log-mel `[bands, frames]` in which a sound begins."""
    return _onset_frames(MemoryMel(mel))


def _onset_frames(mel: Mel) -> list[int]:
    return onsets(lambda: ((block.T * _DB_PER_NAT).numpy() for block in iter_blocks(mel)))


def _snap_to_grid(frame: int, grid: Sequence[int]) -> int:
    place = bisect(grid, frame)
    nearest = min(grid[max(0, place - 1) : place + 1], key=lambda each: abs(each - frame), default=frame)
    return nearest if abs(nearest - frame) <= _SNAP_FRAMES else frame
