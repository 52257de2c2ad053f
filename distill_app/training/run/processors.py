"""Where a training runs: one processor, or several under torchrun, on one machine or more."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from distill_app.common.errors import SettingsError

_PATIENCE = timedelta(hours=4)
"""How long processes wait for the one that reads the recordings."""
_ENVIRONMENT = (("WORLD_SIZE", 1), ("RANK", 0), ("LOCAL_RANK", 0))
_NOT_TOGETHER = (
    "WORLD_SIZE in the environment tells of several processes, but they do not find together; start them with torchrun."
)


@dataclass(frozen=True)
class Processors:
    """The device of this process, and which of how many processes it is, in all and on its machine."""

    device: torch.device
    rank: int = 0
    count: int = 1
    local_rank: int = 0

    @property
    def first(self) -> bool:
        """Whether this process writes the files."""
        return self.rank == 0

    def shared(self, network: nn.Module) -> nn.Module:
        """The network so that its gradients are the mean over all processes."""
        if self.count == 1:
            return network
        return DistributedDataParallel(network, [self.device] if self.device.type == "cuda" else None)

    def any(self, flag: bool) -> bool:
        """Whether any process says so."""
        if self.count == 1:
            return flag
        votes = torch.tensor(float(flag), device=self.device)
        dist.all_reduce(votes, dist.ReduceOp.MAX)
        return bool(votes.item())

    def wait(self) -> None:
        """Until all processes are here."""
        self.any(False)

    def precision(self) -> AbstractContextManager[object]:
        """bfloat16 where the device is made for it; on a CPU without it that is a hundred times slower."""
        fast = self.device.type == "cuda" and torch.cuda.is_bf16_supported()
        return torch.autocast("cuda", torch.bfloat16) if fast else nullcontext()

    def send(self, samples: Tensor) -> Tensor:
        return samples.to(self.device, non_blocking=True)


def plain(network: nn.Module) -> nn.Module:
    """The network itself, where it is shared."""
    return network.module if isinstance(network, DistributedDataParallel) else network


@contextmanager
def processors(device: str | None = None) -> Iterator[Processors]:
    """Those that torchrun tells of in the environment, or this process alone.

    Args:
        device: "cpu", "cuda" or "mps"; the fastest there is where None.

    Raises SettingsError where there is no such device, or the environment tells of processes that do not find together.
    """
    kind = device or _available()[0]
    if kind not in _available():
        raise SettingsError(
            f"PyTorch finds no “{kind}” device on this computer; choose one of: {', '.join(_available())}."
        )
    count, rank, local = _place()
    if count == 1:
        yield Processors(torch.device(kind))
        return
    _join("nccl" if kind == "cuda" else "gloo")
    try:
        if kind == "cuda":
            torch.cuda.set_device(local)
        yield Processors(torch.device(kind, local) if kind == "cuda" else torch.device(kind), rank, count, local)
    finally:
        dist.destroy_process_group()


def _available() -> list[str]:
    """The fastest first."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return [kind for kind, usable in there.items() if usable]


def _place() -> tuple[int, int, int]:
    """How many processes there are, which one this is, and which one on its machine."""
    try:
        count, rank, local = (int(os.environ.get(name, "") or start) for name, start in _ENVIRONMENT)
    except ValueError as error:
        raise SettingsError(_NOT_TOGETHER) from error
    return count, rank, local


def _join(backend: str) -> None:
    try:
        dist.init_process_group(backend, timeout=_PATIENCE)
    except (ValueError, dist.DistError) as error:
        raise SettingsError(_NOT_TOGETHER) from error
