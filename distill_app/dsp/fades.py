"""Fade curves. numpy only, so that the player may use them without torch."""

from functools import lru_cache
from typing import Literal, assert_never, get_args

import numpy as np

from distill_app.dsp.sound import Samples

Curve = Literal["linear", "equal-power", "smooth"]
CURVES: tuple[Curve, ...] = get_args(Curve)


@lru_cache(maxsize=64)
def fade_in(frames: int, curve: Curve = "linear") -> Samples:
    """Gains `[frames]`, the first 0 and the last 1; kept, and therefore read-only.

    "linear" keeps the sum of a fade-in and its fade-out at 1: for two sounds that are alike. "equal-power" (a quarter
    of a sine) keeps the sum of their squares at 1: for two that are not. "smooth" (half a cosine) leaves and arrives
    without a corner: for a sound and silence.
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
    """Gains `[frames]`, the first 1 and the last 0."""
    return _read_only(fade_in(frames, curve)[::-1])


def _read_only(gains: np.ndarray) -> Samples:
    kept = np.ascontiguousarray(gains, np.float32)
    kept.flags.writeable = False
    return kept


def crossfade(old: Samples, new: Samples, curve: Curve = "equal-power") -> Samples:
    """From `old` to `new`, both `[..., frames]`, over their whole length. Raises ValueError where they differ."""
    if old.shape != new.shape:
        raise ValueError("a crossfade needs two sounds of the same length")
    frames = old.shape[-1]
    return old * fade_out(frames, curve) + new * fade_in(frames, curve)


def splice_gains(old: Samples, new: Samples) -> tuple[Samples, Samples]:
    """Gains `[frames]` that take `old` to `new`, both `[frames, channels]`, at constant power however alike they are.

    Equal-power gains a, b let the power of two sounds of correlation r swell by 1 + 2 r a b; this divides by its root.
    For unrelated sounds that is "equal-power", for equal ones the sum is 1 throughout.
    """
    frames = len(old)
    fall, rise = fade_out(frames, "equal-power"), fade_in(frames, "equal-power")
    energy = float(np.sqrt(np.vdot(old, old) * np.vdot(new, new)))
    alike = float(np.clip(np.vdot(old, new) / energy, 0.0, 1.0)) if energy else 0.0
    level = np.sqrt(1 + 2 * alike * fall * rise)
    return fall / level, rise / level
