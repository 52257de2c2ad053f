"""Discarding a training removes its files only."""

from pathlib import Path

import pytest
from filelock import FileLock

from distill_app.common.errors import TrainingError
from distill_app.common.training_paths import LOCK, checkpoint_path
from distill_app.training.run.discard import discard_training


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    path = checkpoint_path(tmp_path / "a.distillgan")
    path.parent.mkdir()
    for name in (path.name, "demo-00010.wav", "demo-00010.safetensors", "original.wav", "origin.distillgan", LOCK):
        (path.parent / name).write_bytes(b"x")
    return path


def test_nothing_of_it_is_left(checkpoint: Path) -> None:
    discard_training(checkpoint)
    assert not checkpoint.parent.exists()
    discard_training(checkpoint)


def test_foreign_files_are_kept(checkpoint: Path) -> None:
    (checkpoint.parent / "mine.wav").write_bytes(b"x")
    discard_training(checkpoint)
    assert (checkpoint.parent / "mine.wav").is_file()
    assert not checkpoint.exists()


def test_the_checkpoint_of_a_running_training_is_kept(checkpoint: Path) -> None:
    with FileLock(checkpoint.with_name(LOCK)), pytest.raises(TrainingError, match="another window"):
        discard_training(checkpoint)
    assert checkpoint.is_file()


def test_a_folder_that_is_a_link_keeps_what_it_leads_to(checkpoint: Path, tmp_path: Path) -> None:
    elsewhere = checkpoint.parent.rename(tmp_path / "elsewhere")
    before = {path.name for path in elsewhere.iterdir()}
    checkpoint.parent.symlink_to(elsewhere)
    with pytest.raises(TrainingError, match=r"“a\.training” is a link"):
        discard_training(checkpoint)
    assert {path.name for path in elsewhere.iterdir()} == before
    assert checkpoint.parent.is_symlink()


def test_a_demo_that_is_a_folder_stays(checkpoint: Path) -> None:
    (checkpoint.parent / "demo-mine").mkdir()
    with pytest.raises(TrainingError, match="“demo-mine” is a link or a folder"):
        discard_training(checkpoint)
    assert (checkpoint.parent / "demo-mine").is_dir()
