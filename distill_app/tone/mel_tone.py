"""Tone of a log-mel: gains that change its spectrum or its course, and hold its K-weighted level.

Each transform reads a limited number of frames on either side, so that a part of a sound gets the tone of the whole.
"""

import math
from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor

from distill_app.dsp.mel import band_centres_hz
from distill_app.dsp.mel_format import MelFormat
from distill_app.models.loudness import NATS_PER_DB, k_levels
from distill_app.tone.smoothing import (
    local_max,
    reach_frames,
    slow_fall,
    slow_rise,
    smooth,
    smooth_bands,
    smooth_level,
)
from distill_app.tone.tone import Tone

_TILT = 0.5
"""Nepers an octave (4.3 dB) at full brightness."""
_AIR, _AIR_OCTAVES = 1.2, 2.6
_WARMTH, _WARMTH_OCTAVES = 0.9, -2.0
"""Nepers beyond an edge, and its middle in octaves above 1 kHz."""
_STEEPNESS = 6.0
_MOTION_UP, _MOTION_DOWN, _MOTION_FRAMES, _MOTION_RANGE = 1.8, 1.0, 14.0, 7.0
_MEAN_FRAMES, _MEAN_BANDS, _ROUNDS = 16.0, 3.0, 2
"""Deviation over which a mean spectrum is held, and how often it is corrected."""
_FAST_FRAMES, _SLOW_FRAMES, _DEPTH = 1.2, 12.0, 0.7
_COURSE_RANGE = 3.0
"""Nepers (26 dB) below the loudest nearby level from which on the common envelope is not followed."""
_HELD_FRAMES = 24.0
"""Deviation over which the level of a modulated sound is held."""
_FALL, _GATE, _GATE_FALL, _DECAY_REACH = 0.10, 1.5, 0.05, 128
_RISE, _RISE_RANGE, _RISE_REACH = 0.4, 5.0, 64
_LOUDER_MAX = 2.0
Change = Callable[[Tensor, float, MelFormat], Tensor]
"""Changed log-mel `[bands, n]` of one with a slider's value."""


def reach(tone: Tone) -> int:
    """Frames on either side of a frame that its tone depends on."""
    frames = 0
    if tone.attack or tone.decay:
        frames += _DECAY_REACH + reach_frames(_HELD_FRAMES)
    if tone.modulation:
        frames += 2 * reach_frames(_SLOW_FRAMES) + reach_frames(_HELD_FRAMES)
    if tone.motion:
        frames += reach_frames(_MOTION_FRAMES) + _ROUNDS * reach_frames(_MEAN_FRAMES)
    return frames


def toned_mel(mel: Tensor, tone: Tone, mel_format: MelFormat, first: int = 0, hit_frames: int = 0) -> Tensor:
    """Log-mel `[bands, n]` with the tone; silence stays silent.

    Args:
        first: number of its first frame in the sound.
        hit_frames: frames from the first one on over which the level of a hit is held; 0 where it is no hit.
    """
    changed = mel
    for value, change in (
        (tone.decay, _decay(hit_frames)),
        (tone.attack, _attack(hit_frames)),
        (tone.motion, _motion),
        (tone.modulation, _modulation(tone.modulation_rate, first)),
    ):
        if value:
            changed = change(changed, value, mel_format)
    if tone.brightness or tone.warmth or tone.air:
        changed = _level_held(changed, changed + _spectral_gains(tone, mel_format), mel_format)
    changed = changed + NATS_PER_DB * tone.loudness_db
    floor = math.log(mel_format.floor)
    return torch.where(mel <= floor, mel, changed.clamp_min(floor))


def _spectral_gains(tone: Tone, mel_format: MelFormat) -> Tensor:
    """Gains `[bands, 1]` in nepers of the sliders that change the spectrum alone."""
    tilt, high, low = spectral_shapes(mel_format)
    return _TILT * tone.brightness * tilt + _AIR * tone.air * high + _WARMTH * tone.warmth * low


@lru_cache(maxsize=4)
@torch.inference_mode(False)
def spectral_shapes(mel_format: MelFormat) -> tuple[Tensor, Tensor, Tensor]:
    """Gains `[bands, 1]` of Brightness, in octaves above 1 kHz, and of Air and Warmth, 1 at the end of the spectrum.

    The results are shared: do not write to them.
    """
    octaves = (band_centres_hz(mel_format).clamp_min(20.0) / 1_000).log2()[:, None]
    high = torch.sigmoid(_STEEPNESS * (octaves - _AIR_OCTAVES))
    return octaves, high, torch.sigmoid(_STEEPNESS * (_WARMTH_OCTAVES - octaves))


