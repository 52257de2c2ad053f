"""Generation of samples from sliders: latent path → mel windows → one mel → vocoder.

A MelAdapter converts the mel where the vocoder reads another format than the model's. Frames are those of the model's
format, samples those of the vocoder's rate.
"""

import math
from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from distill_app.dsp.sound import Samples, Sound
from distill_app.generation.config import GenerationConfig
from distill_app.generation.model_mel import ModelMel
from distill_app.generation.peak_ceiling import PieceLimiter, ceiling_amplitude, limit_sections
from distill_app.generation.sample_blocks import finite_samples, skip_samples, truncate, with_edges
from distill_app.generation.texture import Texture, blend
from distill_app.generation.texture_cache import TextureCache
from distill_app.generation.toned_samples import toned_stream
from distill_app.generation.usable_recordings import usable_recordings
from distill_app.grain.blocks import GrainBlock
from distill_app.grain.source import GrainSource
from distill_app.models.model import DistillModel
from distill_app.models.window import REPEAT_FRAMES
from distill_app.tone.sample_tone import SampleTone
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.built_in import BUILT_IN
from distill_app.vocoders.grain import GrainVocoder
from distill_app.vocoders.mel_adapter import MelAdapter

_HELD_WINDOWS = 4


class GenerationPipeline:
    """Renders a model deterministically, whole or streamed.

    Args:
        model: decodes latents into mels.
        vocoder: created by `get_vocoder()` when first needed where none is given.
        textures: of earlier pipelines of this thread, of sounds that are no loops.
        loop: frames of the path that make a loop; towards their end it returns to its beginning.
        mono: whether the grain of stereo recordings is mixed to one channel, as for the model's training.
    """

    def __init__(
        self,
        model: DistillModel,
        vocoder: Vocoder | None = None,
        textures: TextureCache | None = None,
        loop: range | None = None,
        mono: bool = False,
    ) -> None:
        self.model, self.loop, self._mono = model, loop, mono
        self.mel = ModelMel(model, loop)
        self._textures = textures or TextureCache()
        self._vocoder = vocoder
        self._pieces = PieceLimiter()

    @property
    def vocoder(self) -> Vocoder:
        if self._vocoder is None:
            self._vocoder = get_vocoder()
        return self._vocoder

    @property
    def sample_rate(self) -> int:
        return self.vocoder.sample_rate

    def samples(self, config: GenerationConfig) -> int:
        """Number of samples of a render, at the vocoder's rate."""
        return round(config.seconds * self.sample_rate)

    def frames(self, config: GenerationConfig) -> int:
        """Number of mel frames that a render needs, including the lead-in that is cut off."""
        mel_format = self.model.header.mel_format
        samples = -(-self.samples(config) * mel_format.sample_rate // self.sample_rate)
        return self.model.header.lead_frames + mel_format.frames_covering(samples)

    @property
    def one_shot(self) -> bool:
        """Whether a sound of the model is one hit, which its `start` chooses, and not a part of a path."""
        return self.mel.one_shot

    def first_frame(self, config: GenerationConfig) -> int:
        """Frame at which a render begins, of the path or of the hit."""
        return 0 if self.one_shot else config.start

    def mel_blocks(self, config: GenerationConfig, context: int = 0) -> Iterator[Tensor]:
        """Log-mel blocks `[bands, n]`, `frames(config)` frames in all, in constant memory.

        Args:
            context: frames before the first one that are added.
        """
        first = self.first_frame(config)
        return self.mel.between(config, first - context, first + self.frames_needed(config))

    def frames_needed(self, config: GenerationConfig) -> int:
        """Frames of a render, and those after its end that its tone depends on."""
        return self.frames(config) + self._tone_frames(config)

    @torch.inference_mode()
    def texture(self, config: GenerationConfig) -> Texture | None:
        """Texture of a sound; None where it has no grain, or the model carries no usable recordings."""
        if (source := self._source(config)) is None:
            return None
        recorded = (self._textures.hit if self.one_shot else self._textures.walk)(source, config, self.mel.windows)
        plays_frames = self._plays_frames(config)
        texture: Texture = recorded
        if not config.is_plain:
            pace = self.mel.pace(config)
            texture = self._textures.toned(recorded, source, config.tone, pace, exact_mel=not plays_frames)
        ceiling = self._ceiling(config)
        if ceiling is None or not plays_frames:
            return texture
        return self._textures.limited(texture, source, ceiling, self.one_shot)

    def _source(self, config: GenerationConfig) -> GrainSource | None:
        """Recordings of which a sound is made; None where it is made of none."""
        source = usable_recordings(self.model) if config.grain else None
        return None if source is None or (self.one_shot and not source.onsets) else source

    def _plays_frames(self, config: GenerationConfig) -> bool:
        """Whether the recordings' own frames are heard, whose peaks are known before."""
        return isinstance(self.vocoder, GrainVocoder) and self._source(config) is not None

    @torch.inference_mode()
    def grain_blocks(self, config: GenerationConfig, texture: Texture, context: int = 0) -> Iterator[GrainBlock]:
        """Textured log-mel blocks, `context` frames and `frames(config)` frames in all."""
        start = self.first_frame(config) - context
        stop = start + context + self.frames_needed(config)
        if config.grain == 1:  # the model's mel would not be heard
            for first in range(start, stop, REPEAT_FRAMES):
                yield texture.shaped(first, min(stop, first + REPEAT_FRAMES))
            return
        for mel in self.mel.between(config, start, stop):
            yield blend(texture, start, mel, config.grain)
            start += mel.shape[1]

    def vocoded(self, config: GenerationConfig, context: int) -> Iterator[Tensor]:
        """Blocks of samples `[channels, n]` from the vocoder, with the context and the lead-in."""
        texture = self.texture(config)
        if texture is None:
            return self.plain_vocoder.stream(self._adapted(self.mel_blocks(config, context)))
        blocks = self.grain_blocks(config, texture, context)
        if isinstance(self.vocoder, GrainVocoder):
            return self.synthesize(self.vocoder, blocks)
        return self.vocoder.stream(self._adapted(block.mel for block in blocks))

    def synthesize(self, vocoder: GrainVocoder, blocks: Iterable[GrainBlock]) -> Iterator[Tensor]:
        """Blocks of samples `[channels, n]` of the recordings' frames."""
        return vocoder.synthesize_mono(blocks) if self._mono else vocoder.synthesize(blocks)

    def _adapted(self, mel: Iterator[Tensor]) -> Iterator[Tensor]:
        """Mel blocks in the format of the vocoder."""
        if not self.needs_mel_adapter:
            return mel
        return MelAdapter(self.model.header.mel_format, self.vocoder.info.mel_format).stream(mel)

    @cached_property
    def plain_vocoder(self) -> Vocoder:
        """Vocoder of a sound without grain: the built-in one instead of the grain."""
        return get_vocoder(BUILT_IN.id) if isinstance(self.vocoder, GrainVocoder) else self.vocoder

    def closing(self, config: GenerationConfig) -> "GenerationPipeline":
        """Pipeline of the sound as a loop: towards its end it returns to its beginning. A hit stays what it is."""
        first = self.first_frame(config)
        end = first + self.frames(config)
        frames = None if self.one_shot else range(config.path_frame(first), config.path_frame(end))
        textures = self._textures if config.is_held else None  # what is held returns to its beginning all the time
        return GenerationPipeline(self.model, self.vocoder, textures, frames, self._mono)

    def stream(self, config: GenerationConfig) -> Iterator[Samples]:
        """Blocks `[channels, n]`, `samples(config)` samples in all, in constant memory.

        There are two channels where the grain vocoder plays recordings in stereo, else one.

        Raises VocoderError where the mel cannot be converted to the vocoder's format, VocoderOutputError where the
        vocoder returns values that are not finite.
        """
        return with_edges(self.sounding(config), self.samples(config), self.sample_rate)

    def sounding(self, config: GenerationConfig) -> Iterator[Samples]:
        """Blocks of `stream` without the fades at the edges."""
        hop = self._at_vocoder_rate(self.model.header.mel_format.hop)
        first = self.first_frame(config)
        context = min(self.context_frames(config), first)
        blocks = (finite_samples(block, self.vocoder) for block in self.vocoded(config, context))
        toned = self.toned_stream(blocks, config, round((first - context) * hop))
        lead = round((context + self.model.header.lead_frames) * hop)
        sounding = truncate(skip_samples(toned, lead), self.samples(config))
        ceiling = self._ceiling(config)
        if ceiling is None or self._plays_frames(config):
            return sounding
        return limit_sections(sounding, ceiling, round(REPEAT_FRAMES * hop), _gain_windows(config))

    def context_frames(self, config: GenerationConfig) -> int:
        """Frames on either side of a frame that its samples depend on."""
        return self.vocoder.context_frames + self._tone_frames(config)

    def _tone_frames(self, config: GenerationConfig) -> int:
        mel_format = self.model.header.mel_format
        seconds = SampleTone(config.tone, self.sample_rate).context_seconds
        return math.ceil(seconds * mel_format.sample_rate / mel_format.hop)

    def toned(self, samples: Samples, config: GenerationConfig, first: int) -> Samples:
        """Vocoded samples `[channels, n]` from sample `first` of the sound on, as `toned_stream`."""
        return SampleTone(config.tone, self.sample_rate).process(samples, first)

    def toned_stream(self, blocks: Iterator[Samples], config: GenerationConfig, first: int) -> Iterator[Samples]:
        """Blocks `[channels, n]` of vocoded samples with the part of the tone that is made of samples.

        Args:
            first: number of the first sample in the sound.
        """
        tone = SampleTone(config.tone, self.sample_rate)
        return toned_stream(blocks, tone, first, math.ceil(tone.context_seconds * self.sample_rate))

    def limit_piece(self, config: GenerationConfig, samples: Samples) -> Samples:
        """A piece `[channels, n]` limited to the peak ceiling, at a gain no higher than that of earlier pieces."""
        ceiling = self._ceiling(config)
        if ceiling is None or self._plays_frames(config):
            return samples
        return self._pieces.limit(samples, ceiling, config)

    def _ceiling(self, config: GenerationConfig) -> float | None:
        """Amplitude limit of a mono signal; None where the recordings' peak is unknown."""
        peak = self.model.header.peak_dbfs
        return None if peak is None else ceiling_amplitude(peak, config.tone)

    def _at_vocoder_rate(self, samples: int) -> float:
        return samples * self.sample_rate / self.model.header.mel_format.sample_rate

    @property
    def needs_mel_adapter(self) -> bool:
        """Whether the vocoder reads another mel format than the model's; then it cannot render previews."""
        return self.vocoder.info.mel_format != self.model.header.mel_format

    def render(self, config: GenerationConfig) -> Sound:
        """Whole sound."""
        return Sound(np.concatenate(list(self.stream(config)), 1), self.sample_rate)


def _gain_windows(config: GenerationConfig) -> int:
    """Number of neighbouring windows that share a gain."""
    return _HELD_WINDOWS if config.is_held else 0
