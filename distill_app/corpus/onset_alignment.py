"""Log-mels whose frames are aligned to every onset.

Frames are 11.6 ms apart. On one grid for the whole recording a sound begins anywhere between two of them, windows that
begin with a sound differ in when, and what is learned from them begins in the mean. So the grid is moved at each onset:
the frames before it are counted from the onset before, and a part of a frame is left out or heard twice between them.

    samples  ──────┃onset─────────────────────┃onset──────────
    frames     │  │  │  │  │  │  │  │  │  │ │  │  │  │  │
                  └ window                    └ window
"""

import itertools
from collections.abc import Iterator

import torch
from torch import Tensor

from distill_app.corpus.one_shots import onset_frames
from distill_app.dsp.loudness import AUDIBLE, loudness_lufs
from distill_app.dsp.mel import frames_stft, log_mel, to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.window import LEAD_FRAMES, ONSET_SAMPLES, REPEAT_FRAMES

_OVER_BEFORE = 1.5
"""Factor by which an onset must exceed the highest sample just before it."""
_ATTACK_FRAMES = 4
HIT_SAMPLES = (REPEAT_FRAMES - LEAD_FRAMES) * DISTILL_MEL.hop
"""Samples of a one-shot's window that are heard before it is repeated, counted from its onset."""
_BLOCK_FRAMES = 512


def aligned_mel(samples: Tensor) -> tuple[Tensor, dict[int, float]]:
    """Log-mel `[bands, frames]` of samples `[n]`, and the frames at which windows of its sounds begin, ascending.

    Each with the loudness in LUFS of the HIT_SAMPLES from its sound on.

    Each sound begins LEAD_FRAMES and ONSET_SAMPLES after the beginning of its window.
    """
    hop, lead = DISTILL_MEL.hop, LEAD_FRAMES * DISTILL_MEL.hop + ONSET_SAMPLES
    found = _onsets(samples)
    places = [each - lead for each in found]
    if not places:
        return _mel(samples, 0, DISTILL_MEL.frames_covering(len(samples))), {}
    between = [round((after - before) / hop) for before, after in itertools.pairwise(places)]
    counts = [max(0, -(-places[0] // hop)), *between, -(-(len(samples) - places[-1]) // hop)]
    begins = [places[0] - counts[0] * hop, *places]
    parts = [_mel(samples, begin, count) for begin, count in zip(begins, counts, strict=True)]
    heard = [loudness_lufs(samples[each : each + HIT_SAMPLES].numpy(), DISTILL_MEL.sample_rate) for each in found]
    return torch.cat(parts, 1), dict(zip(itertools.accumulate(counts[:-1]), heard, strict=True))


def _onsets(samples: Tensor) -> list[int]:
    """Samples at which sounds begin, more than a frame apart."""
    found: list[int] = []
    for frame in onset_frames(to_mel(samples)):
        onset = _first_sample(samples.abs(), frame)
        if not found or onset - found[-1] > DISTILL_MEL.hop:
            found.append(onset)
    return found


def _first_sample(magnitudes: Tensor, frame: int) -> int:
    """Where the sound begins that is seen in that frame first: at -40 dB of its peak, or over what still rings."""
    hop = DISTILL_MEL.hop
    begin = max(0, frame * hop - DISTILL_MEL.padding)
    inside = magnitudes[begin : (frame + _ATTACK_FRAMES) * hop]
    before = float(magnitudes[max(0, begin - hop) : begin].amax()) if begin else 0.0
    threshold = max(AUDIBLE * float(inside.amax()), _OVER_BEFORE * before)
    over = (inside >= threshold).nonzero()
    return begin + int(over[0]) if len(over) else frame * hop + hop // 2


def _mel(samples: Tensor, start: int, frames: int) -> Tensor:
    return torch.cat([torch.empty(DISTILL_MEL.bands, 0), *_mel_blocks(samples, start, frames)], 1)


def _mel_blocks(samples: Tensor, start: int, frames: int) -> Iterator[Tensor]:
    """Log-mel of frames whose hops begin at sample `start`, by blocks; silence lies around the samples."""
    hop, padding = DISTILL_MEL.hop, DISTILL_MEL.padding
    for first in range(0, frames, _BLOCK_FRAMES):
        count = min(_BLOCK_FRAMES, frames - first)
        begin = start + first * hop - padding
        end = begin + (count - 1) * hop + DISTILL_MEL.n_fft
        inside = samples[max(0, begin) : max(0, end)]
        around = max(0, min(end, 0) - begin), end - max(0, begin) - len(inside)
        padded = torch.nn.functional.pad(inside, (around[0], max(0, around[1])))
        yield log_mel(frames_stft(padded[None], DISTILL_MEL), DISTILL_MEL)[0]
