"""Output devices and the user's choice among them. Imports no audio library, for the window's sake."""

from dataclasses import dataclass
from typing import Literal, get_args

Latency = Literal["low", "normal", "safe"]
LATENCIES: tuple[Latency, ...] = get_args(Latency)


@dataclass(frozen=True)
class OutputDevice:
    """Present output device.

    Args:
        name: its name in the system.
        host_api: the system's audio interface to it: "ALSA", "Core Audio", "Windows WASAPI" …
        channels: maximum number of channels.
        sample_rate: default rate in Hz.
        is_default: whether it is the system's default output.
    """

    name: str
    host_api: str
    channels: int
    sample_rate: int
    is_default: bool


@dataclass(frozen=True)
class DeviceChoice:
    """The user's choice of device, rate and latency.

    Args:
        name: of the device; None for the system's default.
        host_api: needed where several lead to a device of that name; None for the first.
        sample_rate: Hz; None for that of the sounds.
        latency: "low" responds fastest, "safe" is the least likely to drop out.
    """

    name: str | None = None
    host_api: str | None = None
    sample_rate: int | None = None
    latency: Latency = "normal"

    @property
    def default(self) -> "DeviceChoice":
        """The system's default device, at this latency."""
        return DeviceChoice(latency=self.latency)

    def matches(self, device: OutputDevice) -> bool:
        """Whether the device is the chosen one."""
        if self.name is None:
            return device.is_default
        return device.name == self.name and self.host_api in (None, device.host_api)
