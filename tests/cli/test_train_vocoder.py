"""`distill train-vocoder`: from sound files to weights, what Ctrl-C keeps, and what is wrong use."""

import signal
from pathlib import Path

import pytest
import torch
from PySide6.QtGui import QImage

from distill_app.cli.progress import TerminalProgressBar
from distill_app.training.vocoder import config as module
from distill_app.vocoders.networks.weights_file import load_generator
from tests.cli.conftest import Distill
from tests.training.vocoder.synthetic import SMALL


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PRESETS", {"256x6": SMALL, "tiny": SMALL})


def test_recordings_become_weights_with_a_log_and_a_picture(
    distill: Distill, recordings: Path, notes: list[str], tmp_path: Path
) -> None:
    (recordings / "broken.wav").write_bytes(b"RIFF")
    out = tmp_path / "v.safetensors"
    command = ("train-vocoder", recordings, "--out", out, "--seed", "3", "--threads", "1", "--device", "cpu", "--json")
    outcome = distill(*command, "--steps", "7")
    assert outcome.status == 0
    assert "broken.wav" in outcome.err
    assert [each["name"] for each in outcome.values["skipped"]] == ["broken.wav"]
    assert outcome.values["notes"] == notes
    assert all(outcome.err.splitlines().count(note) == 1 for note in notes)
    training = outcome.values["training"]
    assert (training["steps"], training["files"], training["config"]["seed"]) == (7, 3, 3)
    assert load_generator(out)[0](torch.zeros(1, 128, 2)).shape == (1, 1_024)
    assert out.with_suffix(".csv").read_text().startswith("step,hours,")
    assert outcome.values["picture"] == str(tmp_path / "v.png")
    assert not QImage(outcome.values["picture"]).isNull()
    again = distill(*command, "--steps", "9", "--resume")
    assert again.values["training"]["steps"] == 9
    assert again.values["notes"] == notes, "also where the recordings are found in the cache"


def test_sigint_and_sigterm_keep_the_trained_weights(
    distill: Distill, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ending in (signal.SIGINT, signal.SIGTERM):

        def press(
            self: TerminalProgressBar,
            words: str,
            fraction: float,
            seconds_left: float | None = None,
            ending: signal.Signals = ending,
        ) -> None:
            if "step 3" in words:
                signal.raise_signal(ending)

        monkeypatch.setattr(TerminalProgressBar, "show", press)
        out = tmp_path / f"{ending.name}.safetensors"
        outcome = distill("train-vocoder", recordings, "--out", out, "--device", "cpu", "--json")
        assert (outcome.status, outcome.values["stopped"]) == (0, True)
        assert load_generator(out)[1].training["steps"] == 3
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no SIGHUP")
def test_sighup_keeps_the_trained_weights(
    distill: Distill, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close(self: TerminalProgressBar, words: str, fraction: float, seconds_left: float | None = None) -> None:
        if "step 3" in words:
            signal.raise_signal(signal.SIGHUP)

    monkeypatch.setattr(TerminalProgressBar, "show", close)
    out = tmp_path / "v.safetensors"
    with pytest.raises(SystemExit):
        distill("train-vocoder", recordings, "--out", out, "--device", "cpu")
    assert load_generator(out)[1].training["steps"] == 3


def test_a_second_ctrl_c_exits_at_once(
    distill: Distill, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(self: TerminalProgressBar, words: str, fraction: float, seconds_left: float | None = None) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(TerminalProgressBar, "show", press)
    outcome = distill("train-vocoder", recordings, "--out", tmp_path / "v.safetensors", "--device", "cpu")
    assert outcome.status == 130
    assert list(tmp_path.glob("v*")) == []


def test_existing_weights_are_kept_without_force(distill: Distill, recordings: Path, tmp_path: Path) -> None:
    out = tmp_path / "v.safetensors"
    out.write_text("precious")
    outcome = distill("train-vocoder", recordings, "--out", out, "--steps", "1")
    assert outcome.status == 1
    assert "--overwrite" in outcome.sentence
    assert out.read_text() == "precious"


@pytest.mark.parametrize(
    "more",
    [
        ["--config", "gigantic"],
        ["--minutes", "0"],
        ["--minutes", "nan"],
        ["--steps", "0"],
        ["--steps", "1", "--minutes", "1"],
        ["--seed", "-1"],
        ["--threads", "0"],
        ["--resume", "--init", "other.safetensors"],
        ["--device", "abacus"],
    ],
)
def test_impossible_options_are_usage_errors(
    distill: Distill, recordings: Path, tmp_path: Path, more: list[str]
) -> None:
    outcome = distill("train-vocoder", recordings, "--out", tmp_path / "v.safetensors", *more)
    assert outcome.status == 2
    assert outcome.sentence


@pytest.mark.parametrize("more", [["--resume"], ["--init", "nowhere.safetensors"]])
def test_missing_files_are_one_sentence(distill: Distill, recordings: Path, tmp_path: Path, more: list[str]) -> None:
    outcome = distill("train-vocoder", recordings, "--out", tmp_path / "v.safetensors", "--device", "cpu", *more)
    assert outcome.status == 1
    assert outcome.sentence


def test_no_recordings_is_one_sentence(distill: Distill, tmp_path: Path) -> None:
    outcome = distill("train-vocoder", tmp_path / "nowhere", "--out", tmp_path / "v.safetensors", "--device", "cpu")
    assert outcome.status == 1
    assert "nowhere" in outcome.sentence
