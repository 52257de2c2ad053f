"""Conversion between settings and the state of the window."""

from dataclasses import replace
from pathlib import Path

import pytest

from distill_app.audio.devices import DeviceChoice
from distill_app.common.settings import Settings
from distill_app.generation.config import GenerationConfig, Move
from distill_app.models.header import read_header
from distill_app.tone.tone import Tone
from distill_app.ui.app.settings_io import device_choice, initial_request, with_device, with_sound
from distill_app.ui.play.model_settings import ModelSettings
from distill_app.vocoders.embedded.vocoder import AUTO
from distill_app.workers.rendering.messages import RenderRequest


def test_the_last_sound_is_restored(tiny_model_file: Path) -> None:
    request = initial_request(Settings(model=str(tiny_model_file), mode="crossfade", seconds=2.0))
    asked = replace(request, config=replace(request.config, sliders=(0.5, -1.25), seed=3))
    kept = with_sound(Settings(), asked, read_header(tiny_model_file), looping=False)
    assert initial_request(kept) == asked
    assert not kept.loop


def test_the_tone_of_the_last_sound_is_restored(tiny_model_file: Path) -> None:
    header, models, tone = read_header(tiny_model_file), ModelSettings(), Tone(air=0.5, modulation_rate=2.0)
    config = GenerationConfig(sliders=(0.5, 0.0), start=40, tempo_since=(40, 60), endless=True, tone=tone)
    kept = with_sound(Settings(), RenderRequest(tiny_model_file, AUTO, config), header, looping=True)
    assert initial_request(kept).config == replace(config, start=0, tempo_since=(0, 0))
    models.keep(tiny_model_file, header, config)
    assert initial_request(kept, models).config == config
    assert initial_request(replace(kept, tone={"air": 0.4}), models).config.start == 0, "that of another sound"
    assert initial_request(replace(kept, tone={"air": 0.4, "later": 1.0})).config.tone == Tone(air=0.4)
    assert initial_request(replace(kept, tone={"air": 4.0})).config == GenerationConfig(endless=True)


def test_the_moves_of_the_last_sound_are_restored_with_it(tiny_model_file: Path) -> None:
    header, models = read_header(tiny_model_file), ModelSettings()
    config = GenerationConfig(sliders=(0.5, 0.0), start=40, moves=(Move(12, (0.0, 0.0)),))
    models.keep(tiny_model_file, header, config)
    kept = with_sound(Settings(), RenderRequest(tiny_model_file, AUTO, config), header, looping=True)
    assert initial_request(kept, models).config == config
    other = initial_request(replace(kept, seed=7), models).config
    assert (other.seed, other.moves, other.start) == (7, (), 0), "those of another sound"


def test_sliders_are_restored_by_name(tiny_model_file: Path) -> None:
    """A model trained again under the same name has its sliders in another order, and others."""
    kept = Settings(model=str(tiny_model_file), sliders={"Axis 2": 0.25, "Attack": 0.75})
    assert initial_request(kept).config.sliders == (0.0, 0.25)


def test_a_value_out_of_range_is_replaced_by_the_default(tiny_model_file: Path) -> None:
    kept = Settings(model=str(tiny_model_file), sliders={"Brightness": 9.0}, vocoder="gone")
    assert initial_request(kept).config == GenerationConfig(endless=True)


@pytest.mark.parametrize("choice", [DeviceChoice(), DeviceChoice("Box", "ALSA", 96_000, "low")])
def test_the_last_sound_output_is_restored(choice: DeviceChoice) -> None:
    kept = with_device(Settings(), choice, limiter=False)
    assert device_choice(kept) == choice
    assert not kept.limiter


def test_an_unknown_latency_is_replaced_by_the_default() -> None:
    assert device_choice(Settings(latency="sometimes", device_rate=-1)) == DeviceChoice()
