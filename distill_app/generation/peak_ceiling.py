"""Limits the peaks of a sound by a gain for each section, which preserves the shape of attacks.

The peaks are known only after vocoding, because they depend on the phases. A section of about a second whose peak
exceeds the ceiling is turned down as a whole; between two gains it changes linearly over a section, and never exceeds
what either of them needs:

    needed   ────────────┐           ┌────────────
                         └───────────┘
    gain     ───────╲                     ╱───────
                     ╲___________________╱
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from distill_app.dsp.decibels import db_to_amplitude
from distill_app.dsp.sound import Samples
from distill_app.models.loudness import peak_ceiling_dbfs
from distill_app.tone.tone import Tone

_TONED_PEAK_DBFS, _TONED_FROM = -0.2, 0.25
"""Peak that a sound with a tone may reach, and the slider from which on."""


def ceiling_amplitude(peak_dbfs: float, tone: Tone) -> float:
    """Amplitude limit of a sound, given the peak of the loudest recording.

    A tone may exceed that peak, but not at once; it stays below full scale by itself.
    """
    ceiling = peak_ceiling_dbfs(peak_dbfs)
    raised = max(0.0, _TONED_PEAK_DBFS - ceiling) * min(1.0, tone.amount / _TONED_FROM)
    return db_to_amplitude(ceiling + raised + max(0.0, tone.loudness_db))


def gain_to_ceiling(samples: Samples, ceiling: float) -> float:
    """Gain, at most 1, that brings the peak of samples `[..., n]` down to an amplitude."""
    peak = max(float(samples.max(initial=0.0)), -float(samples.min(initial=0.0)))
    return min(1.0, ceiling / peak) if peak > 0 else 1.0


class PieceLimiter:
    """Limits pieces of one sound after another, each at a gain no higher than those of its sound before it."""

    def __init__(self) -> None:
        self._known: tuple[object, float] = (None, 1.0)

    def limit(self, samples: Samples, ceiling: float, sound: object) -> Samples:
        """Samples `[..., n]` of a piece of `sound`."""
        known, gain = self._known
        gain = min(gain if known == sound else 1.0, gain_to_ceiling(samples, ceiling))
        self._known = sound, gain
        return samples if gain == 1.0 else (samples * gain).astype(np.float32)


def limit_sections(blocks: Iterable[Samples], ceiling: float, section: int, neighbours: int = 0) -> Iterator[Samples]:
    """Limits blocks `[..., n]`, all channels by the gain of the loudest.

    Yields sections, and an empty block for each block that completes none.

    Args:
        ceiling: amplitude.
        section: length in samples.
        neighbours: number of sections before and after it that share a section's lowest gain, so that a held sound
            keeps one level although its peaks differ.
    """
    gains: list[float] = []
    waiting: deque[Samples] = deque()
    for part in _sections(blocks, section):
        if not part.size:
            yield part
            continue
        gains.append(gain_to_ceiling(part, ceiling))
        waiting.append(part)
        if len(waiting) > neighbours + 1:
            yield _apply_gains(waiting.popleft(), gains, len(gains) - 1 - len(waiting), neighbours)
    while waiting:
        yield _apply_gains(waiting.popleft(), gains, len(gains) - 1 - len(waiting), neighbours)


def _apply_gains(samples: Samples, gains: Sequence[float], number: int, neighbours: int) -> Samples:
    """Samples of section `number` at a gain no higher than what it and its neighbours need."""
    here, before, after = (_lowest_gain(gains, number + step, neighbours) for step in (0, -1, 1))
    begin, end = min(before, here), min(here, after)
    if begin == end == 1.0:
        return samples
    return (samples * np.linspace(begin, end, samples.shape[-1])).astype(np.float32)


def _lowest_gain(gains: Sequence[float], number: int, neighbours: int) -> float:
    """Lowest gain around section `number`; 1 beyond the ends."""
    return min(gains[max(0, number - neighbours) : number + neighbours + 1], default=1.0)


def _sections(blocks: Iterable[Samples], section: int) -> Iterator[Samples]:
    """Sections of `section` samples, the last one shorter; an empty one for each block that completes none."""
    held: Samples | None = None
    for block in blocks:
        held = block if held is None else np.concatenate([held, block], -1)
        if held.shape[-1] < section:
            yield held[..., :0]
        while held.shape[-1] >= section:
            yield held[..., :section]
            held = held[..., section:]
    if held is not None and held.size:
        yield held
