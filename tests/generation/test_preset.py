"""A preset holds configuration and vocoder as JSON."""

import json
from typing import Any

import pytest

from distill_app.common.errors import SettingsError
from distill_app.generation.config import GenerationConfig
from distill_app.generation.preset import parse_preset, preset_values
from distill_app.tone.tone import Tone


def test_a_preset_comes_back_from_json() -> None:
    config = GenerationConfig("interpolate", (0.25, -1.5), 2.5, 7, 0.125, 0.5, endless=True, start=900)
    config = config.moved((0.5, 0.0), 12).with_tone(Tone(air=0.5, speed=-0.25, modulation_rate=3.0), 40)
    values = preset_values(config, "built-in")
    assert parse_preset(values) == parse_preset(json.loads(json.dumps(values))) == (config, "built-in")


def test_a_preset_of_before_there_was_grain_has_none() -> None:
    values = preset_values(GenerationConfig(), "built-in")
    del values["grain"], values["moves"], values["endless"], values["start"], values["tone"], values["tempo_since"]
    assert parse_preset(values)[0] == GenerationConfig(grain=0.0)


@pytest.mark.parametrize(
    "change",
    [
        {"sliders": 3},
        {"sliders": [9.0]},
        {"seed": None},
        {"mode": []},
        {"seconds": "long"},
        {"drift": 1e400},
        {"grain": 2.0},
        {"endless": 3},
        {"start": -1},
        {"start": 2**31},
        {"moves": 3},
        {"moves": [3]},
        {"tone": 3},
        {"tone": {"air": 7.0}},
        {"tone": {"air": "much"}},
        {"tempo_since": [1]},
        {"tempo_since": [-1, 0]},
        {"moves": [{"frame": 0, "sliders": []}]},
        {"moves": [{"frame": 5, "sliders": [9.0]}]},
        {"moves": [{"frame": 5, "sliders": []}] * 2},
        {"moves": [{"frame": each + 1, "sliders": []} for each in range(513)]},
    ],
)
def test_invalid_presets_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        parse_preset(preset_values(GenerationConfig(), "built-in") | change)
    with pytest.raises(SettingsError, match="cannot be read"):
        parse_preset({})
