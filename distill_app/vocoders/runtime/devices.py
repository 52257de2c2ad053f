"""Devices of this computer, networks on them, and recognising that their memory is full."""

import copy
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from distill_app.common.errors import VocoderError
from distill_app.common.torch_devices import available_devices
from distill_app.vocoders.networks.convnext import ConvNextGenerator
from distill_app.vocoders.networks.vocos import VocosHead
from distill_app.vocoders.runtime.compute_config import DeviceName
from distill_app.vocoders.runtime.thread_tuning import ThreadTuner, torch_threads

Network = Callable[[Tensor], Tensor]
"""Log-mel `[batch, bands, frames]` to samples `[batch, n]`: an `nn.Module` or another callable."""

CPU = torch.device("cpu")
_NAMES: dict[DeviceName, str] = {"cuda": "NVIDIA graphics card", "mps": "Apple graphics processor", "cpu": "processor"}
_OUT_OF_MEMORY = ("out of memory", "not enough memory", "can't allocate memory", "alloc_failed")
_COMPLEX_LAYERS = (VocosHead, ConvNextGenerator)
"""Layers with complex numbers, which Metal computes unreliably."""


def choose_device(name: DeviceName) -> torch.device:
    """Device of that name; the fastest for "auto". Raises VocoderError where it does not exist."""
    available = available_devices()
    if name == "auto":
        return torch.device(available[0])
    if name not in available:
        has = " or ".join(f"its {_NAMES[each]} (“{each}”)" for each in available)
        raise VocoderError(f"This computer has no {_NAMES[name]} that Distill can use; let it compute on {has}.")
    return torch.device(name)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error of torch means that memory is full."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _OUT_OF_MEMORY)


def empty_cache(device: torch.device) -> None:
    """Release device memory that torch caches."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


class DevicePlacement:
    """A network on a device, in single precision; thread-safe.

    Args:
        network: the network on the CPU; a module is copied to another device at the first call.
        device: device that computes it.
        threads_most: most threads on the CPU, tuned while it works; 0 for torch's default.
    """

    def __init__(self, network: Network, device: torch.device, threads_most: int = 0) -> None:
        self.device = device
        self._network = network
        self._tuner = ThreadTuner(threads_most) if threads_most else None
        self._placed_network: Network | None = None
        self._lock = threading.Lock()

    def __call__(self, mel: Tensor) -> Tensor:
        """Samples `[batch, n]` of a log-mel `[batch, bands, frames]`, both on the CPU."""
        threads = self._tuner.threads if self._tuner else 0
        started = time.perf_counter()
        with _without_tf32(self.device), torch_threads(threads):
            samples = self._network_on_device()(mel.to(self.device, torch.float32)).to(CPU, torch.float32)
        if self._tuner:
            self._tuner.record(threads, mel.shape[-1], time.perf_counter() - started)
        return samples

    def _network_on_device(self) -> Network:
        with self._lock:
            if self._placed_network is None:
                self._placed_network = place_network(self._network, self.device)
            return self._placed_network


def _without_tf32(device: torch.device) -> AbstractContextManager[None]:
    """Context without TF32, which would make the samples depend on the GPU and on the chunks."""
    return torch.backends.cudnn.flags(enabled=True, allow_tf32=False) if device.type == "cuda" else nullcontext()


def place_network(network: Network, device: torch.device) -> Network:
    """Network itself for the CPU, a copy on any other device. On Metal, complex layers stay on the CPU."""
    if device == CPU or not isinstance(network, nn.Module):
        return network
    copied = copy.deepcopy(network).to(device)
    return _pin_complex_layers(copied, CPU) if device.type == "mps" else copied


def _pin_complex_layers(network: nn.Module, device: torch.device) -> nn.Module:
    """Move the complex layers of a network to another device, and their inputs when it is called."""

    def move_inputs(_: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return tuple(each.to(device) for each in inputs)

    for part in network.modules():
        if isinstance(part, _COMPLEX_LAYERS):
            part.to(device).register_forward_pre_hook(move_inputs)
    return network
