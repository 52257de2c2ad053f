"""A piece of a sound, made by itself: what a moving slider is answered with."""

import itertools

import torch
from torch import Tensor

from distill_app.common.errors import VocoderError
from distill_app.dsp.sound import Samples
from distill_app.generation.config import GenerationConfig
from distill_app.generation.latent_path import latent_path
from distill_app.generation.overlap_add import join_windows
from distill_app.generation.pipeline import GenerationPipeline, checked_samples, shaped, window_hop
from distill_app.models.window import WINDOW_FRAMES

MORPH_FRAMES = 3
"""A preview travels to its latent over so many frames (35 ms), so that a sweep is heard as a sweep, not as steps."""
_STAGES = 3  # latents on that way that are decoded; between them the mel goes straight


@torch.inference_mode()
def preview(
    pipeline: GenerationPipeline,
    config: GenerationConfig,
    first: int,
    frames: int,
    before: GenerationConfig | None = None,
) -> Samples:
    """Samples `[n]` of the mel frames from `first` on: `frames` of them, or as many as there are.

    They begin at sample `first * hop` of the render, and are the vocoder's sketch of it.

    Args:
        before: what was heard until here; the sound travels from there to `config` (see MORPH_FRAMES).

    Raises VocoderError where the vocoder reads another mel format than the model gives, VocoderOutputError where it
    gives values that are not numbers.
    """
    if pipeline.needs_mel_adapter:
        raise VocoderError(f"“{pipeline.vocoder.info.title}” reads another mel format than this model gives.")
    hop, length = pipeline.model.header.mel_format.hop, pipeline.samples(config)
    context, place = pipeline.vocoder.context_frames, first + pipeline.model.header.lead_frames
    start = max(0, place - context)
    mel = _mel(pipeline, config, start, min(place + frames + context, pipeline.frames(config)), place - start, before)
    vocoded = pipeline.vocoder.preview(mel)[0, (place - start) * hop :][: frames * hop]
    samples = pipeline.piece_under_peak(config, checked_samples(vocoded, pipeline.vocoder))
    return shaped(samples[: length - first * hop], first * hop, length, pipeline.sample_rate)


def _mel(
    pipeline: GenerationPipeline,
    config: GenerationConfig,
    start: int,
    end: int,
    context: int,
    before: GenerationConfig | None,
) -> Tensor:
    """Log-mel `[bands, end - start]` from frame `start` on, the first `context` of them as `before`."""
    here = _latents(pipeline, config, start, end)
    if before is None or window_hop(before) != window_hop(config):
        return _sections(pipeline, config, here[None], start, end)[0]
    there = _latents(pipeline, before, start, end)
    steps = torch.linspace(0, 1, _STAGES)[:, None, None]
    stages = _sections(pipeline, config, torch.lerp(there[None], here[None], steps), start, end)
    return _travelled(stages, context)


def _travelled(stages: Tensor, context: int) -> Tensor:
    """`[bands, frames]`: the first of the stages `[stages, bands, frames]`, after `context` on its way to the last."""
    frames = torch.arange(stages.shape[-1])
    place = ((frames - context + 1) / (MORPH_FRAMES + 1)).clamp(0, 1) * (_STAGES - 1)
    stage = place.long().clamp(max=_STAGES - 2)
    return torch.lerp(stages[stage, :, frames].T, stages[stage + 1, :, frames].T, place - stage)


def _latents(pipeline: GenerationPipeline, config: GenerationConfig, start: int, end: int) -> Tensor:
    """`[windows, latent]` of the windows that reach into the frames from `start` to `end`."""
    first, last = _windows(config, start, end)
    return torch.stack(list(itertools.islice(latent_path(config, pipeline.model.axes, first), last - first)))


def _windows(config: GenerationConfig, start: int, end: int) -> tuple[int, int]:
    hop = window_hop(config)
    return max(0, (start - WINDOW_FRAMES) // hop + 1), (end - 1) // hop + 1


def _sections(pipeline: GenerationPipeline, config: GenerationConfig, latents: Tensor, start: int, end: int) -> Tensor:
    """Log-mels `[stages, bands, end - start]` of the windows' latents `[stages, windows, latent]`."""
    hop = window_hop(config)
    offset = start - _windows(config, start, end)[0] * hop
    blocks = join_windows(_decoded(pipeline, latents).unbind(1), hop)
    return torch.cat(list(blocks), dim=-1)[..., offset : offset + end - start]


def _decoded(pipeline: GenerationPipeline, latents: Tensor) -> Tensor:
    """Log-mel windows `[stages, windows, bands, frames]`; where a sound holds still one of them is all."""
    stages, windows, _ = latents.shape
    if (latents == latents[:, :1]).all():
        return pipeline.model.decode_at_corpus_level(latents[:, 0])[:, None].expand(-1, windows, -1, -1)
    decoded = pipeline.model.decode_at_corpus_level(latents.flatten(0, 1))
    return decoded.reshape(stages, windows, *decoded.shape[1:])
