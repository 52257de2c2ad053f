"""The folder of a training is private, locked by one program, and removed with the training."""

import os
from pathlib import Path

import pytest

from distill_app.common.errors import TrainingError
from distill_app.common.temp_files import create_temp_beside
from distill_app.common.training_paths import checkpoint_path, training_folder
from distill_app.training.run.checkpoint_file import CheckpointCodec
from distill_app.training.run.checkpoints import Checkpoints
from tests.disks import NO_LOCKS, without_locks


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "m.distillgan"


def checkpoints(out: Path) -> Checkpoints[str]:
    def save(state: str, path: Path) -> None:
        path.write_text(state)

    return Checkpoints(out, checkpoint_path(out), CheckpointCodec(save, Path.read_text), 20)


def test_a_folder_that_is_a_link_is_left_alone(out: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    for name in (".bashrc", ".ssh", "lock"):
        (tmp_path / "home" / name).write_text("precious")
    training_folder(out).symlink_to(tmp_path / "home")
    with pytest.raises(TrainingError, match=r"“m\.training” is a link .* choose another name"), checkpoints(out):
        pass
    assert {path.name: path.read_text() for path in (tmp_path / "home").iterdir()} == {
        ".bashrc": "precious",
        ".ssh": "precious",
        "lock": "precious",
    }


def test_a_link_in_the_folder_is_not_written_through(out: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.wav").write_text("years")
    training_folder(out).mkdir()
    checkpoint_path(out).symlink_to(tmp_path / "thesis.wav")
    with pytest.raises(TrainingError, match=r"“checkpoint\.safetensors” is a link"), checkpoints(out) as held:
        held.save("state")
    assert (tmp_path / "thesis.wav").read_text() == "years"


def test_only_temporary_files_of_killed_programs_are_removed(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    training_folder(out).mkdir()
    (training_folder(out) / ".notes").touch()
    left = create_temp_beside(training_folder(out) / "demo-00001.wav")
    monkeypatch.setattr("distill_app.common.temp_files._RUN", "00000000")  # as in a program that was started later
    with checkpoints(out):
        assert not left.exists()
    assert {path.name for path in training_folder(out).iterdir()} == {".notes", "lock"}


def test_no_empty_folder_is_left(out: Path) -> None:
    with checkpoints(out):
        assert training_folder(out).is_dir()
    assert not training_folder(out).exists()
    with checkpoints(out) as held:
        held.save("state")
    with checkpoints(out) as held:
        assert held.load() == "state"
        held.remove()
    assert not training_folder(out).exists()


@pytest.mark.parametrize("number", NO_LOCKS)
def test_a_share_without_locks_is_trained_on(
    number: int, out: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    without_locks(monkeypatch, number)
    with checkpoints(out) as held:
        held.save("state")
    assert checkpoint_path(out).read_text() == "state"
    with checkpoints(out) as held:
        held.remove()
    assert not training_folder(out).exists()
    assert [record.message for record in caplog.records] == [
        "The disk with “m.distillgan” has no locks: do not open it twice."
    ]


def test_a_lock_that_fails_for_another_reason_leaves_no_folder(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_locks(monkeypatch, 5)
    with pytest.raises(TrainingError, match="cannot be written"), checkpoints(out):
        pass
    assert not os.path.lexists(training_folder(out))


def test_a_second_program_waits_and_removes_nothing(out: Path) -> None:
    with checkpoints(out):
        with pytest.raises(TrainingError, match="is being trained by another"), checkpoints(out):
            pass
        assert [path.name for path in training_folder(out).iterdir()] == ["lock"]
