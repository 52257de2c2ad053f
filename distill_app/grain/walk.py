"""Path through recordings: which frame of them each frame of a sound is made of.

The next frame of a recording always may follow, so that its own movement is heard. Where the recording ends, or another
place is clearly nearer to what is wanted, the path jumps; it does not jump to what was played a moment ago.

    recording 1  ──────▶▶▶▶▶▶▶▶▶▶▶┐─────────
    recording 2  ─────────────────└▶▶▶▶▶▶▶▶▶▶▶▶┐
    recording 1  ┌▶▶▶▶▶▶▶▶──────────────────────┘
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from distill_app.grain.source import AHEAD_FRAMES, GrainSource
from distill_app.grain.targets import features

STEP_FRAMES = 12
"""Frames (139 ms) from one decision to the next."""
_PENALTY = 0.4
"""Nepers by which another place has to be nearer than the present one."""
_NEAR = 0.05
"""Nepers within which places are equally near: one of them is drawn."""
_WANDERING, _WANDER_NEAR = 0.75, 0.3
"""Share of that penalty, and nepers, by which a wandering path leaves a place more readily and goes farther."""
_RECENT_FRAMES = 258
"""Frames (3 s) for which what was played is no place to jump to."""
_FADING_FRAMES, _STALE = 516, 0.3
"""Frames over which, and nepers by which, what was played counts as farther away."""
_NEVER = -(10**9)

Frames = NDArray[np.int64]
Target = Callable[[int], Tensor]
"""Wanted log-mel `[bands]` at a frame of the sound."""


class Walk:
    """Endless path, determined by source, targets and seed.

    Args:
        settled: frames at the beginning within which it stays in a recording.
        wander: 0 … 1, how readily it leaves a place for others like it.
    """

    def __init__(self, source: GrainSource, seed: tuple[int, ...], settled: int = 0, wander: float = 0.0) -> None:
        self._source, self._seed, self._settled = source, seed, settled
        self._penalty, self._near = _PENALTY * (1 - _WANDERING * wander), _NEAR + _WANDER_NEAR * wander
        self._ends = source.ends.numpy()
        self._ahead = source.features_ahead.numpy()
        self._usable = source.usable.numpy()

    def extend(self, path: Frames, frames: int, target: Target) -> Frames:
        """Path of at least `frames` frames that continues `path`, which may be empty.

        A path is continued as if it had been made at once: decisions depend on the path and on the targets only.
        """
        played = np.full(len(self._ends), _NEVER)
        played[path] = np.arange(len(path))
        parts, length = [path], len(path)
        stayed = _stayed(path)
        place = int(path[-1]) + 1 if length else -1
        while length < frames:
            place, jumped = self._decide(place, stayed, length, played, target(length))
            count = min(STEP_FRAMES - length % STEP_FRAMES, int(self._ends[place]) - place)
            part = np.arange(place, place + count)
            played[part] = np.arange(length, length + count)
            parts.append(part)
            stayed = count if jumped else stayed + count
            place, length = place + count, length + count
        return np.concatenate(parts)

    def _decide(self, place: int, stayed: int, now: int, played: NDArray[np.int64], target: Tensor) -> tuple[int, bool]:
        """Next frame, and whether it is the end of a jump."""
        can_stay = 0 <= place < len(self._ends) and self._ends[place] > place
        if can_stay and (stayed < AHEAD_FRAMES or now % STEP_FRAMES or now < self._settled):
            return place, False
        costs = self._costs(target, now - played)
        allowed = self._allowed(now - played)
        best = costs[allowed].min()
        if can_stay and costs[place] <= best + self._penalty:
            return place, False
        near = allowed[costs[allowed] <= best + self._near]
        return int(np.random.default_rng((*self._seed, now)).choice(near)), True

    def _costs(self, target: Tensor, ages: NDArray[np.int64]) -> NDArray[np.float32]:
        """Distance `[frames]` of the recordings from each frame on to a wanted log-mel `[bands]`, in nepers."""
        wanted = features(target[:, None]).numpy()
        distance = np.sqrt(np.square(self._ahead - wanted).sum(1))
        return distance + np.float32(_STALE) * np.exp(-np.minimum(ages, 10_000) / _FADING_FRAMES, dtype=np.float32)

    def _allowed(self, ages: NDArray[np.int64]) -> Frames:
        """Frames that may be jumped to: not played recently, else those played longest ago."""
        recent = np.concatenate([[0], np.cumsum(ages < _RECENT_FRAMES)])
        ahead = np.minimum(np.arange(len(ages)) + AHEAD_FRAMES, len(ages))
        fresh = np.flatnonzero(self._usable & (recent[ahead] == recent[:-1]))
        if len(fresh):
            return fresh
        usable = np.flatnonzero(self._usable)
        return usable[ages[usable] == ages[usable].max()]


def _stayed(path: Frames) -> int:
    """Frames since the last jump of a path."""
    jumps = np.flatnonzero(np.diff(path) != 1)
    return len(path) - (int(jumps[-1]) + 1 if len(jumps) else 0)
