"""Slider values of configurations: random ones, and those that fit a model."""

import random
from collections.abc import Collection, Sequence
from dataclasses import replace

from distill_app.generation.config import GenerationConfig
from distill_app.models.axis import WAY_MAX
from distill_app.models.header import ModelHeader
from distill_app.tone.tone import NEUTRAL, TONE_CONTROLS, Tone
from distill_app.workers.rendering.messages import RenderRequest

Values = tuple[float, ...]


def randomized(
    sliders: Values, header: ModelHeader | None, amount: float, locks: Collection[int], rng: random.Random
) -> Values:
    """Slider values that are moved by the share `amount` (0 … 1) of the way to random ones, except the locked."""
    targets = _random_values(sliders, () if header is None else header.landmarks, rng)
    return tuple(
        value if index in locks else round(value + amount * (target - value), 2)
        for index, (value, target) in enumerate(zip(sliders, targets, strict=True))
    )


def _random_values(sliders: Values, landmarks: Sequence[Values], rng: random.Random) -> list[float]:
    """Random slider values: from one of the training sounds a part of the way to another, where the model lists them.

    Without a list they are uniform in [−1, 1].
    """
    if not landmarks:
        return [rng.uniform(-1, 1) for _ in sliders]
    here, there, way = rng.choice(landmarks), rng.choice(landmarks), rng.uniform(0, WAY_MAX)
    between = (one + way * (other - one) for one, other in zip(here, there, strict=True))
    return [min(max(value, -1.0), 1.0) for value in between]


def centred(config: GenerationConfig, locks: Collection[int], tone_locks: Collection[str]) -> tuple[Values, Tone]:
    """Sliders and tone with every slider at 0 except the locked ones."""
    sliders = tuple(value if index in locks else 0.0 for index, value in enumerate(config.sliders))
    kept = {each.id: config.tone.value(each.id) for each in TONE_CONTROLS if each.id in tone_locks}
    return sliders, replace(NEUTRAL, **kept, modulation_rate=config.tone.modulation_rate)


def fitted(header: ModelHeader, request: RenderRequest) -> RenderRequest:
    """Request that fits the model: values for its sliders, missing ones 0; a one-shot always has a length."""
    config, count = request.config, len(header.axes)
    if is_one_shot(header) and config.endless:
        config = replace(config, endless=False)
    if len(config.sliders) != count:
        sliders = (*config.sliders[:count], *[0.0] * (count - len(config.sliders)))
        config = replace(config, sliders=sliders, moves=(), start=0, tempo_since=(0, 0))
    return request if config is request.config else replace(request, config=config)


def is_one_shot(header: ModelHeader) -> bool:
    """Whether a model plays single hits, which end by themselves."""
    return header.lead_frames > 0


def default_config(header: ModelHeader) -> GenerationConfig:
    """Configuration with which a model is opened first: a sustained sound plays until it is stopped."""
    return GenerationConfig(endless=not is_one_shot(header))
