"""Gradients of a vocoder are averaged over processes; devices and environments that cannot work are reported."""

from pathlib import Path

import pytest
import torch

from distill_app.common.errors import SettingsError
from distill_app.common.generators import drain
from distill_app.training.run.process_group import process_group
from distill_app.training.vocoder import train
from distill_app.training.vocoder.checkpoint import load_checkpoint, save_checkpoint
from distill_app.vocoders.networks.weights_file import load_generator
from tests.training.run.two_processes import run_two_processes
from tests.training.vocoder.synthetic import ADVERSARIAL, SMALL, gathered, trainer, write


def train_together(folder: Path) -> None:
    """Train in one of two processes by hand and write its checkpoint, then as `distill train-vocoder` does."""
    sounds = folder / "plucks"
    with process_group("cpu") as processes, pytest.MonkeyPatch.context() as patch:
        training = trainer(gathered(sounds, folder / f"cache{processes.rank}"), ADVERSARIAL, processes)
        for _ in range(4):
            training.advance()
        assert not processes.all_reduce_and(processes.rank == 1)
        save_checkpoint(training.checkpoint(0.0), folder / f"{processes.rank}.safetensors")
        patch.setattr(train, "cache_folder", lambda: folder / "cache")
        header = drain(
            train.train_vocoder(train.VocoderSpec((sounds,), folder / "v.safetensors", SMALL, steps=2), processes)
        )
        assert (header.training.get("processes") == 2) == processes.is_main


@pytest.mark.timeout(600)  # twice torch is imported, perhaps on a busy machine
def test_two_processes_keep_the_same_weights_and_train_on_both_batches(tmp_path: Path) -> None:
    folder = write(tmp_path / "plucks", files=2)
    assert run_two_processes(train_together, tmp_path) == [(0, ""), (0, "")]
    first, second = (load_checkpoint(tmp_path / f"{rank}.safetensors").parts for rank in range(2))
    for part in ("generator", "discriminators", "optimizer"):
        assert all(torch.equal(first[part][name], second[part][name]) for name in first[part])
    assert load_generator(tmp_path / "v.safetensors")[1].training["steps"] == 2, "the main process alone writes"
    alone = trainer(gathered(folder, tmp_path / "cache0"), ADVERSARIAL)
    for _ in range(4):
        alone.advance()
    weights = alone.checkpoint(0.0).parts["generator"]
    assert not all(torch.allclose(weights[name], first["generator"][name]) for name in weights)


def test_without_torchrun_there_is_a_single_process() -> None:
    with process_group("cpu") as processes:
        assert (processes.device.type, processes.rank, processes.world_size, processes.is_main) == ("cpu", 0, 1, True)
        network = torch.nn.Linear(1, 1)
        assert processes.data_parallel(network) is network


def test_a_device_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SettingsError, match=r"“cuda”.*cpu"), process_group("cuda"):
        pass


@pytest.mark.parametrize("count", ["two", "2"])
def test_an_environment_that_torchrun_did_not_make_is_one_sentence(count: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RANK", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WORLD_SIZE", count)
    with pytest.raises(SettingsError, match="torchrun"), process_group("cpu"):
        pass
