"""Coordination of the main process of a training with the processes that follow it."""

from collections.abc import Generator, Iterator
from typing import TypeVar

from distill_app.common.errors import DistillError
from distill_app.common.generators import map_steps
from distill_app.training.run.process_group import ENDED, SingleProcess

Step = TypeVar("Step")
Result = TypeVar("Result")


def read_together(reading: Generator[Step, None, Result], processes: SingleProcess) -> Generator[Step, None, Result]:
    """Result of `reading`, computed by one process of each machine first, so that the others find it in the cache.

    No process waits for another without a word for longer than one step of the reading takes.
    """
    if processes.local_rank == 0:
        result = yield from _announced(reading, processes)
        _wait_for_all(processes)
    else:
        _wait_for_all(processes)
        result = yield from _announced(reading, processes)
    _wait_for_all(processes)
    return result


def _announced(reading: Generator[Step, None, Result], processes: SingleProcess) -> Generator[Step, None, Result]:
    def announce(step: Step) -> Step:
        processes.all_reduce_and(False)
        return step

    return map_steps(reading, announce)


def _wait_for_all(processes: SingleProcess) -> None:
    while not processes.all_reduce_and(True):
        pass


def notify_followers(fitting: Iterator[Step], processes: SingleProcess) -> Iterator[Step]:
    """Steps of `fitting`; at their end the other processes are sent ENDED, unless the training has failed."""
    try:
        yield from fitting
    except DistillError:
        raise
    except BaseException:
        processes.broadcast_float(ENDED)
        raise
    processes.broadcast_float(ENDED)
