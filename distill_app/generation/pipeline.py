"""Sliders to samples: latent path → windows → one mel → vocoder.

The mel passes through a MelAdapter on its way where the vocoder reads another format than the model gives. Seconds are
what both sides share; frames here are the model's, samples the vocoder's.
"""

import itertools
from collections.abc import Iterable, Iterator

import numpy as np
import torch
from torch import Tensor

from distill_app.common.errors import VocoderOutputError
from distill_app.dsp.sound import Samples, Sound
from distill_app.generation.config import GenerationConfig
from distill_app.generation.latent_path import latent_path
from distill_app.generation.overlap_add import join_windows
from distill_app.generation.peak_ceiling import needed_gain, under_peak
from distill_app.models.loudness import peak_ceiling_dbfs
from distill_app.models.model import DistillModel
from distill_app.models.window import REPEAT_FRAMES
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.mel_adapter import MelAdapter

RISE_SECONDS, FALL_SECONDS = 0.001, 0.002
"""A render rises from and falls to zero over this time, so that it begins and ends without a click."""

_GLIDE_HOP = 32  # windows follow each other faster where the sound glides
_BATCH = 8
_HELD_WINDOWS = 4


class GenerationPipeline:
    """Renders a model. The same configuration gives the same samples, whole or streamed.

    Args:
        model: the instrument.
        vocoder: what turns its mel into sound; created by `get_vocoder()` at first need where none is given.
    """

    def __init__(self, model: DistillModel, vocoder: Vocoder | None = None) -> None:
        self.model = model
        self._vocoder = vocoder
        self._turned_down: tuple[GenerationConfig | None, float] = (None, 1.0)

    @property
    def vocoder(self) -> Vocoder:
        if self._vocoder is None:
            self._vocoder = get_vocoder()
        return self._vocoder

    @property
    def sample_rate(self) -> int:
        return self.vocoder.sample_rate

    def samples(self, config: GenerationConfig) -> int:
        """How many samples a render has, at the vocoder's rate."""
        return round(config.seconds * self.sample_rate)

    def frames(self, config: GenerationConfig) -> int:
        """Number of the model's mel frames that a render needs, including the lead-in that is cut off."""
        mel_format = self.model.header.mel_format
        samples = -(-self.samples(config) * mel_format.sample_rate // self.sample_rate)
        return self.model.header.lead_frames + mel_format.frames_covering(samples)

    @torch.inference_mode()
    def mel_blocks(self, config: GenerationConfig) -> Iterator[Tensor]:
        """Log-mel blocks `[bands, frames]`, as many frames as the sound needs, in constant memory."""
        left = self.frames(config)
        for block in join_windows(self._windows(config), window_hop(config)):
            yield block[:, :left]
            left -= block.shape[1]
            if left <= 0:
                return

    def _windows(self, config: GenerationConfig) -> Iterator[Tensor]:
        """Log-mel windows `[bands, WINDOW_FRAMES]` without end."""
        path = latent_path(config, self.model.axes)
        if config.mode == "slider" and not config.drift:
            yield from itertools.repeat(self.model.decode_at_corpus_level(next(path)[None])[0])
        while True:
            yield from self.model.decode_at_corpus_level(torch.stack(list(itertools.islice(path, _BATCH))))

    def stream(self, config: GenerationConfig) -> Iterator[Samples]:
        """Mono blocks `[n]`, `samples(config)` in all, in constant memory.

        Raises VocoderError where the model's mel cannot be adapted to what the vocoder reads, VocoderOutputError
        where the vocoder gives values that are not numbers: nothing of that block is given out.
        """
        mel = self.mel_blocks(config)
        if self.needs_mel_adapter:
            mel = MelAdapter(self.model.header.mel_format, self.vocoder.info.mel_format).stream(mel)
        length, hop = self.samples(config), self._at_vocoder_rate(self.model.header.mel_format.hop)
        blocks = (checked_samples(block[0], self.vocoder) for block in self.vocoder.stream(mel))
        sounding = _cut(_without_lead(blocks, round(self.model.header.lead_frames * hop)), length)
        if self._ceiling is not None:
            sounding = under_peak(sounding, self._ceiling, round(REPEAT_FRAMES * hop), _reach(config))
        return _faded(sounding, length, self.sample_rate)

    def piece_under_peak(self, config: GenerationConfig, samples: Samples) -> Samples:
        """A piece of the sound `[n]` under the ceiling of its peaks, turned down no less than the pieces before it."""
        if self._ceiling is None:
            return samples
        known, gain = self._turned_down
        gain = min(gain if known == config else 1.0, needed_gain(samples, self._ceiling))
        self._turned_down = config, gain
        return samples if gain == 1.0 else (samples * gain).astype(np.float32)

    @property
    def _ceiling(self) -> float | None:
        """Amplitude that no sample exceeds; None where the recordings' peak is not known."""
        peak = self.model.header.peak_dbfs
        return None if peak is None else 10 ** (peak_ceiling_dbfs(peak) / 20)

    def _at_vocoder_rate(self, samples: int) -> float:
        return samples * self.sample_rate / self.model.header.mel_format.sample_rate

    @property
    def needs_mel_adapter(self) -> bool:
        """Whether the vocoder reads another mel format than the model gives: then it answers no moving hand."""
        return self.vocoder.info.mel_format != self.model.header.mel_format

    def render(self, config: GenerationConfig) -> Sound:
        """The whole sound, `[1, n]`."""
        return Sound(np.concatenate(list(self.stream(config)))[None], self.sample_rate)


def window_hop(config: GenerationConfig) -> int:
    """Frames from one decoded window to the next."""
    return _GLIDE_HOP if config.mode == "interpolate" else REPEAT_FRAMES


def checked_samples(samples: Tensor, vocoder: Vocoder) -> Samples:
    """Samples `[n]` as they leave a vocoder. Raises VocoderOutputError where one of them is not finite."""
    if not torch.isfinite(samples).all():
        title = vocoder.info.title
        raise VocoderOutputError(
            f"“{title}” gave values that are no sound here; move a slider or choose another vocoder."
        )
    return samples.numpy()


def _without_lead(blocks: Iterable[Samples], lead: int) -> Iterator[Samples]:
    for block in blocks:
        yield block[lead:]
        lead = max(0, lead - len(block))


def _reach(config: GenerationConfig) -> int:
    """Windows over which one gain holds the peaks down."""
    return _HELD_WINDOWS if config.mode == "slider" and not config.drift else 0


def _cut(blocks: Iterable[Samples], length: int) -> Iterator[Samples]:
    for block in blocks:
        yield block[:length]
        length -= len(block)
        if length <= 0:
            return


def _faded(blocks: Iterable[Samples], length: int, sample_rate: int) -> Iterator[Samples]:
    """The same, rising from zero and falling to zero."""
    position = 0
    for block in blocks:
        yield shaped(block, position, length, sample_rate)
        position += len(block)


def shaped(block: Samples, position: int, length: int, sample_rate: int) -> Samples:
    """Samples `[n]` that begin at `position` of a sound of `length`, with the rise or the fall of its edges."""
    rise, fall = (min(round(seconds * sample_rate), length // 2) for seconds in (RISE_SECONDS, FALL_SECONDS))
    place = np.arange(position, position + len(block))
    gain = np.minimum(1.0, np.minimum(place / rise, (length - 1 - place) / fall))
    return (block * gain).astype(np.float32)
