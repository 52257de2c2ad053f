"""Loops of a configuration, whose end continues in their beginning."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from distill_app.dsp.fades import splice_gains
from distill_app.dsp.sound import Samples
from distill_app.generation.config import GenerationConfig
from distill_app.generation.mel_windows import CLOSING_FRAMES
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import preview
from distill_app.generation.seamless_loop import extra_samples, seamless_loop
from distill_app.models.window import WINDOW_FRAMES

_JOIN_FRAMES = 4


def render_loop(pipeline: GenerationPipeline, config: GenerationConfig) -> Samples:
    """Loop `[channels, samples(config)]`. Raises as `GenerationPipeline.stream`."""
    return np.concatenate(list(loop_blocks(pipeline, config)), 1)


def loop_blocks(pipeline: GenerationPipeline, config: GenerationConfig) -> Iterator[Samples]:
    """Blocks `[channels, n]` of a loop: empty ones while it is rendered, then all of it. Raises as `render_loop`."""
    adapted, parts = pipeline.needs_mel_adapter, list[Samples]()
    for block in _longer_sound(pipeline, config) if adapted else pipeline.stream(config):
        parts.append(block)
        yield block[:, :0]
    sound = np.concatenate(parts, 1)
    if adapted:
        yield seamless_loop(sound, pipeline.samples(config), pipeline.sample_rate)
    else:
        yield close_loop(pipeline, config, sound)


def _longer_sound(pipeline: GenerationPipeline, config: GenerationConfig) -> Iterator[Samples]:
    """Blocks of the sound as that of a loop, with what follows its end."""
    rate = pipeline.sample_rate
    longer = replace(config, seconds=config.seconds + extra_samples(rate) / rate)
    return pipeline.closing(config).sounding(longer)


def close_loop(pipeline: GenerationPipeline, config: GenerationConfig, sound: Samples) -> Samples:
    """Loop `[channels, n]` of the rendered sound `[channels, n]`: only its end is rendered again, as that of a loop.

    Raises VocoderError where the vocoder reads another mel format than the model's.
    """
    length, hop = pipeline.samples(config), pipeline.model.header.mel_format.hop
    total = length + extra_samples(pipeline.sample_rate)
    held = 2 * _JOIN_FRAMES + pipeline.vocoder.context_frames
    moving = math.ceil((CLOSING_FRAMES + WINDOW_FRAMES) / min(1.0, config.tone.speed_ratio))
    back = held if config.is_held else moving
    first = max(0, length // hop - back)
    end = preview(pipeline.closing(config), replace(config, endless=True), first, -(-total // hop) - first)
    samples = _joined(sound[:, : (first + _JOIN_FRAMES) * hop], end, first * hop)
    return seamless_loop(samples[:, :total], length, pipeline.sample_rate)


def _joined(sound: Samples, end: Samples, at: int) -> Samples:
    """Sound `[channels, n]` that fades into `end`, which begins at sample `at`, where the two overlap."""
    overlap = sound.shape[1] - at
    fall, rise = splice_gains(sound[:, at:].T, end[:, :overlap].T)
    return np.concatenate([sound[:, :at], sound[:, at:] * fall + end[:, :overlap] * rise, end[:, overlap:]], 1)
