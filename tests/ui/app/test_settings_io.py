"""What the window starts from."""

from dataclasses import replace
from pathlib import Path

import pytest

from distill_app.audio.devices import DeviceChoice
from distill_app.common.settings import Settings
from distill_app.generation.config import GenerationConfig
from distill_app.models.header import read_header
from distill_app.ui.app.settings_io import device_choice, initial_request, with_device, with_sound


def test_the_sound_of_last_time_comes_back(tiny_model_file: Path) -> None:
    request = initial_request(Settings(model=str(tiny_model_file), mode="crossfade", seconds=2.0))
    asked = replace(request, config=replace(request.config, sliders=(0.5, -1.25), seed=3))
    kept = with_sound(Settings(), asked, read_header(tiny_model_file), looping=False)
    assert initial_request(kept) == asked
    assert not kept.loop


def test_sliders_come_back_by_their_names(tiny_model_file: Path) -> None:
    """A model trained again under the same name has its sliders in another order, and others."""
    kept = Settings(model=str(tiny_model_file), sliders={"Axis 2": 0.25, "Attack": 0.75})
    assert initial_request(kept).config.sliders == (0.0, 0.25)


def test_a_value_out_of_its_range_gives_way(tiny_model_file: Path) -> None:
    kept = Settings(model=str(tiny_model_file), sliders={"Brightness": 9.0}, vocoder="gone")
    assert initial_request(kept).config == GenerationConfig()


@pytest.mark.parametrize("choice", [DeviceChoice(), DeviceChoice("Box", "ALSA", 96_000, "low")])
def test_the_sound_output_of_last_time_comes_back(choice: DeviceChoice) -> None:
    kept = with_device(Settings(), choice, limiter=False)
    assert device_choice(kept) == choice
    assert not kept.limiter


def test_a_latency_that_never_was_gives_way() -> None:
    assert device_choice(Settings(latency="sometimes", device_rate=-1)) == DeviceChoice()
