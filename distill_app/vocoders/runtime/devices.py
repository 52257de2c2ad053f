"""Where a network computes: which devices there are, and what it looks like when their memory is full."""

import copy
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from distill_app.common.errors import VocoderError
from distill_app.vocoders.networks.convnext import ConvNextGenerator
from distill_app.vocoders.networks.vocos import VocosHead
from distill_app.vocoders.runtime.compute_config import DeviceName
from distill_app.vocoders.runtime.thread_tuning import ThreadTuner, torch_threads

Network = Callable[[Tensor], Tensor]
"""Log-mel `[batch, bands, frames]` to samples `[batch, n]`: a module, or something else that is called like one."""

CPU = torch.device("cpu")
_NAMES: dict[DeviceName, str] = {"cuda": "NVIDIA graphics card", "mps": "Apple graphics processor", "cpu": "processor"}
_MEMORY_WORDS = ("out of memory", "not enough memory", "can't allocate memory", "alloc_failed")
_COMPLEX = (VocosHead, ConvNextGenerator)
"""What computes with complex numbers, which Metal does unreliably."""


def available_devices() -> tuple[DeviceName, ...]:
    """Those of this computer, the fastest first; the processor is always among them."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return tuple(name for name in _NAMES if there[name])


def choose_device(wanted: DeviceName) -> torch.device:
    """That one; of "auto" the fastest. Raises VocoderError where it is not there."""
    there = available_devices()
    if wanted == "auto":
        return torch.device(there[0])
    if wanted not in there:
        has = " or ".join(f"its {_NAMES[name]} (“{name}”)" for name in there)
        raise VocoderError(f"This computer has no {_NAMES[wanted]} that Distill can use; let it compute on {has}.")
    return torch.device(wanted)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether it says that memory is full, in one of the ways that torch says it; no other failure does."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _MEMORY_WORDS)


def empty_cache(device: torch.device) -> None:
    """Gives back what torch keeps of the device's memory for later."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


class DevicePlacement:
    """A network on a device, computing in single precision; several threads may use it.

    Args:
        network: on the processor, where it stays; a module gets a copy on any other device, at its first use.
        device: where it computes.
        threads_most: how many it may compute with on the processor, 0 for as many as anything else.
    """

    def __init__(self, network: Network, device: torch.device, threads_most: int = 0) -> None:
        self.device = device
        self._network = network
        self._trial = ThreadTuner(threads_most) if threads_most else None
        self._here: Network | None = None
        self._placing = threading.Lock()

    def __call__(self, mel: Tensor) -> Tensor:
        """Samples `[batch, n]` of a log-mel `[batch, bands, frames]`, both in the processor's memory."""
        threads = self._trial.threads if self._trial else 0
        begun = time.perf_counter()
        with _exact(self.device), torch_threads(threads):
            samples = self._placed()(mel.to(self.device, torch.float32)).to(CPU, torch.float32)
        if self._trial:
            self._trial.record(threads, mel.shape[-1], time.perf_counter() - begun)
        return samples

    def _placed(self) -> Network:
        with self._placing:
            if self._here is None:
                self._here = place_network(self._network, self.device)
            return self._here


def _exact(device: torch.device) -> AbstractContextManager[None]:
    """A graphics card rounds no factor to ten bits: a sound is the same wherever and in whatever pieces it is made."""
    return torch.backends.cudnn.flags(enabled=True, allow_tf32=False) if device.type == "cuda" else nullcontext()


def place_network(network: Network, device: torch.device) -> Network:
    """The network itself on the processor, a copy of it on any other device.

    On Metal, what computes with complex numbers is kept on the processor.
    """
    if device == CPU or not isinstance(network, nn.Module):
        return network
    twin = copy.deepcopy(network).to(device)
    return _pin_complex_layers(twin, CPU) if device.type == "mps" else twin


def _pin_complex_layers(network: nn.Module, device: torch.device) -> nn.Module:
    """The same network, its complex parts on that device."""

    def bring(_: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return tuple(each.to(device) for each in inputs)

    for part in network.modules():
        if isinstance(part, _COMPLEX):
            part.to(device).register_forward_pre_hook(bring)
    return network
