"""State of the player as the window shows it, free of the audio libraries."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Levels:
    """Output levels since the last poll.

    Args:
        peaks_dbfs: of the left and the right channel; minus infinity for silence.
        clipped: whether a sample exceeded full scale, which the limiter prevents.
        limited: whether the limiter turned something down.
    """

    peaks_dbfs: tuple[float, float]
    clipped: bool
    limited: bool = False


@dataclass(frozen=True)
class PlayerStatus:
    """Open sound device, its latency and its faults.

    Args:
        device: name of the sound output, "" where none is open.
        sample_rate: Hz of the device, 0 where none is open.
        latency_seconds: from a change until it is heard, `ring_seconds + device_seconds`.
        underflows: how often the device had nothing to play since it was opened.
        callback: "C" or "Python"; the second may stutter while the computer is busy.
        host_api: the system's audio interface to the device.
        ring_seconds: audio queued ahead of the device.
        device_seconds: latency that the device reports.
        load: share of the time, 0 … 1, that goes into keeping the device fed.
        fallen_back: whether another device plays because the chosen one is unavailable.
        notice: a sentence about the last change of device, "" where there was none.
    """

    device: str = ""
    sample_rate: int = 0
    latency_seconds: float = 0.0
    underflows: int = 0
    callback: str = ""
    host_api: str = ""
    ring_seconds: float = 0.0
    device_seconds: float = 0.0
    load: float = 0.0
    fallen_back: bool = False
    notice: str = ""
