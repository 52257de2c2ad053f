"""Two processes that train together, as torchrun starts them."""

import gc
import multiprocessing
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import torch

from distill_app.common.errors import TrainingError

SECONDS_MAX = 500.0

if sys.platform == "linux":
    _CONTEXT = multiprocessing.get_context("forkserver")
    _CONTEXT.set_forkserver_preload(
        ["torch._dynamo", "tests.training.run.test_data_parallel", "tests.training.run.test_process_group"]
    )
else:
    _CONTEXT = multiprocessing.get_context("spawn")
"""Elsewhere torch is imported by each process; forks of one that has imported it are ready at once."""


def run_two_processes(work: Callable[..., None], folder: Path, *arguments: object) -> list[tuple[int | None, str]]:
    """Exit status of both processes, and the sentence of the TrainingError that ended them, else "".

    Args:
        work: what each does; importable by its name.
        folder: for the sentences, and the first argument of `work`.
        arguments: further ones.
    """
    port = _free_port()
    both = [_CONTEXT.Process(target=_take_part, args=(rank, port, work, folder, *arguments)) for rank in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(SECONDS_MAX)
        process.kill()
        process.join()
    return [(process.exitcode, _words(folder, rank)) for rank, process in enumerate(both)]


def _take_part(rank: int, port: int, work: Callable[..., None], folder: Path, *arguments: object) -> None:
    gc.freeze()
    torch.set_num_threads(1)
    place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": 2, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    os.environ.update({name: str(value) for name, value in place.items()})
    try:
        work(folder, *arguments)
    except TrainingError as error:
        (folder / f"words{rank}").write_text(str(error), "utf-8")
        sys.exit(1)


def _words(folder: Path, rank: int) -> str:
    path = folder / f"words{rank}"
    return path.read_text("utf-8") if path.is_file() else ""


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
