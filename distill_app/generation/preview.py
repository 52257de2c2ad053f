"""Preview of a part of a sound, rendered while a slider moves."""

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from distill_app.common.errors import VocoderError
from distill_app.dsp.sound import Samples
from distill_app.generation.config import GenerationConfig
from distill_app.generation.hit_texture import decaying_mel
from distill_app.generation.mel_windows import first_window, window_latents
from distill_app.generation.overlap_add import join_windows
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.sample_blocks import apply_edges, finite_samples, skip_samples
from distill_app.generation.texture import blend
from distill_app.generation.toned_mel import toned_between
from distill_app.vocoders.grain import GrainVocoder

MORPH_FRAMES = 3
"""Frames (35 ms) over which a preview moves to its latent, so that a sweep is heard as a sweep, not as steps."""
_ENDLESS = 2**62
_CONTINUED_SECONDS = 60.0
_STAGES = 3  # latents that are decoded for the morph; between them the mel is interpolated linearly


@torch.inference_mode()
def preview(
    pipeline: GenerationPipeline,
    config: GenerationConfig,
    first: int,
    frames: int,
    before: GenerationConfig | None = None,
) -> Samples:
    """Preview samples `[channels, n]` of at most `frames` mel frames from frame `first` of the sound on.

    They begin at sample `first * hop` of the render. An endless sound has no last frame.

    Args:
        before: configuration heard until now, from which the sound morphs to `config` over MORPH_FRAMES.

    Raises VocoderError where the vocoder reads another mel format than the model's, VocoderOutputError where it
    returns values that are not finite.
    """
    if pipeline.needs_mel_adapter:
        raise VocoderError(f"“{pipeline.vocoder.info.title}” reads another mel format than this model's.")
    hop, length = pipeline.model.header.mel_format.hop, _ENDLESS if config.endless else pipeline.samples(config)
    begin, context = pipeline.first_frame(config), pipeline.context_frames(config)
    place = begin + pipeline.model.header.lead_frames + first
    start, end = max(0, place - context), place + frames + context
    if not config.endless:
        end = min(end, begin + pipeline.frames_needed(config))
    sounding = _vocode(pipeline, config, start, end, place - start, before)
    toned = pipeline.toned(finite_samples(sounding, pipeline.vocoder), config, start * hop)
    samples = pipeline.limit_piece(config, toned[:, (place - start) * hop :][:, : frames * hop])
    return apply_edges(samples[:, : length - first * hop], first * hop, length, pipeline.sample_rate)


def continued(pipeline: GenerationPipeline, config: GenerationConfig, first: int) -> Iterator[Samples]:
    """Blocks `[channels, n]` of a sustained sound from its frame `first` on, whose phases belong together: a minute.

    Raises as `preview`.
    """
    hop, start = pipeline.model.header.mel_format.hop, config.start + first
    context = min(pipeline.context_frames(config), start)
    later = replace(config, start=start, seconds=_CONTINUED_SECONDS, endless=False)
    blocks = (finite_samples(block, pipeline.vocoder) for block in pipeline.vocoded(later, context))
    toned = pipeline.toned_stream(blocks, config, (start - context) * hop)
    return (pipeline.limit_piece(config, block) for block in skip_samples(toned, context * hop))


def _vocode(
    pipeline: GenerationPipeline,
    config: GenerationConfig,
    start: int,
    end: int,
    context: int,
    before: GenerationConfig | None,
) -> Tensor:
    """Samples `[channels, n]` from frame `start` to `end`; after `context` frames the model's mel leaves `before`."""
    texture = pipeline.texture(config)
    if texture is None:
        return pipeline.plain_vocoder.preview(_preview_mel(pipeline, config, start, end, context, before))
    if config.grain == 1:  # the model's mel would not be heard
        block = texture.shaped(start, end)
    else:
        mel = _preview_mel(pipeline, config, start, end, context, before)
        block = blend(texture, start, mel, config.grain)
    if isinstance(pipeline.vocoder, GrainVocoder):
        return torch.cat(list(pipeline.synthesize(pipeline.vocoder, [block])), 1)
    return pipeline.vocoder.preview(block.mel)


