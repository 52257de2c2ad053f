"""Fade curves and crossfades. numpy only."""

from functools import lru_cache
from typing import Literal, assert_never

import numpy as np

from distill_app.dsp.sound import Samples

Curve = Literal["linear", "equal-power", "smooth"]


@lru_cache(maxsize=64)
def fade_in(frames: int, curve: Curve = "linear") -> Samples:
    """Gains `[frames]` from 0 to 1. The result is cached and read-only.

    | curve       | shape          | property                                  | use                  |
    |-------------|----------------|-------------------------------------------|----------------------|
    | linear      | line           | fade-in + fade-out = 1                    | correlated sounds    |
    | equal-power | quarter sine   | fade-in² + fade-out² = 1                  | uncorrelated sounds  |
    | smooth      | half cosine    | slope 0 at both ends                      | a sound and silence  |
    """
    t = np.linspace(0.0, 1.0, frames)
    match curve:
        case "linear":
            gains = t
        case "equal-power":
            gains = np.sin(np.pi / 2 * t)
        case "smooth":
            gains = 0.5 - 0.5 * np.cos(np.pi * t)
        case _:
            assert_never(curve)
    return _read_only(gains)


@lru_cache(maxsize=64)
def fade_out(frames: int, curve: Curve = "linear") -> Samples:
    """Gains `[frames]` from 1 to 0. The result is cached and read-only."""
    return _read_only(fade_in(frames, curve)[::-1])


def _read_only(gains: np.ndarray) -> Samples:
    kept = np.ascontiguousarray(gains, np.float32)
    kept.flags.writeable = False
    return kept


def crossfade(old: Samples, new: Samples, curve: Curve = "equal-power") -> Samples:
    """Crossfade from `old` to `new`, both `[..., frames]`, over their length. Raises ValueError if shapes differ."""
    if old.shape != new.shape:
        raise ValueError("a crossfade needs two sounds of the same length")
    frames = old.shape[-1]
    return old * fade_out(frames, curve) + new * fade_in(frames, curve)


def splice_gains(old: Samples, new: Samples) -> tuple[Samples, Samples]:
    """Crossfade gains `[frames]` from `old` to `new` (`[frames, channels]`) at constant power for any correlation.

    With equal-power gains a, b the power of two sounds of correlation r rises by 1 + 2 r a b; these are divided by its
    root. Uncorrelated sounds get "equal-power" gains; equal sounds get gains whose sum is 1.
    """
    frames = len(old)
    fall, rise = fade_out(frames, "equal-power"), fade_in(frames, "equal-power")
    energy = float(np.sqrt(np.vdot(old, old) * np.vdot(new, new)))
    correlation = float(np.clip(np.vdot(old, new) / energy, 0.0, 1.0)) if energy else 0.0
    level = np.sqrt(1 + 2 * correlation * fall * rise)
    return fall / level, rise / level
