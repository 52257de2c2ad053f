"""The gate that a model's own vocoder has to pass before it plays unasked: figures of copies of held-out recordings.

Every window of held-out sound becomes a mel and, by each vocoder, a sound again. Of the distances between the two,
four decide (`DECIDING`), each in relation to the built-in vocoder's on the same window: their geometric mean over
windows and distances is how much better the own vocoder is. No torch.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

MARGIN = 0.02
"""The least gain that counts; smaller ones could not be told from chance between windows, nor be heard."""
LEVEL_WORSE_DB = 0.1
"""A level this much further off than the built-in vocoder's is none that is better otherwise."""
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


Table = Mapping[str, Distance]
"""Distances by the id of the vocoder."""


@dataclass(frozen=True)
class Gate:
    """What was measured.

    Args:
        windows, seconds: of held-out sound.
        gain: by which share the distances are smaller than the built-in vocoder's.
        gain_error: its standard error, by the differences between windows; 1 where there is one window alone.
        recordings: distances of copies, "own", "built-in" and "griffin-lim".
        reconstructions: the same where the mel is what the model makes of the recording.
    """

    windows: int
    seconds: float
    gain: float
    gain_error: float
    recordings: Table
    reconstructions: Table

    def __post_init__(self) -> None:
        numbers = (self.windows, self.seconds, self.gain, self.gain_error)
        if not all(isinstance(each, int | float) and math.isfinite(each) for each in numbers):
            raise ValueError("a figure is a finite number")
        if not {"own", "built-in"} <= self.recordings.keys():
            raise ValueError("two vocoders are compared")

    @property
    def passed(self) -> bool:
        """Whether the own vocoder plays unasked."""
        return self.gain >= max(MARGIN, _certain(self.windows) * self.gain_error) and not self._off_level

    @property
    def _off_level(self) -> bool:
        return self.recordings["own"].level_db > self.recordings["built-in"].level_db + LEVEL_WORSE_DB

    @property
    def verdict(self) -> str:
        """In words, without a stop."""
        if self.passed:
            return f"better than built-in by {100 * self.gain:.1f} % on held-out recordings"
        if self._off_level:
            return "not better than built-in on held-out recordings: its level is off"
        gain = f"{100 * self.gain:+.1f} %".replace("-", "−")
        return f"not better than built-in on held-out recordings: {gain}"

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Gate":
        """Raises KeyError, TypeError, AttributeError or ValueError where it is none."""
        plain = {each.name: values[each.name] for each in fields(cls)}
        tables = {name: _table(values[name]) for name in ("recordings", "reconstructions")}
        return cls(**(plain | tables))


def _certain(windows: int) -> float:
    """Standard errors by which a mean over so many windows has to be more than none.

    A little more than the 95th percentile of Student's distribution, which is 2.92, 2.13, 1.83 and 1.70 for 3, 5, 10
    and 32 of them.
    """
    return 1.65 + 2.6 / max(1, windows - 1)


def _table(values: Mapping[str, Any]) -> Table:
    return {str(name): Distance(**each) for name, each in values.items()}
