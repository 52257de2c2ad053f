"""Communication between the processes that train one model, on one machine or several, as torchrun starts them.

Rank 0, the main process, alone evaluates, reports, writes and decides. It tells the others before each step that there
is one, how far the training has come, and when it ends. CPU tensors travel through gloo and CUDA tensors through NCCL;
gradients are averaged by DistributedDataParallel (Li et al. 2020, “PyTorch Distributed: Experiences on Accelerating
Data Parallel Training”).
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from inspect import signature
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from distill_app.common.errors import SettingsError, TrainingError
from distill_app.common.torch_devices import available_devices

Loss = Callable[[], Tensor]

ENDED = 1.0
"""Sent instead of the fraction done, 0 … 1, when no step follows."""
WAITING = -1.0
"""Sent when a step may follow later."""
SYNC_WEIGHTS = -2.0
"""Sent when all processes copy the network of the main process."""

TIMEOUT_SECONDS = 300.0
"""A process that ends is missed at once, a machine that falls silent after this."""
_SYNC = "forward_sync_buffers"
_NO_BUFFER_SYNC: dict[str, Any] = {
    _SYNC if _SYNC in signature(DistributedDataParallel.__init__).parameters else "broadcast_buffers": False
}
"""By its name in this version of torch: buffers that no step changes need not be sent in each."""
_ENVIRONMENT = (("RANK", 0), ("LOCAL_RANK", 0), ("WORLD_SIZE", 1))
_LOST = (
    "Another process of this training is gone or cannot be reached; "
    "start all of them again with --resume, and it goes on from the last checkpoint."
)
_NOT_CONNECTED = (
    "WORLD_SIZE in the environment tells of several processes, but they do not find together; start them with torchrun."
)
_UNEVEN = "{} windows cannot be shared evenly by {} processes; choose a multiple of {} with --batch."


class SingleProcess:
    """A training in one process: nothing to exchange.

    Args:
        device: of the networks.
    """

    rank, local_rank, world_size = 0, 0, 1

    def __init__(self, device: torch.device | str = "cpu") -> None:
        self.device = torch.device(device)

    @property
    def is_main(self) -> bool:
        """Whether this process evaluates, reports, writes and decides."""
        return self.rank == 0

    def shard(self, values: Tensor) -> Tensor:
        """Rows of a batch that this process computes, of all that every process has drawn."""
        return values

    def mean(self, values: Tensor) -> Tensor:
        """Mean over the processes, without a gradient."""
        return values.detach()

    def backward(self, network: nn.Module, loss: Loss) -> Tensor:
        """Loss of this process; its gradients, averaged over the processes, are left in the network."""
        value = loss()
        torch.autograd.backward(value)
        return value.detach()

    def data_parallel(self, network: nn.Module) -> nn.Module:
        """Wrapper of a network whose gradients are averaged over the processes; see `unwrap`."""
        return network

    def broadcast_float(self, value: float) -> float:
        """Value of the main process: the fraction done, ENDED, WAITING or SYNC_WEIGHTS."""
        return value

    def broadcast_bytes(self, data: bytes) -> bytes:
        """Data of the main process."""
        return data

    def broadcast_tensors(self, values: Iterable[Tensor]) -> None:
        """Overwrites tensors with those of the main process."""

    def all_reduce_and(self, value: bool) -> bool:
        """Whether the value is true in every process."""
        return value


SINGLE_PROCESS = SingleProcess()


class ProcessGroup(SingleProcess):
    """One of several processes. Each method has to be called in all of them, in the same order.

    Raises TrainingError in each of them where another process is gone.
    """

    def __init__(self, rank: int, world_size: int, local_rank: int, device: torch.device | str = "cpu") -> None:
        super().__init__(device)
        self.rank, self.world_size, self.local_rank = rank, world_size, local_rank
        self._parallel: DistributedDataParallel | None = None

    def shard(self, values: Tensor) -> Tensor:
        """Raises TrainingError where the rows cannot be shared evenly."""
        size, rest = divmod(len(values), self.world_size)
        if rest:
            raise TrainingError(_UNEVEN.format(len(values), self.world_size, self.world_size))
        return values[self.rank * size : (self.rank + 1) * size]

    def mean(self, values: Tensor) -> Tensor:
        with _connection():
            total = values.detach().clone()
            dist.all_reduce(total)
        return total / self.world_size

    def backward(self, network: nn.Module, loss: Loss) -> Tensor:
        if self._parallel is None:
            with _connection():
                self._parallel = DistributedDataParallel(_LossModule(network), **_NO_BUFFER_SYNC)
        value: Tensor = self._parallel(loss)
        with _connection():
            torch.autograd.backward(value)
        return value.detach()

    def data_parallel(self, network: nn.Module) -> nn.Module:
        with _connection():
            return DistributedDataParallel(network, [self.device] if self.device.type == "cuda" else None)

    def broadcast_float(self, value: float) -> float:
        return float(_broadcast(torch.tensor([value], dtype=torch.double)))

    def broadcast_bytes(self, data: bytes) -> bytes:
        size = int(_broadcast(torch.tensor([len(data)])))
        content = torch.frombuffer(bytearray(data), dtype=torch.uint8) if self.is_main else torch.empty(size).byte()
        return bytes(_broadcast(content).numpy())

    def broadcast_tensors(self, values: Iterable[Tensor]) -> None:
        for each in values:
            _broadcast(each)

    def all_reduce_and(self, value: bool) -> bool:
        with _connection():
            answers = torch.tensor([int(value)])
            dist.all_reduce(answers, dist.ReduceOp.MIN)
        return bool(answers)


class _LossModule(nn.Module):
    """Module whose forward pass is any loss of a network, as DistributedDataParallel needs it."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, loss: Loss) -> Tensor:
        return loss()


