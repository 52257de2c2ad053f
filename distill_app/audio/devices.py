"""Sound outputs by name, and what a person may choose of them. No audio library here: the window imports this."""

from dataclasses import dataclass
from typing import Literal, get_args

Latency = Literal["low", "normal", "safe"]
LATENCIES: tuple[Latency, ...] = get_args(Latency)


@dataclass(frozen=True)
class OutputDevice:
    """Something that can play.

    Args:
        name: as the system calls it.
        host_api: the system's way to it, "ALSA", "Core Audio", "Windows WASAPI" …
        channels: how many it has at most.
        sample_rate: Hz, the rate it prefers.
        is_default: whether the system plays there where nothing else is chosen.
    """

    name: str
    host_api: str
    channels: int
    sample_rate: int
    is_default: bool


@dataclass(frozen=True)
class DeviceChoice:
    """Where and how to play.

    Args:
        name: of the device; None for the system's default.
        host_api: where several lead to a device of that name; None for the first.
        sample_rate: Hz; None for that of the sounds.
        latency: "low" answers the hand soonest, "safe" stumbles last.
    """

    name: str | None = None
    host_api: str | None = None
    sample_rate: int | None = None
    latency: Latency = "normal"

    @property
    def default(self) -> "DeviceChoice":
        """The system's default device instead, as quick to answer."""
        return DeviceChoice(latency=self.latency)

    def names(self, device: OutputDevice) -> bool:
        """Whether this is the chosen one."""
        if self.name is None:
            return device.is_default
        return device.name == self.name and self.host_api in (None, device.host_api)
