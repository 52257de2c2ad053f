"""Figures of a starter model: levels at the ends of its sliders, repetition, sliders."""

from pathlib import Path

import numpy as np
import pytest

from distill_app.generation.slider_renderer import SliderRenderer
from distill_app.models.model import DistillModel
from distill_app.vocoders import get_vocoder
from tools import starter_figures
from tools.starter_figures import levels, measured_places, print_figures, render


def test_every_end_of_a_slider_is_measured() -> None:
    places = set(measured_places(2))
    assert {(0.0, 0.0), (1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)} <= places
    assert {(a, b) for a in (-1.0, 1.0) for b in (-1.0, 1.0)} <= places


def test_peaks_are_those_of_the_sounds(grain_model: DistillModel, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [(0.0, 0.0), (1.0, 0.0), (-1.0, 0.0)]
    monkeypatch.setattr(starter_figures, "measured_places", lambda count: places)
    vocoder = get_vocoder("grain", model=grain_model)
    peaks = [20 * np.log10(np.abs(render(grain_model, vocoder, place, 1.5)).max()) for place in places]
    found = levels(grain_model, vocoder)
    assert (found.rest_dbfs, found.lowest_dbfs, found.highest_dbfs) == pytest.approx((peaks[0], min(peaks), max(peaks)))


def test_a_model_without_a_bank_is_measured_by_the_built_in_vocoder(
    tiny_model_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(starter_figures, "measured_places", lambda count: [(0.0,) * count])
    monkeypatch.setattr(starter_figures, "_HELD_SECONDS", 4.0)
    monkeypatch.setattr(starter_figures, "SliderRenderer", lambda vocoder: SliderRenderer(vocoder, seconds=0.5))
    print_figures(tiny_model_file)
    said = capsys.readouterr().out
    assert "a bank of 0.00 MB" in said
    assert "grain" not in said
    assert "Brightness" in said


def test_the_sliders_alone_can_be_measured(
    tiny_model_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(starter_figures, "SliderRenderer", lambda vocoder: SliderRenderer(vocoder, seconds=0.1))
    print_figures(tiny_model_file, sliders_only=True)
    said = capsys.readouterr().out
    assert "Brightness" in said
    assert "LUFS" not in said
