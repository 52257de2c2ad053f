"""Figures of starter models, by `python -m tools.starter_figures MODEL…`: size, levels, peaks, repetition, sliders."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from distill_app.dsp.decibels import amplitude_to_db
from distill_app.dsp.descriptors import DESCRIPTORS
from distill_app.dsp.loudness import loudness_lufs
from distill_app.dsp.sound import Samples
from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.slider_renderer import SliderRenderer
from distill_app.models.axis import Axis
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model
from distill_app.training.axes.analysis import sweep
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.base import Vocoder
from tools.bench_sound.measures import repetition

_CORNERS = 24
_SECONDS, _HELD_SECONDS = 1.5, 12.0
_PLACES = {descriptor.id: number for number, descriptor in enumerate(DESCRIPTORS)}

Sliders = tuple[float, ...]


@dataclass(frozen=True)
class Levels:
    """Loudness and peak at rest, and peaks at all measured places, in LUFS and dBFS."""

    rest_lufs: float
    rest_dbfs: float
    lowest_dbfs: float
    median_dbfs: float
    highest_dbfs: float


def measured_places(count: int, corners: int = _CORNERS) -> Iterator[Sliders]:
    """The middle, each slider of `count` at its ends alone, and corners of the cube from −1 to +1."""
    yield (0.0,) * count
    for row in np.eye(count):
        yield tuple(row.tolist())
        yield tuple((-row).tolist())
    for corner in np.random.default_rng(0).choice((-1.0, 1.0), (corners, count)):
        yield tuple(corner.tolist())


def levels(model: DistillModel, vocoder: Vocoder) -> Levels:
    """Levels of a model through a vocoder."""
    sounds = [render(model, vocoder, place, _SECONDS) for place in measured_places(len(model.axes.axes))]
    peaks = [amplitude_to_db(float(np.abs(sound).max())) for sound in sounds]
    rest = loudness_lufs(sounds[0], model.header.mel_format.sample_rate)
    return Levels(rest, peaks[0], min(peaks), float(np.median(peaks)), max(peaks))


def render(model: DistillModel, vocoder: Vocoder, sliders: Sliders, seconds: float) -> Samples:
    """Samples `[channels, n]` of a held sound."""
    return GenerationPipeline(model, vocoder).render(GenerationConfig(sliders=sliders, seconds=seconds)).samples


def held_repetition(model: DistillModel, vocoder: Vocoder) -> float:
    """Repetition of the sound at rest, held for 12 s."""
    return repetition(render(model, vocoder, (), _HELD_SECONDS).mean(axis=0))


def rhos(model: DistillModel, vocoder: Vocoder) -> dict[str, float]:
    """Spearman's ρ of each named slider with its descriptor."""
    renderer = SliderRenderer(vocoder)
    numbers = {axis.name: number for number, axis in enumerate(model.axes.axes)}
    return {
        axis.name: sweep(model, numbers[axis.name], renderer).rho(_PLACES[axis.descriptor])
        for axis in named_axes(model)
    }


def named_axes(model: DistillModel) -> list[Axis]:
    """Axes that are named after a descriptor."""
    return [axis for axis in model.axes.axes if axis.descriptor]


def print_figures(path: Path, sliders_only: bool = False) -> None:
    model = load_model(path)
    bank = 0 if model.grain is None else model.grain.size_bytes
    print(f"{path.name}: {(path.stat().st_size - bank) / 1e6:.2f} MB and a bank of {bank / 1e6:.2f} MB")
    for name in ("grain", "built-in") if bank else ("built-in",):
        vocoder = get_vocoder(name, model=model)
        if not sliders_only:
            _print_levels(model, vocoder, name)
        print(f"  {name}: {_listed(rhos(model, vocoder))}")
    measured = {each.name: each.rho for each in named_axes(model) if each.rho is not None}
    print(f"  when named, without recordings: {_listed(measured)}")


def _listed(found: dict[str, float]) -> str:
    return ", ".join(f"{slider} {rho:+.2f}" for slider, rho in found.items())


def _print_levels(model: DistillModel, vocoder: Vocoder, name: str) -> None:
    found = levels(model, vocoder)
    print(
        f"  {name}: at rest {found.rest_lufs:.1f} LUFS, peak {found.rest_dbfs:.1f} dBFS; peaks "
        f"{found.lowest_dbfs:.1f} to {found.highest_dbfs:.1f}, median {found.median_dbfs:.1f} dBFS"
    )
    if not model.header.lead_frames:
        print(f"  {name}: repetition at rest {held_repetition(model, vocoder):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path, nargs="+", metavar="MODEL", help=".distillgan files")
    parser.add_argument("--sliders-only", action="store_true", help="ρ of the named sliders, without levels and peaks")
    options = parser.parse_args()
    for path in options.models:
        print_figures(path, options.sliders_only)


if __name__ == "__main__":
    main()
