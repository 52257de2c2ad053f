"""Log-mel of a model with a tone."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from distill_app.dsp.mel_format import MelFormat
from distill_app.generation.stretched_texture import Pace
from distill_app.models.loudness import k_levels
from distill_app.models.window import WINDOW_FRAMES
from distill_app.tone.mel_tone import reach, toned_mel
from distill_app.tone.tone import Tone
from distill_app.tone.warp import warped

MelBetween = Callable[[int, int], Tensor]
"""Log-mel `[bands, stop - start]` of a sound from one frame to another."""
_BLOCK_FRAMES = 96


def toned_between(plain: MelBetween, tone: Tone, mel_format: MelFormat, start: int, stop: int, pace: Pace) -> Tensor:
    """Log-mel `[bands, stop - start]` with a tone.

    Args:
        plain: log-mel of the path without it.
    """
    around, held = reach(tone), hit_frames(pace.is_hit)
    first, last = max(0, start - around), stop + around
    if held:
        first, last = 0, max(last, held)
    mel = _paced(plain, pace, first, last)
    if tone.pitch:
        moved = warped(mel, tone.pitch_ratio, mel_format)
        mel = moved + (k_levels(mel, mel_format) - k_levels(moved, mel_format))
    return toned_mel(mel, tone, mel_format, first, held)[:, start - first : stop - first]


def toned_blocks(plain: MelBetween, tone: Tone, mel_format: MelFormat, start: int, pace: Pace) -> Iterator[Tensor]:
    """Endless blocks `[bands, n]` from frame `start` on, as `toned_between`."""
    while True:
        yield toned_between(plain, tone, mel_format, start, start + _BLOCK_FRAMES, pace)
        start += _BLOCK_FRAMES


def _paced(plain: MelBetween, pace: Pace, start: int, stop: int) -> Tensor:
    """Log-mel `[bands, stop - start]` at the pace, interpolated between frames of the path."""
    if pace.is_plain:
        return plain(start, stop)
    places = torch.from_numpy(pace.at(np.arange(start, stop)))
    whole = places.long()
    first = int(whole[0])
    mel = plain(first, int(whole[-1]) + 2)
    return torch.lerp(mel[:, whole - first], mel[:, whole - first + 1], (places - whole).to(mel.dtype))


def hit_frames(one_shot: bool) -> int:
    """Frames over which the level of a hit is held; 0 where it is no hit."""
    return WINDOW_FRAMES if one_shot else 0
