"""Two processes train the same network as a single one; a lost process is reported in one sentence."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from distill_app.common.errors import TrainingError
from distill_app.training.run.process_group import ENDED, ProcessGroup, process_group
from distill_app.training.vae import pca_init
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.distributed import build_synced_trainer
from distill_app.training.vae.trainer import Trainer
from tests.training.run.two_processes import run_two_processes
from tests.training.synthetic import factor_corpus

SMALL = {"name": "basis", "latent": 8, "width": 16}
CONFIG = TrainingConfig(epochs=3, architecture=SMALL)
STEPS_BEFORE_DEATH = 4


@pytest.fixture(autouse=True)
def _short_initialization() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        shorten_initialization(patch)
        yield


def shorten_initialization(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pca_init, "VARIED", 100)


def train_together(folder: Path, kill: bool) -> None:
    """Train in one of two processes; the first one writes its losses and its network, or kills the second one."""
    losses, victim = [], folder / "pid"
    with pytest.MonkeyPatch.context() as patch, process_group("cpu", timeout_seconds=100) as processes:
        shorten_initialization(patch)
        if not processes.is_main:
            victim.write_text(str(os.getpid()))
        config = replace(CONFIG, seed=processes.rank)
        trainer = build_synced_trainer(factor_corpus(20), config, None, processes)
        if not processes.is_main:
            trainer.follow()
            return
        for progress in trainer.run():
            losses.append(progress.loss)
            if kill and len(losses) == STEPS_BEFORE_DEATH:
                os.kill(int(victim.read_text()), signal.SIGKILL)
        processes.broadcast_float(ENDED)
        torch.save((losses, trainer.result().vae.state_dict()), folder / "both.pt")


@pytest.mark.timeout(600)  # twice torch is imported, perhaps on a busy machine
def test_two_processes_have_the_losses_and_the_network_of_a_single_one(tmp_path: Path) -> None:
    """The batch is sharded. Each process is given a seed of its own; that of the main process counts."""
    assert run_two_processes(train_together, tmp_path, False) == [(0, ""), (0, "")]
    losses, state = torch.load(tmp_path / "both.pt")
    trainer = Trainer(factor_corpus(20), CONFIG)
    alone = [progress.loss for progress in trainer.run()]
    torch.testing.assert_close(losses, alone, rtol=1e-5, atol=0, equal_nan=True)
    for name, tensor in trainer.result().vae.state_dict().items():
        torch.testing.assert_close(state[name], tensor, rtol=1e-4, atol=1e-6)


@pytest.mark.timeout(600)
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_if_one_process_is_killed_the_other_ends_with_a_sentence(tmp_path: Path) -> None:
    ends = run_two_processes(train_together, tmp_path, True)
    (first, words), (second, _) = ends
    assert (first, second) == (1, -signal.SIGKILL), ends
    assert "Another process of this training is gone" in words


def test_a_batch_is_sharded_by_rows_and_an_uneven_one_is_one_sentence() -> None:
    rows = torch.arange(6)
    assert torch.cat([ProcessGroup(rank, 3, rank).shard(rows) for rank in range(3)]).equal(rows)
    with pytest.raises(TrainingError, match="multiple of 4"):
        ProcessGroup(0, 4, 0).shard(rows)
