"""Patches the playing loop from the playhead on while a slider moves, until the whole render is ready.

written    the piece lands here     it lasts longer than the next one takes
───────────┼──── lead ────┼━━━━━━━━━━━━━━━━━━━━━━━━━━━━╲───────
       playhead                     and ends fading into what was there
"""

import time
from dataclasses import dataclass, replace

import numpy as np

from distill_app.audio.shared_loop import LoopSnapshot, SharedLoop
from distill_app.dsp.sound import Sound
from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import preview
from distill_app.workers.rendering.messages import RenderRequest, RenderResult

_PIECE_SECONDS, _PIECE_SECONDS_MAX = 0.2, 1.0
_RESERVE = 3.0
"""Length of a piece, as a multiple of the time one takes to make; at least _PIECE_SECONDS."""
_MARGIN_SECONDS = 0.15  # where less is left of a piece, the next one is made
_AIM = 0.9  # of the time a piece takes: a piece that lands behind the playhead is heard at once, one ahead of it late
_OVERLAP_FRAMES = 4  # by which the next piece covers the faded end of the last one


@dataclass
class _Reach:
    """Extent of the pieces: up to sample `end` of the loop, `covered` samples in a row."""

    end: int
    covered: int


class LivePreview:
    """The only writer of the loop: previews of one request after another, and finished sounds.

    Belongs to the worker's thread.
    """

    def __init__(self, loop: SharedLoop) -> None:
        self._loop = loop
        self._heard: RenderRequest | None = None
        self._heard_vocoder = ""
        self._request: RenderRequest | None = None
        self._pipeline: GenerationPipeline | None = None
        self._reach: _Reach | None = None
        self._piece_took = 0.0

    def vocoder_before(self, request: RenderRequest) -> str | None:
        """Id of the vocoder heard now, where the vocoder is all that `request` changes; else None."""
        heard = self._heard
        return self._heard_vocoder if heard is not None and replace(heard, vocoder=request.vocoder) == request else None

    def start(self, request: RenderRequest) -> None:
        """Ends the pieces of the request before; no piece is made until `begin`."""
        self._request, self._pipeline, self._reach = request, None, None

    def begin(self, pipeline: GenerationPipeline) -> bool:
        """Writes the piece at the playhead; returns False where no piece fits.

        That is so where nothing plays, or the sound has another length, or the vocoder another rate or mel format.
        """
        self._pipeline = pipeline
        loop = self._loop.snapshot()
        if not self._fits(loop):
            return False
        self._write_at_playhead(loop, self._config_before())
        self._heard, self._heard_vocoder = self._request, pipeline.vocoder.info.id
        if self._reach is not None and self._reach.end == loop.length:
            self.keep_ahead()  # the end fades into the beginning, which therefore has to be new as well
        return True

    def keep_ahead(self) -> None:
        """Writes the next piece where the playhead comes near the end of the last one."""
        loop, reach = self._loop.snapshot(), self._reach
        if reach is None or not self._fits(loop) or reach.covered >= loop.length + _OVERLAP_FRAMES * self._hop:
            return
        ahead = (reach.end - loop.position) % loop.length
        if ahead > reach.covered:
            self._write_at_playhead(loop, None)  # the playhead has overtaken the pieces
        elif ahead < (_MARGIN_SECONDS + self._piece_took) * self._loop.sample_rate:
            self._write_next(reach, loop)

    def replace_loop(self, result: RenderResult) -> None:
        """Replaces the loop and its pieces by a whole render."""
        self._loop.set_loop(result.sound)
        self._heard, self._heard_vocoder, self._reach = result.request, result.vocoder, None

    def silence(self) -> None:
        """Replaces the loop by silence until the next sound, because the request yielded none."""
        length = self._loop.snapshot().length
        if length:
            self._loop.set_loop(Sound(np.zeros((1, length), np.float32), self._loop.sample_rate))
        self._heard = self._reach = None

    def _fits(self, loop: LoopSnapshot) -> bool:
        pipeline, request = self._pipeline, self._request
        if pipeline is None or request is None or not loop.playing:
            return False
        same_rate = pipeline.sample_rate == self._loop.sample_rate and not pipeline.needs_mel_adapter
        return same_rate and pipeline.samples(request.config) == loop.length

    def _config_before(self) -> GenerationConfig | None:
        """Configuration of what is heard now, if it is of the same model."""
        same = self._heard is not None and self._request is not None and self._heard.model == self._request.model
        return self._heard.config if self._heard is not None and same else None

    def _write_at_playhead(self, loop: LoopSnapshot, before: GenerationConfig | None) -> None:
        place = loop.after(round(_AIM * self._piece_took * self._loop.sample_rate))
        first = min(place, loop.length - 1) // self._hop
        started = time.monotonic()
        count = self._write_piece(first, before)
        took = time.monotonic() - started
        self._piece_took = 0.5 * (self._piece_took + took) if self._piece_took else took
        self._reach = _Reach(first * self._hop + count, count)

    def _write_next(self, reach: _Reach, loop: LoopSnapshot) -> None:
        """Writes the piece after the last one; after the sound's end, its beginning."""
        known = 0 if reach.end >= loop.length else reach.end
        first = max(0, known // self._hop - _OVERLAP_FRAMES)
        end = first * self._hop + self._write_piece(first, None)
        self._reach = _Reach(end, reach.covered + end - known)

    def _write_piece(self, first: int, before: GenerationConfig | None) -> int:
        """Patches the frames from `first` on; returns the number of samples."""
        assert self._pipeline is not None
        assert self._request is not None
        seconds = min(max(_PIECE_SECONDS, _RESERVE * self._piece_took), _PIECE_SECONDS_MAX)
        frames = round(seconds * self._loop.sample_rate / self._hop)
        samples = preview(self._pipeline, self._request.config, first, frames, before)
        self._loop.patch(first * self._hop, samples)
        return samples.shape[1]

    @property
    def _hop(self) -> int:
        assert self._pipeline is not None
        return self._pipeline.model.header.mel_format.hop
