"""Several processes that train one model together, on one machine or more, as torchrun starts them.

CPU tensors are exchanged through gloo and CUDA tensors through NCCL; the gradients by DistributedDataParallel (Li et
al. 2020, “PyTorch Distributed: Experiences on Accelerating Data Parallel Training”).
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from inspect import signature
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from distill_app.common.errors import TrainingError
from distill_app.training.run.processes import Loss, SingleProcess

PATIENCE_SECONDS = 300.0
"""A process that ends is missed at once, a machine that falls silent after this."""
_SYNC = "forward_sync_buffers"
_BUFFERS_STAY: dict[str, Any] = {
    _SYNC if _SYNC in signature(DistributedDataParallel.__init__).parameters else "broadcast_buffers": False
}
"""By its name in this torch: what no step changes need not be sent in each."""
_GONE = (
    "Another process of this training is gone or cannot be reached; "
    "start all of them again with --resume, and it goes on from the last checkpoint."
)
_UNEVEN = "{} windows cannot be shared evenly by {} processes; choose a multiple of {} with --batch."


def join(device: str, patience_seconds: float = PATIENCE_SECONDS) -> "ProcessGroup":
    """The processes that this one was started with; the environment says how they meet.

    Args:
        device: "cuda" takes the graphics card of this process's number on its machine.

    Raises TrainingError where the others cannot be reached.
    """
    here = int(os.environ.get("LOCAL_RANK", "0"))
    if device == "cuda":
        torch.cuda.set_device(here)
    with _told():
        backend = "cpu:gloo,cuda:nccl" if device == "cuda" else "gloo"
        dist.init_process_group(backend, timeout=timedelta(seconds=patience_seconds))
    return ProcessGroup(dist.get_rank(), dist.get_world_size(), here)


class ProcessGroup(SingleProcess):
    """One of several. Every method has to be called in all of them, in the same order.

    Raises TrainingError in each where another process is gone.
    """

    def __init__(self, rank: int, count: int, here: int) -> None:
        self.rank, self.count, self.first_here = rank, count, here == 0
        self._parallel: DistributedDataParallel | None = None

    def share(self, values: Tensor) -> Tensor:
        """Raises TrainingError where the rows cannot be shared evenly."""
        size, rest = divmod(len(values), self.count)
        if rest:
            raise TrainingError(_UNEVEN.format(len(values), self.count, self.count))
        return values[self.rank * size : (self.rank + 1) * size]

    def mean(self, values: Tensor) -> Tensor:
        with _told():
            total = values.detach().clone()
            dist.all_reduce(total)
        return total / self.count

    def backward(self, network: nn.Module, loss: Loss) -> Tensor:
        value: Tensor = self._averaged(network)(loss)
        with _told():
            torch.autograd.backward(value)
        return value.detach()

    def _averaged(self, network: nn.Module) -> DistributedDataParallel:
        """The first one's weights are everyone's from the first step on."""
        if self._parallel is None:
            with _told():
                self._parallel = DistributedDataParallel(_Objective(network), **_BUFFERS_STAY)
        return self._parallel

    def agreed(self, fraction: float) -> float:
        return float(self._broadcast(torch.tensor([fraction], dtype=torch.double)))

    def sent(self, data: bytes) -> bytes:
        size = int(self._broadcast(torch.tensor([len(data)])))
        content = torch.frombuffer(bytearray(data), dtype=torch.uint8) if self.first else torch.empty(size).byte()
        return bytes(self._broadcast(content).numpy())

    def level(self, values: Iterable[Tensor]) -> None:
        for each in values:
            self._broadcast(each)

    def _broadcast(self, values: Tensor) -> Tensor:
        with _told():
            dist.broadcast(values, 0)
        return values

    def all_true(self, here: bool) -> bool:
        with _told():
            answers = torch.tensor([int(here)])
            dist.all_reduce(answers, dist.ReduceOp.MIN)
        return bool(answers)

    def close(self) -> None:
        dist.destroy_process_group()


class _Objective(nn.Module):
    """Shows a network to DistributedDataParallel, whatever its loss is made of."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, loss: Loss) -> Tensor:
        return loss()


@contextmanager
def _told() -> Iterator[None]:
    """What gloo, NCCL and the meeting place say of a lost connection, in one sentence."""
    try:
        yield
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        raise TrainingError(_GONE) from error
