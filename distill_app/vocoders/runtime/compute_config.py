"""Where and with what a network is computed: the person's choice. No torch."""

from dataclasses import dataclass
from typing import Literal

DeviceName = Literal["auto", "cpu", "cuda", "mps"]
Runtime = Literal["auto", "torch", "onnx"]


@dataclass(frozen=True)
class ComputeConfig:
    """A choice; "auto" takes what is there and was measured to be faster.

    Args:
        device: processor or graphics card.
        runtime: PyTorch or ONNX Runtime.
    """

    device: DeviceName = "auto"
    runtime: Runtime = "auto"
