"""The gate that a model's own vocoder has to pass before it plays unasked: figures of copies of held-out recordings.

Every window of held-out sound becomes a mel and, by each vocoder, a sound again. Of the distances between the two,
four decide (`DECIDING`), each in relation to the built-in vocoder's on the same window; their geometric mean says how
much nearer the own vocoder is in that window, and the median over windows how much nearer it is. The median, because
windows differ a lot: one that gains much must not speak for others that do not. No torch.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

MARGIN = 0.02
"""The least gain that counts: the same network came out 1.5 % nearer on one half of what was held out and 1.3 % farther
on the other."""
CHANCE = 0.05
"""Likelihood that so many windows come out nearer by chance alone (sign test), at the most."""
LEVEL_WORSE_DB = 0.1
"""A level this much further off than the built-in vocoder's is none that is better otherwise."""
WINDOWS_MAX = 1_000
DECIDING = ("log_mel", "mr_stft", "group_delay", "frequency")


@dataclass(frozen=True)
class Distance:
    """Means over windows, see `distill_app.dsp.distances`.

    Args:
        log_mel, mr_stft: in nepers.
        group_delay, frequency: errors of the phase's steps, in rad.
        level_db: of the RMS levels.
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
"""Distances by the id of the vocoder."""


@dataclass(frozen=True)
class QualityGate:
    """What was measured.

    Args:
        windows, seconds: of held-out sound.
        nearer: windows in which the own vocoder is nearer than the built-in one.
        gain: by which share its distances are smaller.
        recordings: distances of copies, "own", "built-in" and "griffin-lim".
        reconstructions: the same where the mel is what the model makes of the recording.
        outdated: the model has learned from other recordings since.
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
            raise ValueError("a figure is a finite number")
        if not (type(self.windows) is type(self.nearer) is int and 0 <= self.nearer <= self.windows <= WINDOWS_MAX):
            raise ValueError("so many windows are none")
        if not {"own", "built-in"} <= self.recordings.keys():
            raise ValueError("two vocoders are compared")
        if type(self.outdated) is not bool:
            raise ValueError("it is outdated or not")

    @property
    def passed(self) -> bool:
        """Whether the own vocoder plays unasked."""
        sure = self.gain >= MARGIN and _chance(self.nearer, self.windows) <= CHANCE
        return sure and not self._off_level and not self.outdated

    @property
    def _off_level(self) -> bool:
        return self.recordings["own"].level_db > self.recordings["built-in"].level_db + LEVEL_WORSE_DB

    @property
    def short_verdict(self) -> str:
        """The verdict in fewer words."""
        if self.outdated:
            return "not measured since the model learned more"
        return f"better than built-in by {100 * self.gain:.1f} %" if self.passed else "not better than built-in"

    @property
    def verdict(self) -> str:
        """In words, without a stop."""
        if self.outdated:
            return self.short_verdict
        words = f"{self.short_verdict} on held-out recordings"
        if self.passed:
            return words
        gain = f"{100 * self.gain:+.1f} %".replace("-", "−")
        why = "its level is off" if self._off_level else f"{gain}, nearer in {self.nearer} of {self.windows} windows"
        return f"{words}: {why}"

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "QualityGate":
        """Raises KeyError, TypeError, AttributeError or ValueError where it is none."""
        plain = {each.name: values[each.name] for each in fields(cls) if each.name in values}
        tables = {name: _table(values[name]) for name in ("recordings", "reconstructions")}
        return cls(**(plain | tables))


def _chance(nearer: int, windows: int) -> float:
    """Likelihood of so many or more where either vocoder is as likely to be nearer."""
    return sum(math.comb(windows, number) for number in range(nearer, windows + 1)) / 2**windows


def _table(values: Mapping[str, Any]) -> DistanceTable:
    return {str(name): Distance(**each) for name, each in values.items()}
