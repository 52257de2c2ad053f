"""Settings of the tone: each changes one thing of a sound, whatever the model. No torch."""

import math
from dataclasses import astuple, dataclass, replace
from typing import Literal

from distill_app.common.errors import SettingsError

Plays = Literal["all", "sustained", "one-shots"]


@dataclass(frozen=True)
class ToneControl:
    """Slider of the tone.

    Args:
        id: name of the field of `Tone`, and in files.
        name: name of the slider.
        plays: sounds that it changes.
        low: its lowest value; the highest is 1.
    """

    id: str
    name: str
    plays: Plays = "all"
    low: float = -1.0


TONE_CONTROLS = (
    ToneControl("loudness", "Loudness"),
    ToneControl("pitch", "Pitch"),
    ToneControl("brightness", "Brightness"),
    ToneControl("warmth", "Warmth"),
    ToneControl("air", "Air"),
    ToneControl("noisiness", "Noisiness"),
    ToneControl("motion", "Motion", "sustained"),
    ToneControl("roughness", "Roughness"),
    ToneControl("modulation", "Modulation", "sustained"),
    ToneControl("attack", "Attack", "one-shots", low=0.0),
    ToneControl("decay", "Decay", "one-shots"),
    ToneControl("speed", "Speed", "sustained"),
)
"""All sliders, in the order in which they are shown."""


def controls_for(one_shots: bool) -> tuple[ToneControl, ...]:
    """Sliders that change the sounds of a model of one-shots, or of sustained sounds."""
    kinds = ("all", "one-shots" if one_shots else "sustained")
    return tuple(control for control in TONE_CONTROLS if control.plays in kinds)


_LOUDER_DB, _SOFTER_DB = 6.0, 18.0


@dataclass(frozen=True)
class Tone:
    """One value of -1 … +1 for each slider, of 0 … 1 for the attack; 0 leaves the sound as it is.

    Args:
        modulation_rate: Hz, of the modulation that is added.

    Raises:
        SettingsError: a value is out of its range.
    """

    loudness: float = 0.0
    pitch: float = 0.0
    brightness: float = 0.0
    warmth: float = 0.0
    air: float = 0.0
    noisiness: float = 0.0
    motion: float = 0.0
    roughness: float = 0.0
    modulation: float = 0.0
    attack: float = 0.0
    decay: float = 0.0
    speed: float = 0.0
    modulation_rate: float = 5.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) and abs(value) <= 1 for value in astuple(self)[:-1]):
            raise SettingsError("A tone slider goes from −1 to +1.")
        if self.attack < 0:
            raise SettingsError("An attack can be made slower, not faster: it goes from 0 to +1.")
        if not 0.5 <= self.modulation_rate <= 15:
            raise SettingsError("The rate of the modulation goes from 0.5 to 15 Hz.")

    @property
    def is_neutral(self) -> bool:
        """Whether it leaves every sound as it is."""
        return self.amount == 0

    @property
    def amount(self) -> float:
        """Largest magnitude of all sliders."""
        return max(abs(value) for value in astuple(self)[:-1])

    @property
    def loudness_db(self) -> float:
        """Change of level. Upwards it is smaller, because peaks have to stay below full scale."""
        return self.loudness * (_LOUDER_DB if self.loudness > 0 else _SOFTER_DB)

    @property
    def pitch_ratio(self) -> float:
        """Factor of all frequencies: ±1 is an octave."""
        return 2.0**self.pitch

    @property
    def speed_ratio(self) -> float:
        """Factor of the pace: ±1 is four times as fast, or slow."""
        return 4.0**self.speed

    def value(self, control: str) -> float:
        """Value of the slider with the id `control`."""
        return float(getattr(self, control))

    def with_value(self, control: str, value: float) -> "Tone":
        """Tone with another value of the slider with the id `control`."""
        return replace(self, **{control: value})


NEUTRAL = Tone()
"""Tone that leaves every sound as it is."""
