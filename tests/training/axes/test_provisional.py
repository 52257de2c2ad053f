"""Provisional names come from mels, and are those that rendered sound gives too."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from distill_app.common.generators import drain
from distill_app.dsp.descriptors import DESCRIPTORS, descriptor
from distill_app.dsp.mel import to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.sound import Sound
from distill_app.models.axis import Axis
from distill_app.models.model import DistillModel
from distill_app.training.axes.analysis import SWEEP_POINTS, Sweep, analyse
from distill_app.training.axes.mel_descriptors import mel_descriptors
from distill_app.training.axes.provisional import with_provisional_names
from distill_app.training.vae.build_model import build_model
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.result import TrainingResult
from distill_app.training.vae.trainer import Trainer
from tests.training.synthetic import SMALL, factor_corpus

RATE = 44_100


def coloured_noise(exponent: float) -> NDArray[np.float32]:
    """Two seconds of noise whose magnitudes fall with this power of the frequency."""
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal(2 * RATE))
    spectrum *= (np.arange(len(spectrum)) / 1000 + 0.3) ** -exponent
    samples = np.fft.irfft(spectrum)
    return (0.2 * samples / np.abs(samples).max()).astype(np.float32)


@pytest.mark.parametrize("name", ["loudness", "centroid", "flatness", "low_share", "high_share", "spread"])
def test_a_mel_shows_the_spectrum_as_the_sound_does(name: str) -> None:
    sounds = [coloured_noise(exponent) for exponent in (0.0, 0.5, 1.0, 1.5)]
    heard = [descriptor(name).measure(sound, RATE) for sound in sounds]
    mels = torch.cat([to_mel(torch.from_numpy(sound)[None], DISTILL_MEL) for sound in sounds])
    seen = mel_descriptors(mels, DISTILL_MEL)[name].tolist()
    for place in range(1, len(sounds)):
        step = descriptor(name).difference(heard[place - 1], heard[place])
        assert descriptor(name).difference(seen[place - 1], seen[place]) == pytest.approx(step, rel=0.2, abs=0.5)
    assert np.argsort(seen).tolist() == np.argsort(heard).tolist()


@pytest.fixture(scope="module")
def unnamed_model() -> DistillModel:
    corpus = factor_corpus()
    trainer = Trainer(corpus, TrainingConfig(epochs=30, architecture=SMALL, learning_rate=5e-3, beta=1.0, mixed=0.0))
    return build_model(corpus, _trained(trainer), "Factors")


def _trained(trainer: Trainer) -> TrainingResult:
    for _ in trainer.run():
        pass
    return trainer.result()


def _reversed(model: DistillModel) -> DistillModel:
    """Copy with every slider turned round."""
    axes = model.axes
    for number, axis in enumerate(axes.axes):
        axes = axes.with_oriented_axis(number, axis.reversed(), -1)
    return model.with_axes(axes)


def _brightest(model: DistillModel) -> Mapping[str, list[float]]:
    """Mel descriptors along each slider that has a name, by the descriptor."""
    found = {}
    for number, axis in enumerate(model.axes.axes):
        if axis.descriptor:
            places = [(*[0.0] * number, value) for value in (-1.0, 0.0, 1.0)]
            mels = model.decode_at_corpus_level(torch.stack([model.axes.to_latent(place) for place in places]))
            found[axis.descriptor] = mel_descriptors(mels, model.header.mel_format)[axis.descriptor].tolist()
    return found


def test_sliders_are_named_by_their_mels_and_up_means_more_whatever_their_direction(
    unnamed_model: DistillModel,
) -> None:
    named = with_provisional_names(unnamed_model)
    assert [axis.rho for axis in named.header.axes] == [None] * len(named.axes.axes)
    moves = _brightest(named)
    assert moves, "a tilt of the spectrum has a name"
    assert all(low < middle < high for low, middle, high in moves.values())
    turned = with_provisional_names(_reversed(unnamed_model))
    assert [axis.name for axis in turned.axes.axes] == [axis.name for axis in named.axes.axes]
    assert turned.axes.axes[0].low == pytest.approx(named.axes.axes[0].low)


def test_a_slider_that_only_trembles_keeps_its_number(unnamed_model: DistillModel) -> None:
    """Its range is so small that nothing can be heard."""
    axes = unnamed_model.axes
    small = tuple(replace(axis, low=axis.median - 1e-3, high=axis.median + 1e-3) for axis in axes.axes)
    still = unnamed_model.with_axes(replace(axes, axes=small, anchors=None))
    assert [axis.name for axis in with_provisional_names(still).axes.axes] == [
        f"Axis {number}" for number in range(1, len(small) + 1)
    ]


def _sweep_of(model: DistillModel, descriptors: Mapping[str, float]) -> list[Sweep]:
    """Sweeps in which the first slider moves these descriptors by so many audible steps, and no other slider does."""
    values = np.zeros((SWEEP_POINTS, len(DESCRIPTORS)))
    for number, each in enumerate(DESCRIPTORS):
        values[:, number] = 1.0
        if each.id in descriptors:
            values[:, number] += np.linspace(0, descriptors[each.id] * each.audible_difference, SWEEP_POINTS)
    return [Sweep(values), *[Sweep(np.ones_like(values))] * (len(model.axes.axes) - 1)]


def _silent(_: DistillModel, __: tuple[float, ...]) -> Sound:
    raise AssertionError("everything is measured already")


def test_measured_sound_confirms_a_provisional_name_or_takes_it_back(unnamed_model: DistillModel) -> None:
    first, *others = unnamed_model.axes.axes
    given = replace(first, name="Warmth", descriptor="low_share")
    model = unnamed_model.with_axes(replace(unnamed_model.axes, axes=(given, *others)))

    def measured(**descriptors: float) -> Axis:
        return drain(analyse(model, _silent, _sweep_of(model, descriptors))).axes.axes[0]

    assert (measured(low_share=3, loudness=9).name, measured(low_share=3, loudness=9).rho) == ("Warmth", 1.0)
    assert (measured(loudness=9).name, measured(loudness=9).descriptor) == ("Loudness", "loudness")
    assert (measured(loudness=0.1).name, measured(loudness=0.1).descriptor) == ("Axis 1", "")
