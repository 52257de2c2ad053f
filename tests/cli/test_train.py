"""`distill train`: from a folder to a model, and what Ctrl-C keeps."""

import functools
import shutil
import signal
from pathlib import Path

import pytest

from distill_app.cli.progress import Progress
from distill_app.generation import audition
from distill_app.models.file import load_model
from distill_app.models.header import read_header
from tests.cli.conftest import Distill


@pytest.fixture(autouse=True)
def _short_auditions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sliders are measured on a fifth of a second: here it matters that they are, not what they are called."""
    monkeypatch.setattr(audition, "PipelineAudition", functools.partial(audition.PipelineAudition, seconds=0.2))


def test_a_folder_becomes_a_model_and_what_is_skipped_is_told(
    distill: Distill, recordings: Path, tmp_path: Path
) -> None:
    (recordings / "letter.txt").write_text("not a sound")
    shutil.copy(recordings / "pluck 110.wav", recordings / "empty.wav")
    (recordings / "empty.wav").write_bytes(b"")
    out = tmp_path / "plucks.distillgan"
    outcome = distill("train", recordings, "--out", out, "--epochs", "2", "--seed", "3", "--json")
    assert outcome.status == 0
    values = outcome.values
    assert (values["files"], values["stopped"]) == (3, False)
    assert {file["name"] for file in values["skipped"]} == {"letter.txt", "empty.wav"}
    assert "letter.txt" in outcome.err
    assert "empty.wav" in outcome.err
    model = load_model(out)
    assert values["sliders"] == [axis.name for axis in model.header.axes]
    assert values["training"]["seed"] == 3
    assert values["training"]["epochs"] == 2


def test_ctrl_c_while_learning_keeps_a_model_with_sliders(
    distill: Distill, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(self: Progress, words: str, fraction: float, seconds_left: float | None = None) -> None:
        if "epoch 2" in words:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Progress, "show", press)
    out = tmp_path / "plucks.distillgan"
    outcome = distill("train", recordings, "--out", out, "--epochs", "100000", "--json")
    assert outcome.status == 0
    assert outcome.values["stopped"] is True
    assert load_model(out).header.axes
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_while_the_sliders_are_found_loses_nothing(
    distill: Distill, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(self: Progress, words: str, fraction: float, seconds_left: float | None = None) -> None:
        if words == "Finding the sliders":
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Progress, "show", press)
    out = tmp_path / "plucks.distillgan"
    assert distill("train", recordings, "--out", out, "--epochs", "1").status == 0
    assert load_model(out).header.axes


def test_a_second_ctrl_c_gives_up(
    distill: Distill, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(self: Progress, words: str, fraction: float, seconds_left: float | None = None) -> None:
        if "epoch 1" in words or words == "Finding the sliders":
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Progress, "show", press)
    outcome = distill("train", recordings, "--out", tmp_path / "plucks.distillgan", "--epochs", "100000")
    assert outcome.status == 130
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".distillgan"] == []


def test_ctrl_c_before_there_is_anything_to_keep_writes_nothing(
    distill: Distill, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(self: Progress, words: str, fraction: float, seconds_left: float | None = None) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Progress, "show", press)
    out = tmp_path / "plucks.distillgan"
    outcome = distill("train", recordings, "--out", out, "--epochs", "1")
    assert outcome.status == 130
    assert not out.exists()


def test_a_model_that_exists_is_kept_unless_told_otherwise(
    distill: Distill, recordings: Path, tiny_model_file: Path
) -> None:
    before = tiny_model_file.read_bytes()
    outcome = distill("train", recordings, "--out", tiny_model_file)
    assert outcome.status == 1
    assert "--overwrite" in outcome.sentence
    assert tiny_model_file.read_bytes() == before
    outcome = distill("train", recordings, "--out", tiny_model_file, "--overwrite", "--epochs", "1")
    assert outcome.status == 0
    assert read_header(tiny_model_file).name == "recordings"


def test_a_folder_without_recordings_is_a_sentence_and_leaves_the_old_model(
    distill: Distill, tmp_path: Path, tiny_model_file: Path
) -> None:
    before = tiny_model_file.read_bytes()
    (tmp_path / "nothing").mkdir()
    for folder in ("nothing", "nowhere"):
        outcome = distill("train", tmp_path / folder, "--out", tiny_model_file, "--overwrite", "--epochs", "1")
        assert outcome.status == 1
        assert outcome.sentence
    assert tiny_model_file.read_bytes() == before


@pytest.mark.parametrize("budget", [["--minutes", "0"], ["--minutes", "nan"], ["--epochs", "0"], ["--seed", "-1"]])
def test_a_budget_that_cannot_be_is_wrong_use(
    distill: Distill, recordings: Path, tmp_path: Path, budget: list[str]
) -> None:
    outcome = distill("train", recordings, "--out", tmp_path / "x.distillgan", *budget)
    assert outcome.status == 2
    assert outcome.sentence
