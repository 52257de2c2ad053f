"""Systems of sliders, at places of a model.

To add one, write a class with `title`, `controls` and `render`, and enter it in `SYSTEMS`. `Placed` renders by the app,
and changes the configuration of a render by `_config`, or the model by `_model`.
"""

from collections.abc import Callable
from typing import Protocol

from distill_app.dsp.sound import Sound
from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.models.model import DistillModel
from distill_app.tone.tone import TONE_CONTROLS, Tone, controls_for
from distill_app.vocoders import get_vocoder
from tools.bench_sliders.bands import Signal
from tools.bench_sliders.controls import CONTROLS, OF_PROJECT, Control
from tools.bench_sliders.measured_names import measured_names
from tools.bench_sliders.planted import CLEAN, IMPOSTORS, Change
from tools.bench_sound.instrument import Instrument
from tools.bench_sound.places import Place
from tools.bench_sound.systems import model_at


class System(Protocol):
    """Sliders by the names of their controls."""

    title: str

    def controls(self, instrument: Instrument) -> list[str]:
        """Ids of the controls that it shows for a model."""
        ...

    def render(self, instrument: Instrument, place: Place, control: str, value: float) -> Signal:
        """Mono samples with one control at a value from -1 to 1 and the others at 0."""
        ...


class Placed:
    """Rendering by the app's grain at a place, with nothing moved."""

    title = "at rest"

    def controls(self, instrument: Instrument) -> list[str]:
        return []

    def render(self, instrument: Instrument, place: Place, control: str, value: float) -> Signal:
        model = model_at(self._model(instrument), place.latent)
        pipeline = GenerationPipeline(model, get_vocoder("grain", model=model), mono=True)
        return pipeline.render(self._config(instrument, place, control, value)).samples[0]

    def _model(self, instrument: Instrument) -> DistillModel:
        return instrument.model

    def _config(self, instrument: Instrument, place: Place, control: str, value: float) -> GenerationConfig:
        return GenerationConfig(seconds=place.seconds, seed=place.seed)


class Axes(Placed):
    """The character sliders of a model, measured and named after the descriptors that they change most."""

    title = "axes"

    def __init__(self) -> None:
        self._named: dict[str, DistillModel] = {}

    def controls(self, instrument: Instrument) -> list[str]:
        found = {OF_PROJECT.get(axis.descriptor, "") for axis in self._model(instrument).axes.axes}
        return [each.id for each in defined_controls(instrument) if each.id in found]

    def _model(self, instrument: Instrument) -> DistillModel:
        name = instrument.sound_set.name
        if name not in self._named:
            self._named[name] = measured_names(instrument.model, _render_sliders)
        return self._named[name]

    def _config(self, instrument: Instrument, place: Place, control: str, value: float) -> GenerationConfig:
        axes = self._model(instrument).axes.axes
        sliders = tuple(value if OF_PROJECT.get(axis.descriptor) == control else 0.0 for axis in axes)
        return GenerationConfig(seconds=place.seconds, seed=place.seed, sliders=sliders)


class ToneSliders(Placed):
    """The tone, the same on every model; a slider that only goes up is measured over its own way."""

    title = "tone"

    def controls(self, instrument: Instrument) -> list[str]:
        shown = {each.id for each in controls_for(instrument.is_one_shots)}
        return [each.id for each in CONTROLS if each.id in shown]

    def _config(self, instrument: Instrument, place: Place, control: str, value: float) -> GenerationConfig:
        low = next(each.low for each in TONE_CONTROLS if each.id == control)
        moved = low + (value + 1) / 2 * (1 - low)
        return GenerationConfig(seconds=place.seconds, seed=place.seed, tone=Tone().with_value(control, moved))


class OnSamples:
    """Planted changes of the samples of a render at rest."""

    def __init__(self, title: str, changes: dict[str, Change]) -> None:
        self.title = title
        self._changes = changes
        self._rest: tuple[Place, Signal] | None = None

    def controls(self, instrument: Instrument) -> list[str]:
        return [each.id for each in defined_controls(instrument) if each.id in self._changes]

    def render(self, instrument: Instrument, place: Place, control: str, value: float) -> Signal:
        if self._rest is None or self._rest[0] is not place:
            self._rest = place, Placed().render(instrument, place, control, 0.0)
        return self._changes[control](self._rest[1], value)


def defined_controls(instrument: Instrument) -> list[Control]:
    """Controls that have a meaning for a set."""
    return [each for each in CONTROLS if each.is_defined(instrument.is_one_shots)]


def _render_sliders(model: DistillModel, sliders: tuple[float, ...]) -> Sound:
    pipeline = GenerationPipeline(model, get_vocoder("grain", model=model), mono=True)
    return pipeline.render(GenerationConfig(sliders=sliders))


SYSTEMS: dict[str, Callable[[], System]] = {
    "axes": Axes,
    "tone": ToneSliders,
    "ideal": lambda: OnSamples("ideal", CLEAN),
    "impostor": lambda: OnSamples("impostor (bad)", IMPOSTORS),
}
"""Makers of systems by the name that `--system` takes."""
