"""Two processes train the same network as a single one; a lost process is reported in one sentence."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from distill_app.common.errors import TrainingError
from distill_app.training.run.process_group import ProcessGroup
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer
from tests.training.synthetic import factor_corpus

SMALL = {"name": "basis", "latent": 8, "width": 16}
CONFIG = TrainingConfig(epochs=3, architecture=SMALL)
STEPS_BEFORE_DEATH = 4
PROGRAM = """
import os, signal, sys, torch
from dataclasses import replace
from distill_app.common.errors import TrainingError
from distill_app.training.run.process_group import ENDED, process_group
from distill_app.training.vae.distributed import build_synced_trainer
from tests.training.run import test_process_group
torch.set_num_threads(1)
if sys.argv[2] and os.environ["RANK"] == "1":
    open(sys.argv[2], "w").write(str(os.getpid()))
losses = []
try:
    with process_group("cpu", timeout_seconds=100) as processes:
        config = replace(test_process_group.CONFIG, seed=processes.rank)
        trainer = build_synced_trainer(test_process_group.factor_corpus(20), config, None, processes)
        if processes.is_main:
            for progress in trainer.run():
                losses.append(progress.loss)
                if sys.argv[2] and len(losses) == test_process_group.STEPS_BEFORE_DEATH:
                    os.kill(int(open(sys.argv[2]).read()), signal.SIGKILL)
            processes.broadcast_float(ENDED)
            torch.save((losses, trainer.result().vae.state_dict()), sys.argv[1])
        else:
            trainer.follow()
except TrainingError as error:
    sys.exit(str(error))
"""


def run_two_processes(out: Path, pid: str = "") -> list[tuple[int, str]]:
    """Exit status and last line of standard error of both processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        rendezvous = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1]), "WORLD_SIZE": "2"}
    program = [sys.executable, "-c", PROGRAM, str(out), pid]
    both = [
        subprocess.Popen(
            program, env=os.environ | rendezvous | {"RANK": rank, "LOCAL_RANK": rank}, stderr=subprocess.PIPE, text=True
        )
        for rank in "01"
    ]
    words = [process.communicate()[1].strip().rpartition("\n")[2] for process in both]
    return [(process.returncode, last) for process, last in zip(both, words, strict=True)]


@pytest.mark.timeout(600)  # three times torch is imported, perhaps on a busy machine
def test_two_processes_have_the_losses_and_the_network_of_a_single_one(tmp_path: Path) -> None:
    """The batch is sharded. Each process is given a seed of its own; that of the main process counts."""
    ends = run_two_processes(tmp_path / "both.pt")
    assert [status for status, _ in ends] == [0, 0], ends
    losses, state = torch.load(tmp_path / "both.pt")
    trainer = Trainer(factor_corpus(20), CONFIG)
    alone = [progress.loss for progress in trainer.run()]
    torch.testing.assert_close(losses, alone, rtol=1e-5, atol=0, equal_nan=True)
    for name, tensor in trainer.result().vae.state_dict().items():
        torch.testing.assert_close(state[name], tensor, rtol=1e-4, atol=1e-6)


@pytest.mark.timeout(600)
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_if_one_process_is_killed_the_other_ends_with_a_sentence(tmp_path: Path) -> None:
    ends = run_two_processes(tmp_path / "none.pt", str(tmp_path / "pid"))
    (first, words), (second, _) = ends
    assert (first, second) == (1, -signal.SIGKILL), ends
    assert "Another process of this training is gone" in words


def test_a_batch_is_sharded_by_rows_and_an_uneven_one_is_one_sentence() -> None:
    rows = torch.arange(6)
    assert torch.cat([ProcessGroup(rank, 3, rank).shard(rows) for rank in range(3)]).equal(rows)
    with pytest.raises(TrainingError, match="multiple of 4"):
        ProcessGroup(0, 4, 0).shard(rows)
