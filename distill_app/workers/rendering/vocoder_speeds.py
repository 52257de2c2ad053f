"""How fast vocoders are on this computer: what was measured is remembered in a small file. No torch.

A factor is seconds of work for a second of sound.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from distill_app.common.json_cache import load, save
from distill_app.common.paths import cache_folder
from distill_app.vocoders.registry import VocoderEntry
from distill_app.vocoders.runtime.compute_config import ComputeConfig

_VERSION = 1
_SAME = 0.2  # less of a change than this is not worth writing down


@dataclass(frozen=True)
class Speed:
    """What was measured of a vocoder.

    Args:
        factor: seconds of work for a second of sound.
        gmac_per_second: its cost, or that of a network that takes as long; 0 where nobody counted.
    """

    factor: float
    gmac_per_second: float = 0.0


@dataclass(frozen=True)
class Speeds:
    """What the file says.

    Args:
        automatic: the device that "auto" was here last, "" where nobody looked.
        measured: by place (see `place_of`) and vocoder.
    """

    automatic: str = ""
    measured: Mapping[str, Mapping[str, Speed]] = field(default_factory=dict)

    def known(self, vocoder: str, compute: ComputeConfig = ComputeConfig()) -> float | None:  # noqa: B008 - frozen
        """The factor measured last, None where there is none."""
        there = self._at(compute)
        return there[vocoder].factor if vocoder in there else None

    def expected(self, gmac_per_second: float, compute: ComputeConfig = ComputeConfig()) -> float | None:  # noqa: B008 - frozen
        """What a network of that cost should take, by the one measured there that costs most nearly as much.

        Small networks take several times as long for a multiplication as large ones. None where none was measured.
        """
        counted = [speed for speed in self._at(compute).values() if speed.gmac_per_second]
        if not counted or not gmac_per_second:
            return None
        nearest = min(counted, key=lambda speed: abs(math.log(speed.gmac_per_second / gmac_per_second)))
        return expected_factor(gmac_per_second, nearest.factor / nearest.gmac_per_second)

    def of(self, listing: VocoderEntry, compute: ComputeConfig = ComputeConfig()) -> float | None:  # noqa: B008 - frozen
        """Measured, else expected."""
        known = self.known(listing.info.id, compute)
        return self.expected(listing.gmac_per_second, compute) if known is None else known

    def with_measured(self, vocoder: str, speed: Speed, place: str) -> "Speeds":
        there = {**self.measured.get(place, {}), vocoder: speed}
        return replace(self, measured={**self.measured, place: there})

    def _at(self, compute: ComputeConfig) -> Mapping[str, Speed]:
        device = self.automatic if compute.device == "auto" else compute.device
        return self.measured.get(place_of(device, compute), {})


def expected_factor(gmac_per_second: float, seconds_per_gmac: float | None) -> float | None:
    """What a network of that cost should take where others take `seconds_per_gmac`; None where either is unknown."""
    return gmac_per_second * seconds_per_gmac if gmac_per_second and seconds_per_gmac is not None else None


def place_of(device: str, compute: ComputeConfig) -> str:
    """What a measurement holds for: the runtime asked for, and the device. ONNX Runtime computes on the processor."""
    return f"{compute.runtime}/{'cpu' if compute.runtime == 'onnx' else device}"


def speeds_file() -> Path:
    return cache_folder() / "speeds.json"


def read_speeds(path: Path | None = None) -> Speeds:
    """What is remembered; nothing where the file is missing or damaged."""
    return load(path or speeds_file(), _parsed, Speeds())


def remember_speed(vocoder: str, speed: Speed, place: str, automatic: str = "", path: Path | None = None) -> None:
    """Writes down what was measured, unless it is what is known already. A failure is logged: it is a convenience."""
    speeds = read_speeds(path)
    before = speeds.measured.get(place, {}).get(vocoder)
    news = before is None or abs(speed.factor - before.factor) > _SAME * before.factor
    if news or speeds.automatic != automatic:
        now = replace(speeds.with_measured(vocoder, speed, place), automatic=automatic)
        save(path or speeds_file(), {"version": _VERSION, **asdict(now)})


def _parsed(values: Any) -> Speeds:
    """Raises ValueError, KeyError, TypeError or AttributeError."""
    if values["version"] != _VERSION or not isinstance(values["automatic"], str):
        raise ValueError("of another version")
    places = values["measured"].items()
    return Speeds(
        values["automatic"],
        {place: {name: _checked(Speed(**each)) for name, each in there.items()} for place, there in places},
    )


def _checked(speed: Speed) -> Speed:
    if not (0 < speed.factor < math.inf and 0 <= speed.gmac_per_second < math.inf):
        raise ValueError(f"{speed.factor} and {speed.gmac_per_second} are no speed")
    return speed
