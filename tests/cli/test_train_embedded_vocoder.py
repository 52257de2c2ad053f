"""The embedded vocoder on the command line: training, listing, use and replacement."""

import json
import signal
from pathlib import Path

import pytest
import soundfile
import torch

from distill_app.cli import training_progress
from distill_app.models.header import read_header
from distill_app.models.model_file import embed_vocoder, load_model
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vocoder import evaluation
from distill_app.training.vocoder import finetune as module
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.built_in import GRIFFIN_LIM
from distill_app.vocoders.networks import build_generator
from distill_app.vocoders.networks.weights_file import WeightsHeader, save_generator
from distill_app.vocoders.phase.griffin_lim import GriffinLim
from distill_app.vocoders.phase.phase_retrieval import IterationBudget
from tests.cli.conftest import Distill
from tests.embedded_vocoder import FAILED, embed, make_embedded
from tests.training.vocoder.synthetic import SMALL


@pytest.fixture
def train(
    distill: Distill, recordings: Path, tiny_model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[object, ...]:
    """The command with a network, and a gate, that are small enough for a test."""
    torch.manual_seed(0)
    save_generator(build_generator(SMALL.generator), WeightsHeader(SMALL.generator), tmp_path / "base.safetensors")
    monkeypatch.setattr(module, "BUILT_IN_WEIGHTS", tmp_path / "base.safetensors")
    monkeypatch.setattr(module, "CONFIGS", {"built-in": SMALL, "hifigan-v2": SMALL})
    monkeypatch.setattr(module, "_VALIDATION_EXCERPTS_MAX", 1)
    monkeypatch.setattr(module, "_TEST_EXCERPTS_MAX", 1)
    quick = GriffinLim(GRIFFIN_LIM, IterationBudget(4, 2))
    monkeypatch.setattr(evaluation, "get_vocoder", lambda name: quick if name == GRIFFIN_LIM.id else get_vocoder(name))
    return "train-vocoder", "--model", tiny_model_file, "--corpus", recordings, "--device", "cpu"


def test_it_is_trained_listed_and_used(
    distill: Distill, train: tuple[object, ...], tiny_model_file: Path, recordings: Path, tmp_path: Path
) -> None:
    outcome = distill(*train, "--steps", "4", "--progress", "json", "--json")
    assert outcome.status == 0
    assert (outcome.values["stopped"], outcome.values["training"]["steps"]) == (False, 4)
    assert outcome.values["preferred"] is False, "a small network that has learned for four steps"
    lines = [json.loads(line) for line in outcome.err.splitlines()]
    assert {"scan", "train", "analyse", "save"} == {line["stage"] for line in lines}
    assert lines[-1]["fraction"] == 1
    assert any(line["error_db"] for line in lines)
    printed = distill("info", tiny_model_file).out
    assert "Own vocoder" in printed
    assert "griffin-lim" in printed
    for name, heard in (("own", "own"), ("auto", "griffin-lim")):
        out = tmp_path / f"{name}.wav"
        made = distill("render", out, "--model", tiny_model_file, "--vocoder", name, "--seconds", "0.3", "--json")
        assert made.values["vocoder"] == heard
        assert soundfile.info(out).frames == 13_230
    copied = distill(
        *("vocode", recordings / "pluck 110.wav", tmp_path / "copy.wav"),
        *("--model", tiny_model_file, "--vocoder", "own", "--json"),
    )
    assert (copied.status, copied.values["vocoder"]) == (0, "own")


def test_excluded_and_short_recordings_are_not_used(
    distill: Distill, train: tuple[object, ...], recordings: Path, notes: list[str]
) -> None:
    first, *others = sorted(recordings.iterdir())
    soundfile.write(recordings / "short.wav", [0.5, -0.5] * 200, 44_100)
    outcome = distill(*train, "--exclude", first, "--steps", "1", "--json")
    assert outcome.values["training"]["files"] == len(others)
    assert [each["name"] for each in outcome.values["skipped"]] == ["short.wav"]
    assert "too short" in outcome.values["skipped"][0]["reason"]
    assert outcome.values["notes"] == notes[1:]


def test_an_embedded_vocoder_is_replaced_only_with_force(
    distill: Distill, train: tuple[object, ...], tiny_model_file: Path
) -> None:
    embed(tiny_model_file)
    before = tiny_model_file.read_bytes()
    outcome = distill(*train, "--steps", "1")
    assert outcome.status == 1
    assert "--overwrite" in outcome.sentence
    assert tiny_model_file.read_bytes() == before
    assert distill(*train, "--steps", "1", "--overwrite", "--json").values["training"]["steps"] == 1


def test_ctrl_c_keeps_the_best_network_and_resume_continues(
    distill: Distill, train: tuple[object, ...], tiny_model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(self: object, status: TrainingStatus) -> None:
        if status.step == 2:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(training_progress.JsonLines, "show", press)
        outcome = distill(*train, "--steps", "4", "--progress", "json", "--json")
    assert (outcome.status, outcome.values["stopped"], outcome.values["training"]["steps"]) == (0, True, 2)
    assert read_header(tiny_model_file).vocoder is not None
    assert distill(*train, "--steps", "4", "--resume", "--json").values["training"]["steps"] == 4


def test_auto_reports_its_fallback(distill: Distill, tiny_model_file: Path, tmp_path: Path) -> None:
    embed_vocoder(tiny_model_file, make_embedded().to_dict(), {})
    arguments = ("--model", tiny_model_file, "--seconds", "0.3")
    made = distill("render", tmp_path / "a.wav", *arguments)
    assert made.status == 0
    assert "damaged" in made.sentence
    refused = distill("render", tmp_path / "b.wav", *arguments, "--vocoder", "own")
    assert refused.status == 1
    assert "damaged" in refused.sentence
    embed_vocoder(tiny_model_file, None, None)
    assert "no vocoder of its own" in distill("render", tmp_path / "b.wav", *arguments, "--vocoder", "own").sentence


def test_the_rest_of_the_model_is_unchanged(tiny_model_file: Path) -> None:
    before = load_model(tiny_model_file)
    embed(tiny_model_file, FAILED)
    after = load_model(tiny_model_file)
    assert before.vae.state_dict()
    assert all(torch.equal(value, after.vae.state_dict()[name]) for name, value in before.vae.state_dict().items())


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--model", "m.distillgan"],
        ["--model", "m.distillgan", "--corpus", ".", "--corpora", "c.json"],
        ["--model", "m.distillgan", "--corpus", ".", "--out", "w.safetensors"],
        ["folder"],
        ["folder", "--out", "w.safetensors", "--from", "built-in"],
    ],
)
def test_conflicting_options_are_usage_errors(distill: Distill, arguments: list[str]) -> None:
    outcome = distill("train-vocoder", *arguments)
    assert outcome.status == 2
    assert outcome.sentence
