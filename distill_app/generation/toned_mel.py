"""Log-mel of a model with a tone."""

from collections.abc import Callable, Iterator

from torch import Tensor

from distill_app.dsp.mel_format import MelFormat
from distill_app.models.loudness import k_levels
from distill_app.models.window import WINDOW_FRAMES
from distill_app.tone.mel_tone import reach, toned_mel
from distill_app.tone.tone import Tone
from distill_app.tone.warp import warped

MelBetween = Callable[[int, int], Tensor]
"""Log-mel `[bands, stop - start]` of a sound from one frame to another."""
_BLOCK_FRAMES = 96


def toned_between(
    plain: MelBetween, tone: Tone, mel_format: MelFormat, start: int, stop: int, hit_frames: int
) -> Tensor:
    """Log-mel `[bands, stop - start]` with a tone.

    Args:
        plain: log-mel without it.
        hit_frames: frames over which the level of a hit is held; 0 where it is no hit.
    """
    around = reach(tone)
    first, last = max(0, start - around), stop + around
    if hit_frames:
        first, last = 0, max(last, hit_frames)
    mel = plain(first, last)
    if tone.pitch:
        moved = warped(mel, tone.pitch_ratio, mel_format)
        mel = moved + (k_levels(mel, mel_format) - k_levels(moved, mel_format))
    return toned_mel(mel, tone, mel_format, first, hit_frames)[:, start - first : stop - first]


def toned_blocks(plain: MelBetween, tone: Tone, mel_format: MelFormat, start: int, hit_frames: int) -> Iterator[Tensor]:
    """Endless blocks `[bands, n]` from frame `start` on, as `toned_between`."""
    while True:
        yield toned_between(plain, tone, mel_format, start, start + _BLOCK_FRAMES, hit_frames)
        start += _BLOCK_FRAMES


def hit_frames(one_shot: bool) -> int:
    """Frames over which the level of a hit is held; 0 where it is no hit."""
    return WINDOW_FRAMES if one_shot else 0
