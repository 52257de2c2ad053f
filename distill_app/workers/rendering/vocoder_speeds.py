"""Speed of vocoders on this computer, measured while they render and kept in a small file. No torch.

A factor is seconds of work for a second of sound.
"""

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from distill_app.common.json_cache import load, save
from distill_app.common.paths import cache_folder
from distill_app.vocoders.built_in import BUILT_IN, GRIFFIN_LIM
from distill_app.vocoders.registry import VocoderEntry
from distill_app.vocoders.runtime.compute_config import ComputeConfig

T = TypeVar("T")
_MIN_SECONDS = 1.0  # of sound: in a shorter one its beginning and end count too much
_EQUIVALENT_GMAC_PER_SECOND = {BUILT_IN.id: 1.9, GRIFFIN_LIM.id: 3.6}
"""Cost of large networks that take as long as these vocoders, which are more than a network (measured side by side)."""
_VERSION = 1
_SAME = 0.2  # relative change below which nothing is written


@dataclass(frozen=True)
class Speed:
    """Measured speed of a vocoder.

    Args:
        factor: seconds of work for a second of sound.
        gmac_per_second: its cost, or that of a network that takes as long; 0 where it was not counted.
    """

    factor: float
    gmac_per_second: float = 0.0


@dataclass(frozen=True)
class Speeds:
    """Content of the file.

    Args:
        automatic: the device that "auto" chose last, "" where it has not chosen yet.
        measured: by place (see `place_of`) and vocoder.
    """

    automatic: str = ""
    measured: Mapping[str, Mapping[str, Speed]] = field(default_factory=dict)

    def known(self, vocoder: str, compute: ComputeConfig = ComputeConfig()) -> float | None:  # noqa: B008 - frozen
        """Factor measured last, None where there is none."""
        there = self._at(compute)
        return there[vocoder].factor if vocoder in there else None

    def expected(self, gmac_per_second: float, compute: ComputeConfig = ComputeConfig()) -> float | None:  # noqa: B008 - frozen
        """Factor estimated from the cost, in proportion to the measured network of the nearest cost.

        Small networks take several times as long for a multiplication as large ones. None where none was measured.
        """
        counted = [speed for speed in self._at(compute).values() if speed.gmac_per_second]
        if not counted or not gmac_per_second:
            return None
        nearest = min(counted, key=lambda speed: abs(math.log(speed.gmac_per_second / gmac_per_second)))
        return expected_factor(gmac_per_second, nearest.factor / nearest.gmac_per_second)

    def factor_of(self, entry: VocoderEntry, compute: ComputeConfig = ComputeConfig()) -> float | None:  # noqa: B008 - frozen
        """Measured factor, else the expected one."""
        known = self.known(entry.info.id, compute)
        return self.expected(entry.gmac_per_second, compute) if known is None else known

    def with_measured(self, vocoder: str, speed: Speed, place: str) -> "Speeds":
        there = {**self.measured.get(place, {}), vocoder: speed}
        return replace(self, measured={**self.measured, place: there})

    def _at(self, compute: ComputeConfig) -> Mapping[str, Speed]:
        device = self.automatic if compute.device == "auto" else compute.device
        return self.measured.get(place_of(device, compute), {})


def expected_factor(gmac_per_second: float, seconds_per_gmac: float | None) -> float | None:
    """Factor of a network of that cost at `seconds_per_gmac`; None where either is unknown."""
    return gmac_per_second * seconds_per_gmac if gmac_per_second and seconds_per_gmac is not None else None


def place_of(device: str, compute: ComputeConfig) -> str:
    """Runtime and device that a measurement holds for, as "runtime/device". ONNX Runtime computes on the processor."""
    return f"{compute.runtime}/{'cpu' if compute.runtime == 'onnx' else device}"


def speeds_file() -> Path:
    return cache_folder() / "speeds.json"


def read_speeds(path: Path | None = None) -> Speeds:
    """Saved measurements; none where the file is missing or damaged."""
    return load(path or speeds_file(), _parsed, Speeds())


def save_speed(vocoder: str, speed: Speed, place: str, automatic: str = "", path: Path | None = None) -> bool:
    """Saves a measurement unless it is close to the saved one; whether it was. A failure to write is logged."""
    speeds = read_speeds(path)
    before = speeds.measured.get(place, {}).get(vocoder)
    changed = before is None or abs(speed.factor - before.factor) > _SAME * before.factor
    if not changed and speeds.automatic == automatic:
        return False
    now = replace(speeds.with_measured(vocoder, speed, place), automatic=automatic)
    save(path or speeds_file(), {"version": _VERSION, **asdict(now)})
    return True


class VocoderTimer:
    """Sums up the time that a vocoder takes for its blocks, without what happens between them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, blocks: Iterable[T]) -> Iterator[T]:
        """Passes the blocks on, and times each."""
        iterator = iter(blocks)
        while True:
            begun = time.perf_counter()
            block = next(iterator, None)
            self.seconds += time.perf_counter() - begun
            if block is None:
                return
            yield block

    def save(
        self, vocoder: str, gmac_per_second: float, sound_seconds: float, compute: ComputeConfig, device: str, auto: str
    ) -> bool:
        """Saves the speed at which `sound_seconds` were rendered, if that is long enough; whether it has changed.

        Args:
            device: type of the device that computed.
            auto: type of the device that "auto" chooses here.
        """
        if sound_seconds < _MIN_SECONDS:
            return False
        gmac = _EQUIVALENT_GMAC_PER_SECOND.get(vocoder, gmac_per_second)
        return save_speed(vocoder, Speed(self.seconds / sound_seconds, gmac), place_of(device, compute), auto)


def _parsed(values: Any) -> Speeds:
    """Raises ValueError, KeyError, TypeError or AttributeError."""
    if values["version"] != _VERSION or not isinstance(values["automatic"], str):
        raise ValueError("another version")
    places = values["measured"].items()
    return Speeds(
        values["automatic"],
        {place: {name: _checked(Speed(**each)) for name, each in there.items()} for place, there in places},
    )


def _checked(speed: Speed) -> Speed:
    if not (0 < speed.factor < math.inf and 0 <= speed.gmac_per_second < math.inf):
        raise ValueError(f"{speed.factor} and {speed.gmac_per_second} are no speed")
    return speed