def unwrap(network: nn.Module) -> nn.Module:
    """Network inside a `data_parallel` wrapper."""
    return network.module if isinstance(network, DistributedDataParallel) else network


def _broadcast(values: Tensor) -> Tensor:
    with _connection():
        dist.broadcast(values, 0)
    return values


@contextmanager
def _connection() -> Iterator[None]:
    """Raises TrainingError for what gloo, NCCL and the rendezvous raise when a connection is lost."""
    try:
        yield
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        raise TrainingError(_LOST) from error


@contextmanager
def process_group(device: str | None, timeout_seconds: float = TIMEOUT_SECONDS) -> Iterator[SingleProcess]:
    """Group that torchrun describes in the environment, or this process alone.

    Args:
        device: "cpu", "cuda" or "mps"; None for the fastest one. With several processes "cuda" is the card of this
            process's number on its machine.

    Raises SettingsError where the device is missing, or the environment is not torchrun's; TrainingError where another
    process cannot be reached.
    """
    kind = _checked_device(device)
    rank, local_rank, world_size = _place()
    if world_size == 1:
        yield SingleProcess(kind)
        return
    if kind == "cuda":
        torch.cuda.set_device(local_rank)
    _connect("cpu:gloo,cuda:nccl" if kind == "cuda" else "gloo", timeout_seconds)
    try:
        yield ProcessGroup(rank, world_size, local_rank, f"{kind}:{local_rank}" if kind == "cuda" else kind)
    finally:
        dist.destroy_process_group()


def _checked_device(device: str | None) -> str:
    kinds = available_devices()
    kind = device or kinds[0]
    if kind not in kinds:
        raise SettingsError(f"PyTorch finds no “{kind}” device on this computer; choose one of: {', '.join(kinds)}.")
    return kind


def _place() -> tuple[int, int, int]:
    """Rank, rank on this machine, and number of processes. Raises SettingsError."""
    try:
        rank, local_rank, world_size = (int(os.environ.get(name) or default) for name, default in _ENVIRONMENT)
    except ValueError as error:
        raise SettingsError(_NOT_CONNECTED) from error
    return rank, local_rank, world_size


def _connect(backend: str, timeout_seconds: float) -> None:
    try:
        dist.init_process_group(backend, timeout=timedelta(seconds=timeout_seconds))
    except ValueError as error:
        raise SettingsError(_NOT_CONNECTED) from error
    except RuntimeError as error:
        raise TrainingError(_LOST) from error
