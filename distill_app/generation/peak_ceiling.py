"""A ceiling over the peaks of a sound that leaves its attacks as they are: a gain that moves by sections.

How high a sound's peaks are is known only after vocoding: the same mel has other peaks with other phases. A section of
about a second whose peak lies above the ceiling is turned down as a whole; from one gain to the next it goes in a
straight line over a section, and never above what either needs:

    needed   ────────────┐           ┌────────────
                         └───────────┘
    gain     ───────╲                     ╱───────
                     ╲___________________╱
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from distill_app.dsp.sound import Samples


def needed_gain(samples: Samples, ceiling: float) -> float:
    """At most 1, that brings the peak of samples `[n]` to the ceiling, an amplitude."""
    peak = max(float(samples.max(initial=0.0)), -float(samples.min(initial=0.0)))
    return min(1.0, ceiling / peak) if peak > 0 else 1.0


def under_peak(blocks: Iterable[Samples], ceiling: float, section: int, reach: int = 0) -> Iterator[Samples]:
    """Mono blocks `[n]` as they come, and as many samples under the ceiling, in sections; between them empty blocks.

    Args:
        section: in samples.
        reach: a section is turned down as the one that needs it most of so many before and after it: what is held
            stays at one level, though its peaks differ each time.
    """
    gains: list[float] = []
    waiting: deque[Samples] = deque()
    for part in _sections(blocks, section):
        if not len(part):
            yield part
            continue
        gains.append(needed_gain(part, ceiling))
        waiting.append(part)
        if len(waiting) > reach + 1:
            yield _turned_down(waiting.popleft(), gains, len(gains) - 1 - len(waiting), reach)
    while waiting:
        yield _turned_down(waiting.popleft(), gains, len(gains) - 1 - len(waiting), reach)


def _turned_down(samples: Samples, gains: Sequence[float], number: int, reach: int) -> Samples:
    """Section `number`, with a gain no higher than what it and its neighbours need."""
    here, before, after = (_least(gains, number + step, reach) for step in (0, -1, 1))
    begin, end = min(before, here), min(here, after)
    if begin == end == 1.0:
        return samples
    return (samples * np.linspace(begin, end, len(samples))).astype(np.float32)


def _least(gains: Sequence[float], number: int, reach: int) -> float:
    """Around section `number`; 1 beyond the ends."""
    return min(gains[max(0, number - reach) : number + reach + 1], default=1.0)


def _sections(blocks: Iterable[Samples], section: int) -> Iterator[Samples]:
    """Cut anew, into `section` samples each but for the last; an empty one for each block that ends none."""
    held = np.zeros(0, np.float32)
    for block in blocks:
        held = np.concatenate([held, block])
        if len(held) < section:
            yield held[:0]
        while len(held) >= section:
            yield held[:section]
            held = held[section:]
    if len(held):
        yield held
