"""Renders of one control at one place, measured at every point."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from distill_app.dsp.descriptors import DESCRIPTORS, Descriptor
from tools.bench_sliders.bands import RATE_HZ, Signal
from tools.bench_sliders.controls import ASKED_SEMITONES, CONTROL, POINTS
from tools.bench_sliders.independent import INDEPENDENT, Measured, measure
from tools.bench_sliders.partials import is_tonal, moved_cents, to_partials
from tools.bench_sliders.systems import System
from tools.bench_sliders.transposition import transposition_cents
from tools.bench_sound.instrument import Instrument
from tools.bench_sound.places import Place

_REST = POINTS.index(0.0)


@dataclass(frozen=True, eq=False)
class Trial:
    """Effect of one control at one place.

    Args:
        is_hit: whether it is a one-shot.
        points: descriptors at `POINTS`; the pitch is the transposition against value 0, NaN where either is not
            tonal.
        project: values of the app's descriptors at -1, 0 and 1.
        asked_cents: error of each of `ASKED_SEMITONES`, for the control Pitch at tonal places.
    """

    set_name: str
    group: str
    control: str
    is_hit: bool
    points: Sequence[Measured]
    project: Sequence[dict[str, float]]
    asked_cents: Sequence[float] = ()

    @property
    def own(self) -> list[float]:
        """Values of the control's own descriptor at `POINTS`."""
        return [each[CONTROL[self.control].own] for each in self.points]

    def steps(self, start: int = 0, end: int = -1) -> dict[str, float]:
        """Audible steps of all defined descriptors between two points."""
        one, other = self.points[start], self.points[end]
        defined = (each for each in INDEPENDENT if each.is_defined(self.is_hit))
        return {each.id: (other[each.id] - one[each.id]) / each.step for each in defined}

    @property
    def low_steps(self) -> float:
        return -self.steps(_REST, 0)[CONTROL[self.control].own]

    @property
    def high_steps(self) -> float:
        return self.steps(_REST, -1)[CONTROL[self.control].own]

    def project_steps(self) -> dict[str, float]:
        """Steps of the app's descriptors from -1 to 1; never negative."""
        low, _, high = self.project
        defined = (each for each in DESCRIPTORS if not math.isnan(low[each.id]))
        return {each.id: each.difference(low[each.id], high[each.id]) for each in defined}


def run_trial(system: System, instrument: Instrument, place: Place, control: str) -> Trial:
    """Renders and measures a control at all points of a place."""
    renders = [_audible(system.render(instrument, place, control, value)) for value in POINTS]
    tonal = is_tonal(to_partials(renders[_REST]))
    moved = [judged_cents(control, renders[_REST], each) if tonal else math.nan for each in renders]
    points = [measure(each) | {"pitch": cents} for each, cents in zip(renders, moved, strict=True)]
    project = [{each.id: _project(each, renders[at]) for each in DESCRIPTORS} for at in (0, _REST, -1)]
    asked = _asked(system, instrument, place, renders[_REST]) if control == "pitch" and tonal else []
    names = instrument.sound_set.name, instrument.sound_set.group
    return Trial(*names, control, instrument.is_one_shots, points, project, asked)


def _audible(samples: Signal) -> Signal:
    """Samples, with a trace of noise where there are none, so that silence is measured and not divided by."""
    return samples + 1e-6 * np.random.default_rng(0).normal(size=len(samples)).astype(np.float32)


def judged_cents(control: str, rest: Signal, samples: Signal) -> float:
    """Transposition; for all but Pitch, octaves are errors, and a sound that lost its partials has no way."""
    cents = transposition_cents(rest, samples)
    if control == "pitch":
        return cents
    return moved_cents(0.0, cents) if is_tonal(to_partials(samples)) else math.nan


def _project(descriptor: Descriptor, samples: Signal) -> float:
    return descriptor.measure(samples.astype(np.float32), RATE_HZ)


def _asked(system: System, instrument: Instrument, place: Place, rest: Signal) -> list[float]:
    renders = [system.render(instrument, place, "pitch", each / 12) for each in ASKED_SEMITONES]
    pairs = zip(ASKED_SEMITONES, renders, strict=True)
    return [abs(transposition_cents(rest, each) - 100 * asked) for asked, each in pairs]
