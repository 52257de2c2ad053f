"""Configuration of a generated sound; also the preset, the undo step and the cache key."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from distill_app.common.errors import SettingsError
from distill_app.models.axis import SLIDER_LIMIT

Mode = Literal["slider", "crossfade", "interpolate"]
MODES: tuple[Mode, ...] = get_args(Mode)
SECONDS_MIN, SECONDS_MAX = 0.1, 600.0


@dataclass(frozen=True)
class GenerationConfig:
    """Complete description of one sound of a model.

    Args:
        mode: "slider" holds the sound of the sliders; "crossfade" draws a new sound around them for each chunk;
            "interpolate" glides between sounds drawn around them.
        sliders: one value for each axis, -1.5 … +1.5; missing ones are 0.
        seconds: 0.1 … 600.
        seed: of everything random.
        drift: 0 … 1, deviation of the sound from the sliders over time; 1 is the spread of the corpus.
        grain: 0 … 1, share of the recordings' own texture, where the model carries recordings.

    Raises:
        SettingsError: a value is out of its range.
    """

    mode: Mode = "slider"
    sliders: tuple[float, ...] = ()
    seconds: float = 4.0
    seed: int = 0
    drift: float = 0.0
    grain: float = 1.0

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise SettingsError(f"There is no mode “{self.mode}”; choose one of: {', '.join(MODES)}.")
        if not SECONDS_MIN <= self.seconds <= SECONDS_MAX:
            raise SettingsError(f"The duration has to lie between {SECONDS_MIN} and {SECONDS_MAX:.0f} seconds.")
        if not all(math.isfinite(value) and abs(value) <= SLIDER_LIMIT for value in self.sliders):
            raise SettingsError(f"A slider goes from −{SLIDER_LIMIT} to +{SLIDER_LIMIT}.")
        if not 0 <= self.drift <= 1:
            raise SettingsError("The drift goes from 0 to 1.")
        if not 0 <= self.grain <= 1:
            raise SettingsError("The grain goes from 0 to 1.")
        if not 0 <= self.seed < 2**63:
            raise SettingsError("A seed is a whole number from 0 up.")
