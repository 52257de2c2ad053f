"""Latent path of a configuration: one latent for each window, endless and determined by the seed."""

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
from torch import Tensor

from distill_app.generation.config import GenerationConfig
from distill_app.models.axes import LatentAxes
from distill_app.models.axis import SLIDER_LIMIT
from distill_app.models.slider_sampling import CORPUS_STD, Values, sample_sliders

_DRIFT_CORRELATION = 0.9  # between one window and the next
_KEY_WINDOWS = 8  # windows from one random sound to the next, in "interpolate"


def latent_path(config: GenerationConfig, axes: LatentAxes, first: int = 0) -> Iterator[Tensor]:
    """Latents `[latent]`, window after window, from window `first` on."""
    for values in itertools.islice(_slider_path(config, axes), first, None):
        yield axes.to_latent(np.clip(values, -SLIDER_LIMIT, SLIDER_LIMIT).tolist())


def _slider_path(config: GenerationConfig, axes: LatentAxes) -> Iterator[Values]:
    count = len(axes.axes)
    centre = _pad_sliders(config.sliders, count)
    path_seed, drift_seed = np.random.SeedSequence(config.seed).spawn(2)
    paths = {"slider": _constant_path, "crossfade": _random_path, "interpolate": _gliding_path}
    path = paths[config.mode](axes, centre, np.random.default_rng(path_seed))
    drift = _drift(config.drift, count, np.random.default_rng(drift_seed))
    for values, offset in zip(path, drift, strict=False):
        yield values + offset


def _pad_sliders(sliders: Sequence[float], count: int) -> Values:
    values = np.zeros(count)
    given = np.asarray(sliders[:count])
    values[: len(given)] = given
    return values


def _constant_path(_axes: LatentAxes, centre: Values, _random: np.random.Generator) -> Iterator[Values]:
    while True:
        yield centre


def _random_path(axes: LatentAxes, centre: Values, random: np.random.Generator) -> Iterator[Values]:
    while True:
        yield sample_sliders(axes, centre, random)


def _gliding_path(axes: LatentAxes, centre: Values, random: np.random.Generator) -> Iterator[Values]:
    """Path from one random sound to the next, easing in and out (half a cosine)."""
    keys = _random_path(axes, centre, random)
    here = next(keys)
    while True:
        there = next(keys)
        for step in range(_KEY_WINDOWS):
            ease = 0.5 - 0.5 * math.cos(math.pi * step / _KEY_WINDOWS)
            yield here + ease * (there - here)
        here = there


def _drift(amount: float, count: int, random: np.random.Generator) -> Iterator[Values]:
    """Mean-reverting random walk (Ornstein-Uhlenbeck) of deviation `amount * CORPUS_STD`, starting at 0."""
    offset = np.zeros(count)
    while True:
        yield offset
        push = math.sqrt(1 - _DRIFT_CORRELATION**2) * amount * CORPUS_STD
        offset = _DRIFT_CORRELATION * offset + push * random.standard_normal(count)
