"""Writes pieces of a sound into the playing loop.

written    the piece lands here     it lasts longer than the next one takes
───────────┼──── lead ────┼━━━━━━━━━━━━━━━━━━━━━━━━━━━━╲───────
       playhead                     and ends fading into what was there
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from distill_app.audio.shared_loop import LoopSnapshot, SharedLoop
from distill_app.dsp.sound import Samples
from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import continued, preview
from distill_app.vocoders.grain import GrainVocoder
from distill_app.workers.rendering.timeline import Timeline

_PIECE_SECONDS, _PIECE_SECONDS_MAX = 0.2, 1.0
_RESERVE = 3.0
"""Length of a piece, as a multiple of the time one takes to make; at least _PIECE_SECONDS."""
_MARGIN_SECONDS = 0.15  # where less is left of a piece, the next one is made
_AIM = 0.9  # of the time a piece takes: a piece that lands behind the playhead is heard at once, one ahead of it late
OVERLAP_FRAMES = 4  # by which the next piece covers the faded end of the last one


@dataclass
class PieceTimer:
    """Time that the first piece of a sound takes, over several sounds."""

    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        self.seconds = 0.5 * (self.seconds + seconds) if self.seconds else seconds


class PieceWriter:
    """Renders pieces of a sound, and places them."""

    def __init__(
        self, loop: SharedLoop, pipeline: GenerationPipeline, config: GenerationConfig, timer: PieceTimer
    ) -> None:
        self.loop, self._pipeline, self._timer = loop, pipeline, timer
        self.timeline = Timeline.of(pipeline, config)

    def landing(self, snapshot: LoopSnapshot) -> int:
        """Sample at which the playhead is once a piece is made."""
        return snapshot.after(round(_AIM * self._timer.seconds * self.loop.sample_rate))

    def first(self, sample: int, before: GenerationConfig | None) -> tuple[int, Samples]:
        """A piece at a sample, and where it begins; its time is taken."""
        started = time.monotonic()
        found = self.piece(sample, 0, self.seconds, before)
        self._timer.add(time.monotonic() - started)
        return found

    def piece(
        self, sample: int, overlap: int, seconds: float, before: GenerationConfig | None = None
    ) -> tuple[int, Samples]:
        """Piece `[channels, n]` that holds a sample, and where it begins: up to `overlap` frames before the sample."""
        place, hop = self.timeline.at(sample), self.timeline.hop
        first = max(0, place.frame - overlap)
        frames = round(min(seconds, _PIECE_SECONDS_MAX) * self.loop.sample_rate / hop)
        return place.origin + first * hop, preview(self._pipeline, place.config, first, frames, before)

    @property
    def exact(self) -> bool:
        """Whether pieces are the same whatever they begin with, so that they fit together as they are."""
        return isinstance(self._pipeline.vocoder, GrainVocoder)

    def following(self, sample: int, seconds: float) -> Iterator[tuple[int, Samples] | None]:
        """Pieces of a sound without laps, from a sample on, and where they begin; None after each step towards one.

        Each overlaps the one before it, with the same samples.
        """
        place, hop = self.timeline.at(sample), self.timeline.hop
        length, overlap = round(seconds * self.loop.sample_rate), OVERLAP_FRAMES * hop
        first = max(0, place.frame - OVERLAP_FRAMES)
        start, held = place.origin + first * hop, np.empty((1, 0), np.float32)
        for block in continued(self._pipeline, place.config, first):
            held = np.concatenate([np.broadcast_to(held, (len(block), held.shape[1])), block], 1)
            while held.shape[1] >= length + overlap:
                yield start, held[:, : length + overlap]
                start, held = start + length, held[:, length:]
            yield None

    @property
    def seconds(self) -> float:
        """Length of a piece that lasts until the next one is made."""
        return max(_PIECE_SECONDS, _RESERVE * self._timer.seconds)

    @property
    def margin(self) -> int:
        """Samples of a piece at which the next one is made."""
        return round((_MARGIN_SECONDS + self._timer.seconds) * self.loop.sample_rate)
