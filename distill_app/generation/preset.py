"""A sound asked for as plain values, to be written beside what came of it. No torch."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from distill_app.errors import SettingsError
from distill_app.generation.config import GenerationConfig


def preset_values(config: GenerationConfig, vocoder: str) -> dict[str, Any]:
    """For JSON."""
    return {"vocoder": vocoder} | asdict(config) | {"sliders": list(config.sliders)}


def preset_from(values: Mapping[str, Any]) -> tuple[GenerationConfig, str]:
    """The sound and its vocoder's id. Raises SettingsError where the values are none of `preset_values`."""
    try:
        config = GenerationConfig(
            mode=values["mode"],
            sliders=tuple(float(value) for value in values["sliders"]),
            seconds=float(values["seconds"]),
            seed=int(values["seed"]),
            drift=float(values["drift"]),
        )
        return config, str(values["vocoder"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise SettingsError("How this take was played cannot be read; its sound is still there.") from error
