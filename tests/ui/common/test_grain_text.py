"""The window says what sound a model carries."""

from dataclasses import replace

from distill_app.models.model import DistillModel
from distill_app.ui.common.grain_text import grain_text


def test_the_length_and_the_licence_are_said(grain_model: DistillModel) -> None:
    assert grain_text(grain_model.header) == "Carries 6.00 s of the recordings' sound, under their own licence."


def test_nothing_is_said_of_a_model_without(tiny_model: DistillModel) -> None:
    assert grain_text(tiny_model.header) == ""


def test_damaged_recordings_are_said(tiny_model: DistillModel) -> None:
    assert "damaged" in grain_text(replace(tiny_model.header, grain={"segments": 1}))
