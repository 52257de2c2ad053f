"""One training in one process, or in several that share every step: what they have to say to each other.

Every process draws the same batch from the same random state and takes its own part of it; gradients are averaged, so
that all networks stay the same. The first process alone decides: it tells the others before each step that there is one
and how far the training has come, and when it ends.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

Loss = Callable[[], Tensor]

ENDED = 1.0
"""What is told in place of the fraction done, 0 … 1, when there is no further step,"""
WAITING = -1.0
"""when one may come later,"""
LEVELLED = -2.0
"""and when all take over the first process's network."""


class SingleProcess:
    """A training that has a process to itself."""

    rank, count = 0, 1
    first_here = True
    """The first one on its machine."""

    @property
    def first(self) -> bool:
        """The one that judges, tells, writes, and decides."""
        return self.rank == 0

    def share(self, values: Tensor) -> Tensor:
        """This process's rows of what all have drawn."""
        return values

    def mean(self, values: Tensor) -> Tensor:
        """Of all processes; no gradient goes through it."""
        return values.detach()

    def backward(self, network: nn.Module, loss: Loss) -> Tensor:
        """Gradients of the loss of a network, averaged over the processes; the loss of this process's share."""
        value = loss()
        torch.autograd.backward(value)
        return value.detach()

    def agreed(self, fraction: float) -> float:
        """What the first process says: the fraction done, ENDED, WAITING or LEVELLED; the others only ask."""
        return fraction

    def sent(self, data: bytes) -> bytes:
        """The first process's."""
        return data

    def level(self, values: Iterable[Tensor]) -> None:
        """Makes them the first process's in all."""

    def all_true(self, here: bool) -> bool:
        """Whether it is true in every process."""
        return here


ALONE = SingleProcess()

_STARTED_BY_TORCHRUN = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


@contextmanager
def joined(device: str, known: Mapping[str, str] = os.environ) -> Iterator[SingleProcess]:
    """The processes that this one was started with, or itself alone where that was not by torchrun.

    Args:
        device: that is trained on.
        known: the environment.

    Raises TrainingError where the others cannot be reached.
    """
    if not all(name in known for name in _STARTED_BY_TORCHRUN) or int(known["WORLD_SIZE"]) == 1:
        yield ALONE
        return
    from distill_app.training.run.process_group import join

    processes = join(device)
    try:
        yield processes
    finally:
        processes.close()
