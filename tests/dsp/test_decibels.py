"""Amplitude to decibels."""

import math

import pytest

from distill_app.dsp.decibels import amplitude_to_db


@pytest.mark.parametrize(("amplitude", "db"), [(1.0, 0.0), (-0.5, -6.0206), (10.0, 20.0), (0.0, -math.inf)])
def test_decibels_of_an_amplitude(amplitude: float, db: float) -> None:
    assert amplitude_to_db(amplitude) == pytest.approx(db, abs=1e-4)
