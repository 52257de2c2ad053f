"""How a moving slider is answered: what plays is patched from the playhead on, until the whole render is there.

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
from distill_app.workers.rendering.messages import RenderRequest

_PIECE_SECONDS, _PIECE_SECONDS_MAX = 0.2, 1.0
_RESERVE = 3.0
"""A piece lasts so many times as long as one takes to make, and at least _PIECE_SECONDS."""
_MARGIN_SECONDS = 0.15  # where less is left of a piece, the next one is made
_AIM = 0.9  # of the time a piece takes, so that it rather lands late, where it is heard at once
_OVERLAP_FRAMES = 4  # by which the next piece covers the end of the last one, which fades


@dataclass
class _Reach:
    """How far the pieces go: up to sample `end` of the loop, `covered` samples in a row."""

    end: int
    covered: int


class LivePreview:
    """Answers one request after another. Belongs to the worker's thread."""

    def __init__(self, live: SharedLoop) -> None:
        self._live = live
        self._heard: RenderRequest | None = None
        self._request: RenderRequest | None = None
        self._pipeline: GenerationPipeline | None = None
        self._reach: _Reach | None = None
        self._epoch, self._took = 0, 0.0

    def heard_otherwise(self, request: RenderRequest) -> RenderRequest | None:
        """What is heard where its vocoder is all that differs from `request`."""
        heard = self._heard
        same = heard is not None and replace(heard, vocoder=request.vocoder) == request
        return heard if same else None

    def take_up(self, request: RenderRequest) -> None:
        """From now on what is made is for `request`, and only for the sound that plays now."""
        self._epoch = self._live.moment().epoch
        self._request, self._pipeline, self._reach = request, None, None

    def begin(self, pipeline: GenerationPipeline) -> bool:
        """Makes the piece at the playhead; false where none fits: nothing plays, or the sound has another length, or
        the vocoder another rate or mel format, so that its pieces lie elsewhere.
        """
        self._pipeline = pipeline
        moment = self._live.moment()
        if not self._fits(moment):
            return False
        self._at_playhead(moment, self._config_before())
        self._heard = self._request
        if self._reach is not None and self._reach.end == moment.length:
            self.keep_ahead()  # the end fades into the beginning, which therefore has to be new as well
        return True

    def keep_ahead(self) -> None:
        """Makes the next piece where the playhead comes near the end of the last one."""
        moment, reach = self._live.moment(), self._reach
        if reach is None or not self._fits(moment) or reach.covered >= moment.length + _OVERLAP_FRAMES * self._hop:
            return
        ahead = (reach.end - moment.position) % moment.length
        if ahead > reach.covered:
            self._at_playhead(moment, None)  # it has overtaken us
        elif ahead < (_MARGIN_SECONDS + self._took) * self._live.sample_rate:
            self._behind(reach, moment)

    def replace_loop(self, sound: Sound) -> None:
        """The whole render takes the place of the pieces."""
        self._live.replace_loop(self._epoch, sound)
        self._heard, self._reach = self._request, None

    def silence(self) -> None:
        """Replace what plays by silence until the next sound, because the request yielded none."""
        length = self._live.moment().length
        if length:
            self._live.replace_loop(self._epoch, Sound(np.zeros((1, length), np.float32), self._live.sample_rate))
        self._heard = self._reach = None

    def _fits(self, moment: LoopSnapshot) -> bool:
        pipeline, request = self._pipeline, self._request
        if pipeline is None or request is None or not moment.playing or moment.epoch != self._epoch:
            return False
        same_place = pipeline.sample_rate == self._live.sample_rate and not pipeline.needs_mel_adapter
        return same_place and pipeline.samples(request.config) == moment.length

    def _config_before(self) -> GenerationConfig | None:
        """What is heard now, if it is of the same model."""
        same = self._heard is not None and self._request is not None and self._heard.model == self._request.model
        return self._heard.config if self._heard is not None and same else None

    def _at_playhead(self, moment: LoopSnapshot, before: GenerationConfig | None) -> None:
        place = moment.after(round(_AIM * self._took * self._live.sample_rate))
        first = min(place, moment.length - 1) // self._hop
        started = time.monotonic()
        count = self._piece(first, before)
        took = time.monotonic() - started
        self._took = 0.5 * (self._took + took) if self._took else took
        self._reach = _Reach(first * self._hop + count, count)

    def _behind(self, reach: _Reach, moment: LoopSnapshot) -> None:
        """The piece after the last one; after the sound's end, its beginning."""
        known = 0 if reach.end >= moment.length else reach.end
        first = max(0, known // self._hop - _OVERLAP_FRAMES)
        end = first * self._hop + self._piece(first, None)
        self._reach = _Reach(end, reach.covered + end - known)

    def _piece(self, first: int, before: GenerationConfig | None) -> int:
        """Patches the frames from `first` on; how many samples that are."""
        assert self._pipeline is not None
        assert self._request is not None
        seconds = min(max(_PIECE_SECONDS, _RESERVE * self._took), _PIECE_SECONDS_MAX)
        frames = round(seconds * self._live.sample_rate / self._hop)
        samples = preview(self._pipeline, self._request.config, first, frames, before)
        self._live.patch(self._epoch, first * self._hop, samples)
        return len(samples)

    @property
    def _hop(self) -> int:
        assert self._pipeline is not None
        return self._pipeline.model.header.mel_format.hop
