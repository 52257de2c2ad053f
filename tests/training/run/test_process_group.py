"""Two processes that train together become the network that one alone becomes; a lost one is one sentence."""

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
TOGETHER = """
import os, signal, sys, torch
from dataclasses import replace
from distill_app.common.errors import TrainingError
from distill_app.training.run.process_group import join
from distill_app.training.run.processes import ENDED
from distill_app.training.vae.distributed import build_synced_trainer
from tests.training.run import test_process_group
torch.set_num_threads(1)
if sys.argv[2] and os.environ["RANK"] == "1":
    open(sys.argv[2], "w").write(str(os.getpid()))
processes = join("cpu", patience_seconds=100)
config = replace(test_process_group.CONFIG, seed=processes.rank)
trainer = build_synced_trainer(test_process_group.factor_corpus(20), config, None, processes)
losses = []
try:
    if processes.first:
        for progress in trainer.run():
            losses.append(progress.loss)
            if sys.argv[2] and len(losses) == test_process_group.STEPS_BEFORE_DEATH:
                os.kill(int(open(sys.argv[2]).read()), signal.SIGKILL)
        processes.agreed(ENDED)
        torch.save((losses, trainer.result().vae.state_dict()), sys.argv[1])
    else:
        trainer.follow()
except TrainingError as error:
    sys.exit(str(error))
"""


def together(out: Path, pid: str = "") -> list[tuple[int, str]]:
    """Exit status and last words of both processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1]), "WORLD_SIZE": "2"}
    program = [sys.executable, "-c", TOGETHER, str(out), pid]
    both = [
        subprocess.Popen(program, env=os.environ | meeting | {"RANK": rank}, stderr=subprocess.PIPE, text=True)
        for rank in "01"
    ]
    words = [process.communicate()[1].strip().rpartition("\n")[2] for process in both]
    return [(process.returncode, last) for process, last in zip(both, words, strict=True)]


def test_two_processes_have_the_losses_and_become_the_network_that_one_process_does(tmp_path: Path) -> None:
    """With the same batch, shared. Both were given another seed: the first one's counts."""
    ends = together(tmp_path / "both.pt")
    assert [status for status, _ in ends] == [0, 0], ends
    losses, state = torch.load(tmp_path / "both.pt")
    trainer = Trainer(factor_corpus(20), CONFIG)
    alone = [progress.loss for progress in trainer.run()]
    torch.testing.assert_close(losses, alone, rtol=1e-5, atol=0, equal_nan=True)
    for name, tensor in trainer.result().vae.state_dict().items():
        torch.testing.assert_close(state[name], tensor, rtol=1e-4, atol=1e-6)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_where_one_is_killed_the_other_ends_with_a_sentence(tmp_path: Path) -> None:
    ends = together(tmp_path / "none.pt", str(tmp_path / "pid"))
    (first, words), (second, _) = ends
    assert (first, second) == (1, -signal.SIGKILL), ends
    assert "Another process of this training is gone" in words


def test_each_process_takes_its_own_rows_and_a_batch_that_cannot_be_shared_is_one_sentence() -> None:
    rows = torch.arange(6)
    assert torch.cat([ProcessGroup(rank, 3, rank).share(rows) for rank in range(3)]).equal(rows)
    with pytest.raises(TrainingError, match="multiple of 4"):
        ProcessGroup(0, 4, 0).share(rows)
