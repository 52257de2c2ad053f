"""Generation of samples from sliders: latent path → mel windows → one mel → vocoder.

A MelAdapter converts the mel where the vocoder reads another format than the model's. Frames are those of the model's
format, samples those of the vocoder's rate.
"""

import itertools
import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from distill_app.common.errors import ModelFileError
from distill_app.dsp.sound import Samples, Sound
from distill_app.generation.config import GenerationConfig
from distill_app.generation.latent_path import latent_path
from distill_app.generation.overlap_add import join_windows
from distill_app.generation.peak_ceiling import gain_to_ceiling, limit_sections
from distill_app.generation.sample_blocks import finite_samples, skip_samples, truncate, with_edges
from distill_app.generation.seamless_loop import extra_samples, seamless_loop
from distill_app.generation.texture import Texture, blend
from distill_app.generation.texture_cache import TextureCache
from distill_app.grain.blocks import GrainBlock
from distill_app.grain.source import GrainSource
from distill_app.models.loudness import peak_ceiling_dbfs
from distill_app.models.model import DistillModel
from distill_app.models.window import REPEAT_FRAMES
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.built_in import BUILT_IN
from distill_app.vocoders.grain import GrainVocoder
from distill_app.vocoders.mel_adapter import MelAdapter

_log = logging.getLogger(__name__)
_GLIDE_HOP = 32  # hop of the windows in "interpolate", shorter because the sound changes
_BATCH = 8
_HELD_WINDOWS = 4