def _preview_mel(
    pipeline: GenerationPipeline,
    config: GenerationConfig,
    start: int,
    end: int,
    context: int,
    before: GenerationConfig | None,
) -> Tensor:
    """Log-mel `[bands, end - start]` with the tone from frame `start` on, the first `context` frames as `before`."""

    def plain(first: int, last: int) -> Tensor:
        leaves = config.path_frame(start + context)
        return _plain_mel(pipeline, config, first, last, leaves - first, before)

    if config.is_plain:
        return plain(start, end)
    mel_format = pipeline.model.header.mel_format
    return toned_between(plain, config.tone, mel_format, start, end, pipeline.mel.pace(config))


def _plain_mel(
    pipeline: GenerationPipeline,
    config: GenerationConfig,
    start: int,
    end: int,
    context: int,
    before: GenerationConfig | None,
) -> Tensor:
    """Log-mel `[bands, end - start]` without the tone from frame `start` on, the first frames as `before`."""
    here = _window_latents(pipeline, config, start, end)
    if before is None or before.window_hop != config.window_hop:
        return _decode_range(pipeline, config, here[None], start, end)[0]
    there = _window_latents(pipeline, before, start, end)
    steps = torch.linspace(0, 1, _STAGES)[:, None, None]
    stages = _decode_range(pipeline, config, torch.lerp(there[None], here[None], steps), start, end)
    return _morph(stages, context)


def _morph(stages: Tensor, context: int) -> Tensor:
    """Mel `[bands, frames]` that moves from the first to the last of the `[stages, bands, frames]` after `context`."""
    frames = torch.arange(stages.shape[-1])
    place = ((frames - context + 1) / (MORPH_FRAMES + 1)).clamp(0, 1) * (_STAGES - 1)
    stage = place.long().clamp(max=_STAGES - 2)
    return torch.lerp(stages[stage, :, frames].T, stages[stage + 1, :, frames].T, place - stage)


def _window_latents(pipeline: GenerationPipeline, config: GenerationConfig, start: int, end: int) -> Tensor:
    """Latents `[windows, latent]` of the windows that overlap the frames from `start` to `end`."""
    return window_latents(pipeline.model, config, _window_range(pipeline, config, start, end), pipeline.loop)


def _window_range(pipeline: GenerationPipeline, config: GenerationConfig, start: int, end: int) -> range:
    """Numbers of the windows that overlap the frames from `start` to `end`."""
    hop = config.window_hop
    if pipeline.one_shot:
        return range(config.start // hop, config.start // hop + 1)
    return range(first_window(start, hop), (end - 1) // hop + 1)


def _decode_range(
    pipeline: GenerationPipeline, config: GenerationConfig, latents: Tensor, start: int, end: int
) -> Tensor:
    """Log-mels `[stages, bands, end - start]` of latents `[stages, windows, latent]`."""
    hop, windows = config.window_hop, _decode_windows(pipeline, latents)
    if pipeline.one_shot:
        return decaying_mel(windows[:, 0], start, end, pipeline.mel.silence)
    offset = start - first_window(start, hop) * hop
    blocks = join_windows(windows.unbind(1), hop)
    return torch.cat(list(blocks), dim=-1)[..., offset : offset + end - start]


def _decode_windows(pipeline: GenerationPipeline, latents: Tensor) -> Tensor:
    """Log-mel windows `[stages, windows, bands, frames]`; equal latents are decoded once."""
    stages, windows, _ = latents.shape
    if (latents == latents[:, :1]).all():
        return pipeline.model.decode_at_corpus_level(latents[:, 0])[:, None].expand(-1, windows, -1, -1)
    decoded = pipeline.model.decode_at_corpus_level(latents.flatten(0, 1))
    return decoded.reshape(stages, windows, *decoded.shape[1:])
