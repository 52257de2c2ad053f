"""A checkpoint is whole or what was there before, whatever happens while it is written."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from distill_app.common.errors import TrainingError
from distill_app.common.safetensors_io import read_metadata, read_tensors, write_tensors
from distill_app.training.run.adamw import AdamW
from distill_app.training.run.checkpoint_file import optimizer_moments, restore_moments
from distill_app.training.vocoder.checkpoint import VocoderCheckpoint, load_checkpoint, save_checkpoint
from tests.training.vocoder.synthetic import SMALL

WRITER = """
import sys, torch
from pathlib import Path
from distill_app.training.vocoder.checkpoint import VocoderCheckpoint, save_checkpoint
from distill_app.vocoders.networks.presets import GENERATORS
step = 0
while True:
    step += 1
    parts = {"generator": {"weight": torch.full((2_000_000,), float(step))}}
    save_checkpoint(VocoderCheckpoint(GENERATORS["tiny"], step, 0.0, parts), Path(sys.argv[1]))
    print(step, flush=True)
"""


def checkpoint() -> VocoderCheckpoint:
    parts = {"generator": {"a.b": torch.randn(3, 4)}, "optimizer": {"0.step": torch.tensor(5.0)}}
    return VocoderCheckpoint(SMALL.generator, 17, 3.5, parts)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    saved = checkpoint()
    save_checkpoint(saved, tmp_path / "c.safetensors")
    loaded = load_checkpoint(tmp_path / "c.safetensors")
    assert (loaded.generator, loaded.step, loaded.seconds) == (saved.generator, 17, 3.5)
    assert torch.equal(loaded.parts["generator"]["a.b"], saved.parts["generator"]["a.b"])
    assert loaded.parts["optimizer"]["0.step"].item() == 5.0


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_killed_while_writing_it_is_still_a_whole_checkpoint(tmp_path: Path) -> None:
    """Read at several moments at which the writer stands still: what a kill would leave there."""
    path = tmp_path / "c.safetensors"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        try:
            for moment in range(25):
                written = int(writer.stdout.readline())
                time.sleep(0.0004 * moment)
                os.kill(writer.pid, signal.SIGSTOP)
                assert os.WIFSTOPPED(os.waitpid(writer.pid, os.WUNTRACED)[1])
                loaded = load_checkpoint(path)
                assert loaded.step >= written
                assert (loaded.parts["generator"]["weight"] == loaded.step).all()
                os.kill(writer.pid, signal.SIGCONT)
        finally:
            writer.kill()
    assert load_checkpoint(path).step >= written


@pytest.mark.parametrize("damage", ["cut", "foreign", "empty", "missing", "not finite"])
def test_anything_else_is_one_sentence(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "c.safetensors"
    whole = checkpoint()
    if damage == "not finite":
        whole.parts["generator"]["a.b"][0, 0] = float("nan")
    save_checkpoint(whole, path)
    contents = path.read_bytes()
    match damage:
        case "cut":
            path.write_bytes(contents[:-10])
        case "foreign":
            path.write_bytes(contents.replace(b"vocoder-training", b"vocoder-trainers"))
        case "empty":
            path.write_bytes(b"")
        case "missing":
            path.unlink()
    with pytest.raises(TrainingError):
        load_checkpoint(path)


@pytest.mark.parametrize(
    "values",
    [
        *({"step": value} for value in (float("inf"), -5, 10**400, True, None)),
        *({"seconds": value} for value in (float("nan"), 10**400, None)),
        {"generator": 5},
        {"format_version": 2},
    ],
)
def test_a_header_that_no_training_wrote_is_one_sentence(tmp_path: Path, values: dict[str, Any]) -> None:
    path = tmp_path / "c.safetensors"
    save_checkpoint(checkpoint(), path)
    header = json.loads(read_metadata(path)) | values
    write_tensors(path, read_tensors(path), json.dumps(header))
    with pytest.raises(TrainingError, match="damaged"):
        load_checkpoint(path)


def test_numbers_of_a_kind_that_cannot_be_checked_are_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "c.safetensors"
    eighths = {"generator": {"weight": torch.zeros(3).to(torch.float8_e4m3fn)}}
    save_checkpoint(VocoderCheckpoint(SMALL.generator, 1, 0.0, eighths), path)
    with pytest.raises(TrainingError, match="damaged"):
        load_checkpoint(path)


def test_an_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainingError):
        save_checkpoint(checkpoint(), tmp_path / "nowhere" / "c.safetensors")


def test_half_of_the_moments_is_not_enough() -> None:
    network = torch.nn.Linear(3, 2)
    optimizer = AdamW(network.parameters(), fused=True)
    network(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    whole = optimizer_moments(optimizer)
    restore_moments(optimizer, whole)
    for damaged in (whole | {"0.exp_avg_sq": torch.zeros(1)}, whole | {"1.step": torch.zeros(2)}):
        with pytest.raises(ValueError, match="another network"):
            restore_moments(optimizer, damaged)
    del whole["1.exp_avg_sq"]
    with pytest.raises(KeyError):
        restore_moments(optimizer, whole)


def test_moments_of_another_network_are_refused() -> None:
    first, other = torch.nn.Linear(3, 2), torch.nn.Linear(4, 2)
    optimizers = [AdamW(network.parameters(), fused=True) for network in (first, other)]
    first(torch.ones(1, 3)).sum().backward()
    optimizers[0].step()
    with pytest.raises(ValueError, match="another network"):
        restore_moments(optimizers[1], optimizer_moments(optimizers[0]))
