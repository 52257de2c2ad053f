"""A preset holds configuration and vocoder as JSON."""

import json
from typing import Any

import pytest

from distill_app.common.errors import SettingsError
from distill_app.generation.config import GenerationConfig
from distill_app.generation.preset import parse_preset, preset_values


def test_a_preset_comes_back_from_json() -> None:
    config = GenerationConfig("interpolate", (0.25, -1.5), 2.5, 7, 0.125)
    assert parse_preset(json.loads(json.dumps(preset_values(config, "built-in")))) == (config, "built-in")


@pytest.mark.parametrize(
    "change", [{"sliders": 3}, {"sliders": [9.0]}, {"seed": None}, {"mode": []}, {"seconds": "long"}, {"drift": 1e400}]
)
def test_invalid_presets_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        parse_preset(preset_values(GenerationConfig(), "built-in") | change)
    with pytest.raises(SettingsError, match="cannot be read"):
        parse_preset({})
