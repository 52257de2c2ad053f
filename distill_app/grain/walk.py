"""Path through recordings: which frame of them each frame of a sound is made of.

The next frame of a recording always may follow, so that its own movement is heard. Where the recording ends, or another
place is clearly nearer to what is wanted, the path jumps: to a place that is near and sounds like what was heard until
then, that does not end soon and was not played a moment ago.

    recording 1  ──────▶▶▶▶▶▶▶▶▶▶▶┐─────────
    recording 2  ─────────────────└▶▶▶▶▶▶▶▶▶▶▶▶┐
    recording 1  ┌▶▶▶▶▶▶▶▶──────────────────────┘
"""

from collections.abc import Callable

import numpy as np
from torch import Tensor

from distill_app.grain.frame_features import AHEAD_FRAMES
from distill_app.grain.place_costs import PlaceCosts
from distill_app.grain.source import Frames, GrainSource

STEP_FRAMES = 12
"""Frames (139 ms) from one decision to the next."""
_PENALTY = 0.4
"""Nepers by which another place has to be nearer than the present one."""
_NEAR = 0.25
"""Nepers within which places are equally near: one of them is drawn."""
_WANDERING, _WANDER_NEAR = 0.75, 0.3
"""Share of that penalty, and nepers, by which a wandering path leaves a place more readily and goes farther."""
_RECENT_FRAMES = 86
"""Frames (1 s) for which what was played is no place to jump to."""
_EDGE_FRAMES = 3
"""Frames at either end of a recording whose transforms reach into silence: no place to jump to, or from."""
_HEARD_FRAMES = 344
"""Frames (4 s) of what was heard that go on where the path jumps."""
_NEVER = -(10**9)

NO_FRAMES: Frames = np.zeros(0, np.int64)
Target = Callable[[int], Tensor]
"""Wanted log-mel `[bands]` at a frame of the sound."""


class Walk:
    """Endless path, determined by source, targets and seed.

    Args:
        settled: frames at the beginning within which it stays in a recording.
        wander: 0 … 1, how readily it leaves a place for others like it.
        since: frame of the path from which on the target is the same; none where it changes. Where the target stays, so
            does what is heard.
        before: frames of that sound that were heard before the path.
    """

    def __init__(
        self,
        source: GrainSource,
        seed: tuple[int, ...],
        settled: int = 0,
        wander: float = 0.0,
        since: int | None = None,
        before: Frames = NO_FRAMES,
    ) -> None:
        self._seed, self._settled, self._since, self._before = seed, settled, since, before
        self._penalty, self._near = _PENALTY * (1 - _WANDERING * wander), _NEAR + _WANDER_NEAR * wander
        self._costs = PlaceCosts.of(source)
        self._ends = source.ends.numpy()
        begun = np.arange(source.frames) - source.begins.numpy()
        is_long = begun + self._ends - np.arange(source.frames) > AHEAD_FRAMES + 2 * _EDGE_FRAMES
        self._limits = self._ends - _EDGE_FRAMES * is_long
        self._usable = source.usable.numpy() & (~is_long | (begun >= _EDGE_FRAMES))

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
            if self._may_jump(place, stayed, length):
                place, jumped = self._decide(place, length, length - played, target(length), self._heard(parts))
            else:
                jumped = False
            count = min(STEP_FRAMES - length % STEP_FRAMES, self._limit(place, length) - place)
            part = np.arange(place, place + count)
            played[part] = np.arange(length, length + count)
            parts.append(part)
            stayed = count if jumped else stayed + count
            place, length = place + count, length + count
        return np.concatenate(parts)

    def _heard(self, parts: list[Frames]) -> Frames:
        """Frames that were played last for the present target."""
        if self._since is None:
            return NO_FRAMES
        return np.concatenate([self._before, np.concatenate(parts)[self._since :]])[-_HEARD_FRAMES:]

    def _may_jump(self, place: int, stayed: int, now: int) -> bool:
        is_due = stayed >= AHEAD_FRAMES and now % STEP_FRAMES == 0 and now >= self._settled
        return is_due or place >= self._limit(place, now)

    def _limit(self, place: int, now: int) -> int:
        """Frame until which the recording of a frame is played; −1 before the first one and after the last one."""
        if not 0 <= place < len(self._ends):
            return -1
        return int((self._ends if now < self._settled else self._limits)[place])

    def _decide(self, place: int, now: int, ages: Frames, target: Tensor, heard: Frames) -> tuple[int, bool]:
        """Next frame, and whether it is the end of a jump.

        Args:
            ages: `[frames]`, for how long each frame of the recordings has not been played.
            heard: frames that were played last.
        """
        distances = self._costs.distances(target)
        most = self._costs.staying(distances, place) - self._penalty if place < self._limit(place, now) else np.inf
        allowed = self._allowed(ages)
        costs = self._costs.landing(distances, ages)[allowed]
        if costs.min() >= most:
            return place, False
        if len(heard):
            allowed, costs = self._costs.joined(heard, allowed, costs, target, self._near)
            if costs.min() >= most:
                return place, False
        near = allowed[costs <= costs.min() + self._near]
        return int(np.random.default_rng((*self._seed, now)).choice(near)), True

    def _allowed(self, ages: Frames) -> Frames:
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
