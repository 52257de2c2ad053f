"""Slider values of configurations: random ones, and those that fit a model."""

import random
from collections.abc import Collection, Sequence
from dataclasses import replace

from distill_app.models.axis import NEIGHBOUR_STD
from distill_app.models.header import ModelHeader
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
    """Random slider values near one of the training sounds, where the model lists them; else uniform in [−1, 1]."""
    if not landmarks:
        return [rng.uniform(-1, 1) for _ in sliders]
    near = (value + rng.gauss(0, NEIGHBOUR_STD) for value in rng.choice(landmarks))
    return [min(max(value, -1.0), 1.0) for value in near]


def with_sliders_of(header: ModelHeader, request: RenderRequest) -> RenderRequest:
    """Request whose slider values are cut or padded with 0 to the number of sliders of the model."""
    sliders, count = request.config.sliders, len(header.axes)
    if len(sliders) == count:
        return request
    sliders = (*sliders[:count], *[0.0] * (count - len(sliders)))
    return replace(request, config=replace(request.config, sliders=sliders, moves=()))