class GenerationPipeline:
    """Renders a model deterministically, whole or streamed.

    Args:
        model: decodes latents into mels.
        vocoder: created by `get_vocoder()` when first needed where none is given.
        textures: of earlier pipelines of this thread.
    """

    def __init__(
        self, model: DistillModel, vocoder: Vocoder | None = None, textures: TextureCache | None = None
    ) -> None:
        self.model = model
        self._textures = textures or TextureCache()
        self._vocoder = vocoder
        self._piece_gain: tuple[GenerationConfig | None, float] = (None, 1.0)

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

    @torch.inference_mode()
    def mel_blocks(self, config: GenerationConfig) -> Iterator[Tensor]:
        """Log-mel blocks `[bands, n]`, `frames(config)` frames in all, in constant memory."""
        left = self.frames(config)
        for block in join_windows(self._windows(config), window_hop(config)):
            yield block[:, :left]
            left -= block.shape[1]
            if left <= 0:
                return

    def _windows(self, config: GenerationConfig) -> Iterator[Tensor]:
        """Endless log-mel windows `[bands, WINDOW_FRAMES]`."""
        path = latent_path(config, self.model.axes)
        if config.mode == "slider" and not config.drift:
            yield from itertools.repeat(self.model.decode_at_corpus_level(next(path)[None])[0])
        while True:
            yield from self.model.decode_at_corpus_level(torch.stack(list(itertools.islice(path, _BATCH))))

    def texture(self, config: GenerationConfig) -> Texture | None:
        """Texture of a sound; None where it has no grain, or the model carries no usable recordings."""
        source = _recordings(self.model) if config.grain else None
        if source is None:
            return None
        return self._textures.texture(source, config, self._window_path, bool(self.model.header.lead_frames))

    def _window_path(self, config: GenerationConfig) -> tuple[Iterator[Tensor], int]:
        return self._windows(config), window_hop(config)

    @torch.inference_mode()
    def grain_blocks(self, config: GenerationConfig, texture: Texture) -> Iterator[GrainBlock]:
        """Textured log-mel blocks, `frames(config)` frames in all."""
        frames = self.frames(config)
        if config.grain == 1:  # the model's mel would not be heard
            for start in range(0, frames, REPEAT_FRAMES):
                yield texture.shaped(start, min(frames, start + REPEAT_FRAMES))
            return
        start = 0
        for mel in self.mel_blocks(config):
            yield blend(texture, start, mel, config.grain)
            start += mel.shape[1]

    def _vocoded(self, config: GenerationConfig) -> Iterator[Tensor]:
        """Blocks of samples `[1, n]` from the vocoder, with the lead-in."""
        texture = self.texture(config)
        if texture is None:
            return self.plain_vocoder.stream(self._adapted(self.mel_blocks(config)))
        blocks = self.grain_blocks(config, texture)
        if isinstance(self.vocoder, GrainVocoder):
            return self.vocoder.synthesize(blocks)
        return self.vocoder.stream(self._adapted(block.mel for block in blocks))

    def _adapted(self, mel: Iterator[Tensor]) -> Iterator[Tensor]:
        """Mel blocks in the format of the vocoder."""
        if not self.needs_mel_adapter:
            return mel
        return MelAdapter(self.model.header.mel_format, self.vocoder.info.mel_format).stream(mel)

    @cached_property
    def plain_vocoder(self) -> Vocoder:
        """Vocoder of a sound without grain: the built-in one instead of the grain."""
        return get_vocoder(BUILT_IN.id) if isinstance(self.vocoder, GrainVocoder) else self.vocoder

    def loop(self, config: GenerationConfig) -> Samples:
        """Samples `[samples(config)]` whose end continues in their beginning.

        Raises as `stream`, and SettingsError near the longest duration.
        """
        length, rate = self.samples(config), self.sample_rate
        longer = replace(config, seconds=config.seconds + extra_samples(rate) / rate)
        return seamless_loop(np.concatenate(list(self._sounding(longer))), length, rate)

    def stream(self, config: GenerationConfig) -> Iterator[Samples]:
        """Mono blocks `[n]`, `samples(config)` in all, in constant memory.

        Raises VocoderError where the mel cannot be converted to the vocoder's format, VocoderOutputError where the
        vocoder returns values that are not finite.
        """
        return with_edges(self._sounding(config), self.samples(config), self.sample_rate)

    def _sounding(self, config: GenerationConfig) -> Iterator[Samples]:
        """Blocks of `stream` without the fades at the edges."""
        hop = self._at_vocoder_rate(self.model.header.mel_format.hop)
        blocks = (finite_samples(block[0], self.vocoder) for block in self._vocoded(config))
        sounding = truncate(skip_samples(blocks, round(self.model.header.lead_frames * hop)), self.samples(config))
        if self._ceiling is None:
            return sounding
        return limit_sections(sounding, self._ceiling, round(REPEAT_FRAMES * hop), _gain_windows(config))

    def limit_piece(self, config: GenerationConfig, samples: Samples) -> Samples:
        """A piece of the sound `[n]` limited to the peak ceiling, at a gain no higher than that of earlier pieces."""
        if self._ceiling is None:
            return samples
        known, gain = self._piece_gain
        gain = min(gain if known == config else 1.0, gain_to_ceiling(samples, self._ceiling))
        self._piece_gain = config, gain
        return samples if gain == 1.0 else (samples * gain).astype(np.float32)

    @property
    def _ceiling(self) -> float | None:
        """Amplitude limit of the samples; None where the recordings' peak is unknown."""
        peak = self.model.header.peak_dbfs
        return None if peak is None else 10 ** (peak_ceiling_dbfs(peak) / 20)

    def _at_vocoder_rate(self, samples: int) -> float:
        return samples * self.sample_rate / self.model.header.mel_format.sample_rate

    @property
    def needs_mel_adapter(self) -> bool:
        """Whether the vocoder reads another mel format than the model's; then it cannot render previews."""
        return self.vocoder.info.mel_format != self.model.header.mel_format

    def render(self, config: GenerationConfig) -> Sound:
        """Whole sound, `[1, n]`."""
        return Sound(np.concatenate(list(self.stream(config)))[None], self.sample_rate)


def _recordings(model: DistillModel) -> GrainSource | None:
    """Recordings of a model; None if it has none, or they are damaged."""
    try:
        return model.grain_source
    except ModelFileError as error:
        _log.info("rendered without recordings: %s", error)
        return None


def window_hop(config: GenerationConfig) -> int:
    """Frames from one decoded window to the next."""
    return _GLIDE_HOP if config.mode == "interpolate" else REPEAT_FRAMES


def _gain_windows(config: GenerationConfig) -> int:
    """Number of neighbouring windows that share a gain."""
    return _HELD_WINDOWS if config.mode == "slider" and not config.drift else 0
