"""Pieces of one sound in the playing loop: over a loop that is rendered later, or in a ring for as long as it plays."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from distill_app.audio.shared_loop import LoopSnapshot
from distill_app.dsp.sound import Samples
from distill_app.generation.config import GenerationConfig
from distill_app.workers.rendering.piece_writer import OVERLAP_FRAMES, PieceWriter

RING_SECONDS = 8.0
_AHEAD_SECONDS = 3.0
"""Sound that is kept ready in a ring."""
_LONG_SECONDS = 1.0
"""Length of a piece that is not urgent: context is computed less often."""


class Pieces(Protocol):
    """Pieces of one sound."""

    def begin(self, before: GenerationConfig | None) -> bool:
        """Writes the piece at the playhead, which leaves the sound `before`; returns False where none fits."""
        ...

    def keep_ahead(self, hurried: bool = False) -> bool:
        """Writes one piece, or does a step towards it, if the playhead needs one soon; returns whether it did.

        Args:
            hurried: whether another sound may take its place at once, so that nothing is written in reserve.
        """
        ...


@dataclass
class _Reach:
    """Extent of the pieces of a loop: up to sample `end`, `covered` samples in a row."""

    end: int
    covered: int


class LoopPieces:
    """Previews over a playing loop of the same length, until the whole sound replaces it."""

    def __init__(self, writer: PieceWriter) -> None:
        self._writer, self._loop = writer, writer.loop
        self._reach: _Reach | None = None

    def begin(self, before: GenerationConfig | None) -> bool:
        loop = self._loop.snapshot()
        if not self._fits(loop):
            return False
        self._write_at_playhead(loop, before)
        if self._reach is not None and self._reach.end == loop.length:
            self.keep_ahead()  # the end fades into the beginning, which therefore has to be new as well
        return True

    def keep_ahead(self, hurried: bool = False) -> bool:
        loop, reach = self._loop.snapshot(), self._reach
        overlap = OVERLAP_FRAMES * self._writer.timeline.hop
        if reach is None or not self._fits(loop) or reach.covered >= loop.length + overlap:
            return False
        ahead = (reach.end - loop.position) % loop.length
        if ahead > reach.covered:
            self._write_at_playhead(loop, None)  # the playhead has overtaken the pieces
        elif ahead < self._writer.margin:
            self._write_next(reach, loop)
        else:
            return False
        return True

    def _fits(self, loop: LoopSnapshot) -> bool:
        return loop.playing and loop.lap is None and self._writer.timeline.length == loop.length

    def _write_at_playhead(self, loop: LoopSnapshot, before: GenerationConfig | None) -> None:
        start, samples = self._writer.first(min(self._writer.landing(loop), loop.length - 1), before)
        self._loop.patch(start, samples)
        self._reach = _Reach(start + samples.shape[1], samples.shape[1])

    def _write_next(self, reach: _Reach, loop: LoopSnapshot) -> None:
        """Writes the piece after the last one; after the sound's end, its beginning."""
        known = 0 if reach.end >= loop.length else reach.end
        start, samples = self._writer.piece(known, OVERLAP_FRAMES, self._writer.seconds)
        self._loop.patch(start, samples)
        self._reach = _Reach(start + samples.shape[1], reach.covered + start + samples.shape[1] - known)


class RingPieces:
    """Pieces of a sound that has no end, or is another hit in each lap.

    While nothing plays, its beginning is kept ready.
    """

    def __init__(self, writer: PieceWriter) -> None:
        self._writer, self._loop = writer, writer.loop
        self._written = range(0)
        self._following: Iterator[tuple[int, Samples] | None] | None = None

    def begin(self, before: GenerationConfig | None) -> bool:
        loop, lap = self._loop.snapshot(), self._writer.timeline.lap
        start, samples = self._writer.first(self._writer.landing(loop) if loop.playing else 0, before)
        if loop.lap == lap:
            self._loop.patch(start, samples)
        else:
            self._loop.set_ring(RING_SECONDS, lap, start, samples)
        self._written = range(start, start + samples.shape[1])
        return True

    def keep_ahead(self, hurried: bool = False) -> bool:
        """Writes one piece, or begins it, if the sound that is ready has become short, or lies elsewhere."""
        loop, rate = self._loop.snapshot(), self._loop.sample_rate
        enough = self._writer.margin if hurried else _AHEAD_SECONDS * rate
        place = loop.position if loop.playing else 0
        if place not in self._written:
            self._following = None
            self._write(*self._writer.first(self._writer.landing(loop) if loop.playing else 0, None), joined=False)
        elif self._written.stop - place < enough:
            piece = self._next(self._written.stop - place < rate)
            if piece is not None:
                self._write(*piece, joined=True)
        else:
            return False
        return True

    def _next(self, urgent: bool) -> tuple[int, Samples] | None:
        """The piece after those that are written; None where a step towards it was made."""
        writer, sample = self._writer, self._written.stop
        if urgent or writer.exact or writer.timeline.lap:
            self._following = None
            return writer.piece(sample, OVERLAP_FRAMES, writer.seconds if urgent else _LONG_SECONDS)
        if self._following is None:
            self._following = writer.following(sample, _LONG_SECONDS)
        try:
            return next(self._following)
        except StopIteration:  # a minute is over
            self._following = None
            return None

    def _write(self, start: int, samples: Samples, joined: bool) -> None:
        """Writes a piece, `joined` to those before it."""
        self._loop.patch(start, samples)
        stop = start + samples.shape[1]
        first = self._written.start if joined else start
        self._written = range(max(first, stop - round(RING_SECONDS * self._loop.sample_rate)), stop)
