"""Systems that render a place of a model as sound.

To add one, write a class with `title`, `uses_recordings` and `render`, and enter it in `SYSTEMS`. `model_at` and
`without_recording` give the model that a pipeline renders at a place.
"""

from dataclasses import replace
from typing import Protocol

from torch import Tensor

from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.grain.bank import encode_segment
from distill_app.models.model import DistillModel
from distill_app.models.placed import placed_at
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.base import Vocoder
from tools.bench_sound.instrument import Excerpt, Instrument
from tools.bench_sound.known_bad import ForeignLoop, Patchwork, SpectrumNoise
from tools.bench_sound.measures import Samples, spectrum_error_db
from tools.bench_sound.places import Place, asked_mel
from tools.vocoder_audio import RATE_HZ

_PART_SAMPLES_MIN = RATE_HZ // 4
"""Samples around an excerpt below which they are left out, too: shorter than what the grain compares."""


class System(Protocol):
    """Way of rendering a place.

    Args:
        title: name of its row.
        uses_recordings: whether renders contain parts of the recordings, so that leaving one out makes a difference.
    """

    title: str
    uses_recordings: bool

    def render(self, instrument: Instrument, place: Place) -> Samples:
        """Samples `[place.samples]`; fewer where the sound ends before."""
        ...


def model_at(model: DistillModel, latent: Tensor) -> DistillModel:
    """Copy of a model that sounds like `latent` where its sliders are 0; its grain is decoded once for all places."""
    placed = placed_at(model, latent)
    vars(placed)["_decoded_grain"] = model.grain_source
    return placed


def without_recording(model: DistillModel, file: str | None) -> DistillModel:
    """Copy of a model whose grain bank lacks a recording; the model itself where none is named."""
    if model.grain is None or file is None:
        return model
    segments = tuple(each for each in model.grain.segments if each.recording != file)
    return model.with_grain(replace(model.grain, segments=segments) if segments else None)


def without_window(instrument: Instrument, excerpt: Excerpt) -> DistillModel:
    """Copy of an instrument's model whose grain bank lacks an excerpt, but has what precedes and follows it."""
    model, samples = instrument.model, instrument.recordings[excerpt.file]
    if model.grain is None:
        return model
    parts = samples[: excerpt.start], samples[excerpt.start + len(excerpt.samples) :]
    kept = [encode_segment(excerpt.file, each[None], RATE_HZ) for each in parts if len(each) >= _PART_SAMPLES_MIN]
    others = [each for each in model.grain.segments if each.recording != excerpt.file]
    return model.with_grain(replace(model.grain, segments=(*others, *kept)) if others or kept else None)


class BuiltIn:
    """The app's rendering by the built-in vocoder, of a model without a grain bank."""

    title = "built-in"
    uses_recordings = False

    def __init__(self) -> None:
        self._vocoder = get_vocoder("built-in")

    def render(self, instrument: Instrument, place: Place) -> Samples:
        pipeline = GenerationPipeline(model_at(instrument.model.with_grain(None), place.latent), self._vocoder)
        return pipeline.render(GenerationConfig(seconds=place.seconds, seed=place.seed)).samples[0]


class Recordings:
    """The recordings themselves: the window of the place, or else the nearest one, and what follows it."""

    title = "recordings"
    uses_recordings = True

    def render(self, instrument: Instrument, place: Place) -> Samples:
        excerpt = place.excerpt
        if excerpt is None or place.left_out or place.is_window_out:
            excerpt = _nearest(instrument, place)
        if place.samples <= len(excerpt.samples):
            return excerpt.samples[: place.samples]
        return instrument.recordings[excerpt.file][excerpt.start :][: place.samples]


class Grain:
    """The app's rendering by the grain of the model's recordings."""

    title = "grain"
    uses_recordings = True

    def __init__(self) -> None:
        self._models: dict[tuple[str, str | None], DistillModel] = {}

    def render(self, instrument: Instrument, place: Place) -> Samples:
        model = self._model(instrument, place)
        pipeline = GenerationPipeline(model_at(model, place.latent), self._vocoder(model), mono=True)
        return pipeline.render(GenerationConfig(seconds=place.seconds, seed=place.seed)).samples[0]

    def _vocoder(self, model: DistillModel) -> Vocoder:
        return get_vocoder("grain", model=model)

    def _model(self, instrument: Instrument, place: Place) -> DistillModel:
        """Model without what is left out; its grain is decoded once."""
        if place.is_window_out and place.excerpt:
            return without_window(instrument, place.excerpt)
        key = instrument.sound_set.name, place.left_out
        if key not in self._models:
            self._models = {key: without_recording(instrument.model, place.left_out)}
        return self._models[key]


class TexturedMel(Grain):
    """The app's rendering by the built-in vocoder, of a mel with the recordings' texture."""

    title = "textured mel, built-in"

    def __init__(self) -> None:
        super().__init__()
        self._built_in = get_vocoder("built-in")

    def _vocoder(self, model: DistillModel) -> Vocoder:
        return self._built_in


def _nearest(instrument: Instrument, place: Place) -> Excerpt:
    """Excerpt whose spectrum is nearest to the asked one, of those that are not left out."""
    asked, lead = asked_mel(instrument, place), instrument.model.header.lead_frames
    allowed = [each for each in instrument.excerpts if not _is_left_out(each, place)]
    return min(allowed, key=lambda each: spectrum_error_db(asked, each.mel[:, lead:]))


def _is_left_out(excerpt: Excerpt, place: Place) -> bool:
    if place.is_window_out and place.excerpt and excerpt.file == place.excerpt.file:
        return abs(excerpt.start - place.excerpt.start) < len(excerpt.samples)
    return excerpt.file == place.left_out


SYSTEMS: dict[str, type[System]] = {
    "built-in": BuiltIn,
    "grain": Grain,
    "textured": TexturedMel,
    "recordings": Recordings,
    "noise": SpectrumNoise,
    "foreign-loop": ForeignLoop,
    "patchwork": Patchwork,
}
"""Classes by the name that `--system` takes."""
