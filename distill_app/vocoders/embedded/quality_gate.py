"""Quality gate of an embedded vocoder: it is the default of its model only after it passed.

Held-out recordings are cut into windows. Each becomes a mel and, by each vocoder, sound again. Four distances to the
recording decide (`DECIDING`): per window, the geometric mean of their ratios to those of the built-in vocoder; of these
ratios, the median over all windows, so that a single window that gains a lot cannot decide. No torch.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

MARGIN = 0.02
"""Least gain. One network was 1.5 % nearer on half of the held-out windows and 1.3 % farther on the other half."""
CHANCE = 0.05
"""Largest p-value of the sign test over windows."""
LEVEL_WORSE_DB = 0.1
"""Largest level error in excess of the built-in vocoder's."""
WINDOWS_MAX = 1_000
DECIDING = ("log_mel", "mr_stft", "group_delay", "frequency")


@dataclass(frozen=True)
class Distance:
    """Mean distances over windows, see `distill_app.dsp.distances`.

    Args:
        log_mel, mr_stft: in nepers.
        group_delay, frequency: errors of the phase's steps, in rad.
        level_db: error of the RMS level.

    Raises ValueError where one is negative or not finite.
    """

    log_mel: float
    mr_stft: float
    group_delay: float
    frequency: float
    level_db: float

    def __post_init__(self) -> None:
        if not all(isinstance(each, float) and 0 <= each < math.inf for each in asdict(self).values()):
            raise ValueError("a distance is a number from 0 up")


DistanceTable = Mapping[str, Distance]
"""Distances by vocoder id."""


@dataclass(frozen=True)
class QualityGate:
    """Measurements of an embedded vocoder on held-out recordings.

    Args:
        windows: number of windows measured.
        nearer: number of windows in which it is nearer than the built-in vocoder.
        seconds: duration of the windows.
        gain: median relative decrease of the distances.
        recordings: distances of "own", "built-in" and "griffin-lim" for mels of the recordings.
        reconstructions: distances for the model's reconstructions of those mels.
        outdated: whether the model was trained on other recordings since.

    Raises ValueError where a value is invalid.
    """

    windows: int
    nearer: int
    seconds: float
    gain: float
    recordings: DistanceTable
    reconstructions: DistanceTable
    outdated: bool = False

    def __post_init__(self) -> None:
        if not all(isinstance(each, int | float) and math.isfinite(each) for each in (self.seconds, self.gain)):
            raise ValueError("seconds and gain are finite numbers")
        if not (type(self.windows) is type(self.nearer) is int and 0 <= self.nearer <= self.windows <= WINDOWS_MAX):
            raise ValueError(f"windows are counted from 0 to {WINDOWS_MAX}")
        if not {"own", "built-in"} <= self.recordings.keys():
            raise ValueError("two vocoders are compared")
        if type(self.outdated) is not bool:
            raise ValueError("outdated is true or false")

    @property
    def passed(self) -> bool:
        """Whether the embedded vocoder is the default."""
        significant = self.gain >= MARGIN and _sign_test(self.nearer, self.windows) <= CHANCE
        return significant and not self._is_level_off and not self.outdated

    @property
    def _is_level_off(self) -> bool:
        return self.recordings["own"].level_db > self.recordings["built-in"].level_db + LEVEL_WORSE_DB

    @property
    def short_verdict(self) -> str:
        """Result in a few words, for a list."""
        if self.outdated:
            return "not measured since the model learned more"
        return f"better than built-in by {100 * self.gain:.1f} %" if self.passed else "not better than built-in"

    @property
    def verdict(self) -> str:
        """Result with its reason, without a full stop."""
        if self.outdated:
            return self.short_verdict
        words = f"{self.short_verdict} on held-out recordings"
        if self.passed:
            return words
        gain = f"{100 * self.gain:+.1f} %".replace("-", "−")
        why = "its level is off" if self._is_level_off else f"{gain}, nearer in {self.nearer} of {self.windows} windows"
        return f"{words}: {why}"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "QualityGate":
        """Raises KeyError, TypeError, AttributeError or ValueError where a value is missing or invalid."""
        plain = {each.name: values[each.name] for each in fields(cls) if each.name in values}
        tables = {name: _table(values[name]) for name in ("recordings", "reconstructions")}
        return cls(**(plain | tables))


def _sign_test(nearer: int, windows: int) -> float:
    """One-sided p-value: probability of at least `nearer` of `windows` by chance."""
    return sum(math.comb(windows, number) for number in range(nearer, windows + 1)) / 2**windows


def _table(values: Mapping[str, Any]) -> DistanceTable:
    return {str(name): Distance(**each) for name, each in values.items()}
