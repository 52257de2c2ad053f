"""Sliders rendered at places of a model of random weights, and the program from its options to its figures."""

import json
from pathlib import Path

import numpy as np
import pytest

from distill_app.grain.bank import GrainBank, encode_segment
from distill_app.models.model import DistillModel
from tests.tools.bench_sliders.signals import mixture
from tools.bench_sliders import __main__ as program
from tools.bench_sliders.bands import RATE_HZ, Signal
from tools.bench_sliders.controls import KINDS, POINTS
from tools.bench_sliders.places import judged_places
from tools.bench_sliders.systems import SYSTEMS, Axes, Placed
from tools.bench_sliders.trials import run_trial
from tools.bench_sound.instrument import Instrument
from tools.bench_sound.places import Place
from tools.bench_sound.sets import SETS, SoundSet

_SMALL = SoundSet("small", "tuned", "sustained", "a mixture", ())


class Transposer:
    """System whose only slider transposes a tone, by 10 cents less than it says where that is up."""

    title = "transposer"

    def controls(self, instrument: Instrument) -> list[str]:
        return ["pitch"]

    def render(self, instrument: Instrument, place: Place, control: str, value: float) -> Signal:
        ratio = 2 ** (value - (10 / 1_200 if value > 0 else 0))
        times = np.arange(2 * RATE_HZ) / RATE_HZ
        return np.asarray(sum(np.sin(2 * np.pi * 220 * each * ratio * times) / each for each in range(1, 12)), float)


@pytest.fixture(scope="module")
def instrument(tiny_model: DistillModel) -> Instrument:
    sound = mixture().astype(np.float32)
    bank = GrainBank((encode_segment("mixture.wav", sound[None], RATE_HZ),), RATE_HZ)
    return Instrument(_SMALL, tiny_model.with_grain(bank), {"mixture.wav": sound})


def test_places_are_of_the_recordings_and_random_four_seconds_each(instrument: Instrument) -> None:
    places = judged_places(instrument)
    assert [each.excerpt is None for each in places] == [False, False, True, True]
    assert {each.seconds for each in places} == {4.0}


def test_a_slider_of_a_model_changes_the_render(instrument: Instrument) -> None:
    place = judged_places(instrument, 1, 0)[0]
    rest = Placed().render(instrument, place, "brightness", 1.0)
    assert len(rest) == 4 * RATE_HZ
    assert np.array_equal(rest, Placed().render(instrument, place, "brightness", 1.0))
    system = SYSTEMS["ideal"]()
    assert np.allclose(system.render(instrument, place, "loudness", 0.5), rest * 10 ** (6 / 20))
    axes = Axes()
    moved = axes.controls(instrument)
    assert all(not np.array_equal(axes.render(instrument, place, each, 1.0), rest) for each in moved)


def test_pitch_is_compared_with_what_it_says(instrument: Instrument) -> None:
    trial = run_trial(Transposer(), instrument, judged_places(instrument, 1, 0)[0], "pitch")
    assert trial.own[POINTS.index(0.0)] == pytest.approx(0, abs=0.5)
    assert trial.own[0] == pytest.approx(-1_200, abs=2)
    assert list(trial.asked_cents) == pytest.approx([0, 0, 10, 10], abs=2)


def test_every_set_has_its_kind() -> None:
    assert set(KINDS) == {each.name for each in SETS}


def test_the_program_writes_the_figures_of_what_is_asked(
    instrument: Instrument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "write_sets", lambda sets, folder: None)
    monkeypatch.setattr(program, "load_instrument", lambda one, folder: instrument)
    out = tmp_path / "figures.json"
    options = ["--set", "strings", "--system", "ideal", "--control", "loudness", "--quick", "--out", str(out)]
    monkeypatch.setattr("sys.argv", ["bench_sliders", *options])
    program.main()
    figures = json.loads(out.read_text())
    assert figures["ideal.small.loudness.rho"] == pytest.approx(1.0)
    assert figures["ideal.small.loudness.steps_high"] == pytest.approx(12.0, abs=0.1)
    assert figures["ideal.small.loudness.excess"] == pytest.approx(0.0, abs=0.01)
