"""The window says what sound a model carries."""

from dataclasses import replace

from distill_app.generation.config import GenerationConfig
from distill_app.models.model import DistillModel
from distill_app.ui.common.grain_text import grain_text, is_stereo


def test_the_length_and_the_licence_are_said(grain_model: DistillModel) -> None:
    assert grain_text(grain_model.header) == "Carries 6.00 s of the recordings' sound, under their own licence."


def test_nothing_is_said_of_a_model_without(tiny_model: DistillModel) -> None:
    assert grain_text(tiny_model.header) == ""


def test_damaged_recordings_are_said(tiny_model: DistillModel) -> None:
    assert "damaged" in grain_text(replace(tiny_model.header, grain={"segments": 1}))


def test_recordings_in_stereo_are_said(stereo_model: DistillModel) -> None:
    assert "the recordings' sound in stereo, under" in grain_text(stereo_model.header)


def test_only_the_recordings_own_frames_are_in_stereo(stereo_model: DistillModel, grain_model: DistillModel) -> None:
    config = GenerationConfig()
    assert is_stereo(stereo_model.header, "grain", config)
    assert not is_stereo(stereo_model.header, "built-in", config)
    assert not is_stereo(stereo_model.header, "grain", replace(config, grain=0.0))
    assert not is_stereo(grain_model.header, "grain", config)
    assert not is_stereo(grain_model.with_grain(None).header, "grain", config)
    assert not is_stereo(replace(grain_model.header, grain={"segments": 1}), "grain", config)
