"""Writes the playing loop: pieces while a slider moves and while an endless sound plays, and finished sounds."""

from dataclasses import replace

import numpy as np

from distill_app.audio.shared_loop import SharedLoop
from distill_app.dsp.sound import Sound
from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.workers.rendering.messages import RenderRequest, RenderResult
from distill_app.workers.rendering.piece_writer import PieceTimer, PieceWriter
from distill_app.workers.rendering.pieces import LoopPieces, Pieces, RingPieces


class LivePreview:
    """The only writer of the loop: pieces of one request after another, and finished sounds.

    Belongs to the worker's thread.
    """

    def __init__(self, loop: SharedLoop) -> None:
        self._loop = loop
        self._heard: RenderRequest | None = None
        self._heard_vocoder = ""
        self._request: RenderRequest | None = None
        self._pieces: Pieces | None = None
        self._timer = PieceTimer()

    @property
    def streaming(self) -> bool:
        """Whether a ring has to be written for as long as its sound plays."""
        return isinstance(self._pieces, RingPieces)

    @property
    def must_look_again(self) -> bool:
        """Whether a sound plays that is written while it plays."""
        return self.streaming and self._loop.playing

    @property
    def heard(self) -> RenderRequest | None:
        """Request whose sound is in the loop."""
        return self._heard

    def vocoder_before(self, request: RenderRequest) -> str | None:
        """Id of the vocoder heard now, where the vocoder is all that `request` changes; else None."""
        heard = self._heard
        return self._heard_vocoder if heard is not None and replace(heard, vocoder=request.vocoder) == request else None

    def start(self, request: RenderRequest) -> None:
        """Ends the pieces of the request before, but for those of a ring; no piece is made until `begin`."""
        self._request = request
        if not self.streaming:
            self._pieces = None

    def begin(self, pipeline: GenerationPipeline) -> bool:
        """Writes the piece at the playhead; returns False where no piece fits.

        That is so where nothing plays, or the sound has another length, or the vocoder another rate or mel format.
        """
        if self._request is None or pipeline.needs_mel_adapter or pipeline.sample_rate != self._loop.sample_rate:
            return False
        writer = PieceWriter(self._loop, pipeline, self._request.config, self._timer)
        pieces = RingPieces(writer) if writer.timeline.is_ring else LoopPieces(writer)
        if not pieces.begin(self._config_before()):
            return False
        self._pieces = pieces
        self._heard, self._heard_vocoder = self._request, pipeline.vocoder.info.id
        return True

    def keep_ahead(self, hurried: bool = False) -> bool:
        """Writes the next piece where the playhead comes near the end of the last one; returns whether it did.

        Args:
            hurried: whether another sound may take its place at once.
        """
        return self._pieces is not None and self._pieces.keep_ahead(hurried)

    def replace_loop(self, result: RenderResult) -> None:
        """Replaces the loop and its pieces by a whole render."""
        self._loop.set_loop(result.sound, result.loop)
        self._heard, self._heard_vocoder, self._pieces = result.request, result.vocoder, None

    def silence(self) -> None:
        """Replaces the loop by silence until the next sound, because the request yielded none."""
        length = self._loop.snapshot().length
        if length:
            self._loop.set_loop(Sound(np.zeros((1, length), np.float32), self._loop.sample_rate))
        self._heard = self._pieces = None

    def _config_before(self) -> GenerationConfig | None:
        """Configuration of what is heard now, if it is of the same model."""
        same = self._heard is not None and self._request is not None and self._heard.model == self._request.model
        return self._heard.config if self._heard is not None and same else None
