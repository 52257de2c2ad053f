"""Novelty of a model's random sounds: distance to the recordings, compared with distances among the recordings."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool1d

from distill_app.corpus.corpus import Corpus
from distill_app.corpus.mel_sources import evenly_spaced_positions
from distill_app.models.axis import SLIDER_LIMIT
from distill_app.models.model import DistillModel
from distill_app.models.slider_sampling import sample_sliders
from distill_app.models.window import WINDOW_FRAMES
from distill_app.training.vae.augment import NATS_PER_DB

_HOP = 16
_WINDOWS_MAX = 3_000
_RANDOM_SOUNDS = 60
_POOLED_FRAMES = 4


@dataclass(frozen=True)
class Novelty:
    """Mean absolute differences of log-mels, pooled by four frames, in dB.

    Args:
        random_db: from a random sound to the nearest window of the recordings, mean over `_RANDOM_SOUNDS` sounds.
        elsewhere_db: from a window to the nearest one that shares no frame with it, median; None if there is none.
        another_db: from a window to the nearest one of another recording, median; None for a single recording.
    """

    random_db: float
    elsewhere_db: float | None
    another_db: float | None

    def to_record(self) -> dict[str, Any]:
        values = {"random_db": self.random_db, "elsewhere_db": self.elsewhere_db, "another_db": self.another_db}
        return {name: value if value is None else round(value, 2) for name, value in values.items()}


def novelty(model: DistillModel, corpus: Corpus, replayed: Tensor) -> Novelty:
    """Distances of random sounds to the recordings, and among the recordings.

    A random sound nearer than two windows of one recording is a copy; one farther away than two recordings is out of
    range.

    Args:
        replayed: log-mels `[n, bands, WINDOW_FRAMES]` that represent recordings not present.
    """
    places = evenly_spaced_positions([file.mel for file in corpus.files], _HOP, _WINDOWS_MAX)
    windows = torch.stack([_window(corpus, place) for place in places])
    known = torch.cat([windows, _pool(replayed)])
    near = _distances(_pool(_random_sounds(model)), known).min(1).values
    chosen = range(0, len(places), -(-len(places) // _RANDOM_SOUNDS))
    distances = _distances(windows[chosen], windows)
    numbers, starts = torch.tensor(places).T
    other = numbers != numbers[chosen][:, None]
    apart = other | ((starts - starts[chosen][:, None]).abs() >= WINDOW_FRAMES)
    return Novelty(float(near.mean()), _median_of_nearest(distances, apart), _median_of_nearest(distances, other))


def _window(corpus: Corpus, place: tuple[int, int]) -> Tensor:
    number, start = place
    return _pool(corpus.files[number].mel.read(start, start + WINDOW_FRAMES)[None])[0]


def _pool(mels: Tensor) -> Tensor:
    """Features `[n, features]` of mels `[n, bands, frames]`."""
    return avg_pool1d(mels, _POOLED_FRAMES).flatten(1)


def _random_sounds(model: DistillModel) -> Tensor:
    """Log-mels `[_RANDOM_SOUNDS, bands, frames]` at random slider positions."""
    random, centre = np.random.default_rng(0), np.zeros(len(model.axes.axes))
    sliders = (
        np.clip(sample_sliders(model.axes, centre, random), -SLIDER_LIMIT, SLIDER_LIMIT) for _ in range(_RANDOM_SOUNDS)
    )
    return model.decode_at_corpus_level(torch.stack([model.axes.to_latent(values.tolist()) for values in sliders]))


def _distances(a: Tensor, b: Tensor) -> Tensor:
    """Distances `[len(a), len(b)]` in dB."""
    return torch.cdist(a, b, p=1) / a.shape[1] / NATS_PER_DB


def _median_of_nearest(distances: Tensor, counted: Tensor) -> float | None:
    """Median over the rows of distances `[n, m]` of the least entry that is `counted`; None if there is none."""
    nearest = distances.masked_fill(~counted, torch.inf).min(1).values
    found = nearest[nearest.isfinite()]
    return float(found.median()) if len(found) else None