def _level_held(mel: Tensor, changed: Tensor, mel_format: MelFormat) -> Tensor:
    """Changed log-mel `[bands, n]` at the K-weighted level of each frame of `mel`."""
    return changed + (k_levels(mel, mel_format) - k_levels(changed, mel_format))


def _motion(mel: Tensor, value: float, mel_format: MelFormat) -> Tensor:
    """Larger or smaller fluctuation of each band around its course; mean spectrum and level of each frame are held."""
    level = k_levels(mel, mel_format)
    course = torch.maximum(mel - level, (mel - level).amax(0) - _MOTION_RANGE)
    strength = _MOTION_UP if value > 0 else _MOTION_DOWN
    changed = mel + strength * value * (course - smooth(course, _MOTION_FRAMES))
    for _ in range(_ROUNDS):
        changed = _level_held(mel, changed, mel_format)
        missing = smooth_level(mel, _MEAN_FRAMES) - smooth_level(changed, _MEAN_FRAMES)
        changed = changed + smooth_bands(missing, _MEAN_BANDS)
    return _level_held(mel, changed, mel_format)


def _modulation(rate_hz: float, first: int) -> Change:
    """Change of the common envelope: flatter, or with a modulation of `rate_hz`."""

    def change(mel: Tensor, value: float, mel_format: MelFormat) -> Tensor:
        level = k_levels(mel, mel_format)
        course = torch.maximum(level, local_max(level, reach_frames(_SLOW_FRAMES)) - _COURSE_RANGE)
        detail = smooth(course, _FAST_FRAMES) - smooth(course, _SLOW_FRAMES)
        if value < 0:
            return _mean_level_held(mel, mel + value * detail, mel_format)
        frames = torch.arange(first, first + mel.shape[1])
        wave = torch.sin(2 * math.pi * rate_hz * mel_format.hop / mel_format.sample_rate * frames)
        gains = 0.5 * value * detail + (1 + _DEPTH * value * wave).log()
        return _mean_level_held(mel, mel + gains, mel_format)

    return change


def _mean_level_held(mel: Tensor, changed: Tensor, mel_format: MelFormat) -> Tensor:
    """Changed log-mel `[bands, n]` whose K-weighted level around each frame is that of `mel`."""
    before, after = (smooth_level(k_levels(each, mel_format), _HELD_FRAMES) for each in (mel, changed))
    return changed + (before - after).clamp_max(_LOUDER_MAX)


def _decay(hit_frames: int) -> Change:
    """Longer or shorter decay of what is struck."""

    def change(mel: Tensor, value: float, mel_format: MelFormat) -> Tensor:
        if value > 0:
            changed = slow_fall(mel, _FALL / value, _DECAY_REACH)
        else:
            level = k_levels(mel, mel_format)
            changed = mel + _GATE * value * (slow_fall(level, _GATE_FALL, _DECAY_REACH) - level)
        return _total_level_held(mel, changed, mel_format, hit_frames)

    return change


def _attack(hit_frames: int) -> Change:
    """Slower attack of what is struck."""

    def change(mel: Tensor, value: float, mel_format: MelFormat) -> Tensor:
        level = k_levels(mel, mel_format)
        course = torch.maximum(level, local_max(level, _RISE_REACH) - _RISE_RANGE)
        gains = slow_rise(course, _RISE / value, _RISE_REACH) - course
        return _total_level_held(mel, mel + gains, mel_format, hit_frames)

    return change


def _total_level_held(mel: Tensor, changed: Tensor, mel_format: MelFormat, hit_frames: int) -> Tensor:
    """Changed log-mel `[bands, n]` at the mean K-weighted level of `mel`: of a whole hit, else around each frame."""
    if not hit_frames:
        return _mean_level_held(mel, changed, mel_format)
    before, after = (k_levels(each[:, :hit_frames], mel_format).mul(2).logsumexp(0) / 2 for each in (mel, changed))
    return changed + (before - after).clamp_max(_LOUDER_MAX)
