"""Devices that PyTorch can compute on."""

from typing import Literal

DeviceKind = Literal["cuda", "mps", "cpu"]


def available_devices() -> tuple[DeviceKind, ...]:
    """Devices of this computer, the fastest first; "cpu" is always the last one."""
    import torch

    kinds: list[DeviceKind] = ["cuda"] if torch.cuda.is_available() else []
    if torch.backends.mps.is_available():
        kinds.append("mps")
    return (*kinds, "cpu")
