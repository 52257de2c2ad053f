"""Places of the sliders at which systems render: those of the recordings, and random ones."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from distill_app.models.axis import SLIDER_LIMIT
from distill_app.models.slider_sampling import sample_sliders
from tools.bench_sound.instrument import HIT_SAMPLES, Excerpt, Instrument
from tools.bench_sound.measures import PIECE_SAMPLES
from tools.vocoder_audio import RATE_HZ

Question = Literal["own", "window-out", "left-out", "hold", "random"]
QUESTIONS: dict[Question, str] = {
    "own": "The place of a recording's window: how much of it comes back",
    "window-out": "The same places, with the recorded window itself left out of what a system may use",
    "left-out": "The same places, with that whole file left out of what a system may use",
    "hold": "A recording's place held for 12 s: whether it lives and stays",
    "random": "Random places of the sliders, held for 12 s; one hit of one-shots",
}

LEFT_OUT: tuple[Question, ...] = ("window-out", "left-out")
"""Questions whose answer differs for those systems only that use recordings."""

HOLD_SECONDS = 12.0
_COPIES, _HOLDS = 24, 8
_SEED = 0


@dataclass(frozen=True, eq=False)
class Place:
    """Sound that a system is asked for.

    Args:
        latent: `[latent]`.
        samples: length of the render at 44.1 kHz.
        excerpt: recorded window of this place; None at random places.
        left_out: name of a recording that must not be used.
        is_window_out: whether the excerpt, and what overlaps it, must not be used.
        seed: of everything random in the render.
    """

    question: Question
    latent: Tensor
    samples: int
    excerpt: Excerpt | None = None
    left_out: str | None = None
    is_window_out: bool = False
    seed: int = 0

    @property
    def seconds(self) -> float:
        return self.samples / RATE_HZ


def places(instrument: Instrument, question: Question, is_quick: bool = False) -> list[Place]:
    """Fixed places for a question; none where it has no meaning for the set."""
    if question in ("hold", "window-out") and instrument.is_one_shots:
        return []  # a hit does not go on, and the window of one is all of it
    if question == "random":
        return _random_places(instrument, is_quick)
    most = _HOLDS if question == "hold" or is_quick else _COPIES
    length = round(HOLD_SECONDS * RATE_HZ) if question == "hold" else _piece_samples(instrument)
    chosen = _evenly(instrument.excerpts, most)
    latents = instrument.model.encode(torch.stack([each.mel for each in chosen]))
    return [
        Place(
            question,
            latent,
            length,
            excerpt,
            excerpt.file if question == "left-out" else None,
            question == "window-out",
            seed,
        )
        for seed, (latent, excerpt) in enumerate(zip(latents, chosen, strict=True))
    ]


def _random_places(instrument: Instrument, is_quick: bool) -> list[Place]:
    axes, random = instrument.model.axes, np.random.default_rng(_SEED)
    count = _COPIES if instrument.is_one_shots and not is_quick else _HOLDS
    length = HIT_SAMPLES if instrument.is_one_shots else round(HOLD_SECONDS * RATE_HZ)
    sliders = (sample_sliders(axes, np.zeros(len(axes.axes)), random) for _ in range(count))
    latents = (axes.to_latent(np.clip(each, -SLIDER_LIMIT, SLIDER_LIMIT).tolist()) for each in sliders)
    return [Place("random", latent, length, seed=seed) for seed, latent in enumerate(latents)]


def _piece_samples(instrument: Instrument) -> int:
    return HIT_SAMPLES if instrument.is_one_shots else PIECE_SAMPLES


def _evenly(excerpts: list[Excerpt], most: int) -> list[Excerpt]:
    """At most `most` excerpts, evenly spaced."""
    count = min(most, len(excerpts))
    return [excerpts[round((number + 0.5) * len(excerpts) / count - 0.5)] for number in range(count)]


def asked_mel(instrument: Instrument, place: Place) -> Tensor:
    """Log-mel `[bands, frames]` that the model decodes at a place, without a one-shot's lead."""
    return instrument.model.decode_at_corpus_level(place.latent[None])[0][:, instrument.model.header.lead_frames :]
