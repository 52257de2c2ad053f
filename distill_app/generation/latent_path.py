"""Latent path of a configuration: one latent for each window, endless and determined by the seed."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from distill_app.generation.config import GenerationConfig
from distill_app.models.axes import LatentAxes
from distill_app.models.axis import SLIDER_LIMIT
from distill_app.models.slider_sampling import CORPUS_STD, Values, normals_per_sample, sample_sliders

_DRIFT_CORRELATION = 0.9  # between one window and the next
_DRIFT_MEMORY = 400  # windows after which nothing is left of an offset
_KEY_WINDOWS = 8  # windows from one random sound to the next, in "interpolate"
_SKIP = 65_536


@dataclass(frozen=True)
class LoopWindows:
    """Windows of a loop, whose path returns to its beginning.

    Args:
        first, end: windows at which it begins and ends.
        closing: number of windows before its end over which it returns.
    """

    first: int
    end: int
    closing: int


def latent_path(
    config: GenerationConfig, axes: LatentAxes, first: int = 0, loop: LoopWindows | None = None
) -> Iterator[Tensor]:
    """Latents `[latent]`, window after window, from window `first` on; those of a loop, where one is given."""
    path = _slider_path(config, axes, first)
    if loop is not None:
        path = _closing(path, next(_slider_path(config, axes, loop.first)), first, loop)
    for values in path:
        yield axes.to_latent(np.clip(values, -SLIDER_LIMIT, SLIDER_LIMIT).tolist())


def _slider_path(config: GenerationConfig, axes: LatentAxes, first: int) -> Iterator[Values]:
    count = len(axes.axes)
    centre = _pad_sliders(config.sliders, count)
    if config.is_held:
        yield from itertools.repeat(centre)
    path_seed, drift_seed = np.random.SeedSequence(config.seed).spawn(2)
    paths = {"slider": _constant_path, "crossfade": _random_path, "interpolate": _gliding_path}
    path = paths[config.mode](axes, centre, np.random.default_rng(path_seed), first)
    drift = _drift(config.drift, count, np.random.default_rng(drift_seed), first)
    for values, offset in zip(path, drift, strict=False):
        yield values + offset


def _closing(path: Iterator[Values], beginning: Values, first: int, loop: LoopWindows) -> Iterator[Values]:
    """Path that moves to `beginning` at the end of the loop, and stays there."""
    for number, values in enumerate(path, first):
        share = min(1.0, max(0.0, (number - loop.end + loop.closing) / loop.closing))
        ease = 0.5 - 0.5 * math.cos(math.pi * share)
        yield values + ease * (beginning - values)


def _pad_sliders(sliders: Sequence[float], count: int) -> Values:
    values = np.zeros(count)
    given = np.asarray(sliders[:count])
    values[: len(given)] = given
    return values


def _constant_path(_axes: LatentAxes, centre: Values, _random: np.random.Generator, _first: int) -> Iterator[Values]:
    return itertools.repeat(centre)


def _random_path(axes: LatentAxes, centre: Values, random: np.random.Generator, first: int) -> Iterator[Values]:
    _skip_normals(random, first * normals_per_sample(axes))
    while True:
        yield sample_sliders(axes, centre, random)


def _gliding_path(axes: LatentAxes, centre: Values, random: np.random.Generator, first: int) -> Iterator[Values]:
    """Path from one random sound to the next, easing in and out (half a cosine)."""
    keys = _random_path(axes, centre, random, first // _KEY_WINDOWS)
    here, skipped = next(keys), first % _KEY_WINDOWS
    while True:
        there = next(keys)
        for step in range(skipped, _KEY_WINDOWS):
            ease = 0.5 - 0.5 * math.cos(math.pi * step / _KEY_WINDOWS)
            yield here + ease * (there - here)
        here, skipped = there, 0


def _drift(amount: float, count: int, random: np.random.Generator, first: int) -> Iterator[Values]:
    """Mean-reverting random walk (Ornstein-Uhlenbeck) of deviation `amount * CORPUS_STD`, starting at 0."""
    push = math.sqrt(1 - _DRIFT_CORRELATION**2) * amount * CORPUS_STD
    remembered = min(first, _DRIFT_MEMORY)
    _skip_normals(random, (first - remembered) * count)
    offset = np.zeros(count)
    for _ in range(remembered):
        offset = _DRIFT_CORRELATION * offset + push * random.standard_normal(count)
    while True:
        yield offset
        offset = _DRIFT_CORRELATION * offset + push * random.standard_normal(count)


def _skip_normals(random: np.random.Generator, count: int) -> None:
    """Draws what an earlier part of the path has drawn."""
    while count > 0:
        random.standard_normal(min(count, _SKIP))
        count -= _SKIP
