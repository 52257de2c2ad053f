"""Device and runtime that the user chose for networks. No torch."""

from dataclasses import dataclass
from typing import Literal

DeviceName = Literal["auto", "cpu", "cuda", "mps"]
Runtime = Literal["auto", "torch", "onnx"]


@dataclass(frozen=True)
class ComputeConfig:
    """Device and runtime of a network; "auto" selects the fastest that is available.

    Args:
        device: CPU or GPU.
        runtime: PyTorch or ONNX Runtime.
    """

    device: DeviceName = "auto"
    runtime: Runtime = "auto"
