"""From recordings to weights: stopped, killed, resumed, or with very little sound."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from distill_app.common.errors import CorpusError, SettingsError, TrainingError
from distill_app.training.run.control import Control
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vocoder import train as module
from distill_app.training.vocoder.checkpoint import checkpoint_path, load_checkpoint
from distill_app.training.vocoder.csv_log import read_log
from distill_app.training.vocoder.train import VocoderSpec, log_path, train_vocoder
from distill_app.training.vocoder.trainer import VocoderTrainer
from distill_app.vocoders.networks.presets import TINY
from distill_app.vocoders.networks.weights_file import WeightsHeader, load_generator
from tests.training.vocoder.synthetic import RATE, SMALL, plucks, write

TRAINING = """
import sys, torch
from dataclasses import replace
from pathlib import Path
from distill_app.training.vocoder import train
from tests.training.vocoder.synthetic import SMALL
torch.set_num_threads(1)
folder, out = map(Path, sys.argv[1:])
train.cache_folder = lambda: folder.parent / "cache"
task = train.VocoderSpec((folder,), out, replace(SMALL, checkpoint_minutes=1e-4))
for progress in train.train_vocoder(task):
    if progress.stage == "train":
        print(progress.step, flush=True)
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "cache_folder", lambda: tmp_path / "cache")


def task(tmp_path: Path, steps: int = 6, **more: object) -> VocoderSpec:
    folder = write(tmp_path / "plucks", files=2)
    return replace(VocoderSpec((folder,), tmp_path / "v.safetensors", SMALL, steps=steps), **more)  # type: ignore[arg-type]


def run(
    work: VocoderSpec, control: Control | None = None, at: Callable[[TrainingStatus], None] = lambda _: None
) -> tuple[WeightsHeader, list[TrainingStatus]]:
    steps = []
    training = train_vocoder(work, control=control)
    while True:
        try:
            steps.append(next(training))
            at(steps[-1])
        except StopIteration as end:
            header = end.value
            assert isinstance(header, WeightsHeader)
            return header, steps


def test_it_writes_weights_a_checkpoint_and_a_log(tmp_path: Path) -> None:
    work = task(tmp_path)
    header, steps = run(work)
    assert [step.stage for step in steps] == ["scan"] * 2 + ["train"] * 6 + ["save"]
    assert (header.training["steps"], header.training["files"]) == (6, 2)
    assert header.training["config"]["seed"] == 0
    generator, loaded = load_generator(work.out)
    assert loaded.training == json.loads(json.dumps(header.training))
    assert generator(torch.zeros(1, 128, 4)).shape == (1, 2_048)
    rows = read_log(log_path(work.out))
    assert [row["step"] for row in rows] == [5, 6]
    assert rows[0]["loss"] > 0
    assert 0 < rows[1]["held_out_mel"] == pytest.approx(header.training["learned_mel"], abs=1e-3)


def test_a_run_in_two_halves_equals_one_run(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole, halves = (task(tmp_path, out=tmp_path / name / "v.safetensors") for name in "ab")
    run(whole)
    run(replace(halves, steps=4))
    run(replace(halves, resume=True))
    a, b = (load_generator(work.out)[0].state_dict() for work in (whole, halves))
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert [row["step"] for row in read_log(log_path(halves.out))] == [4, 5, 6]


@pytest.mark.parametrize("way", ["asked", "closed", "interrupted", "ended"])
def test_stopped_early_the_weights_are_kept(tmp_path: Path, way: str) -> None:
    work = task(tmp_path, steps=10**6)
    if way == "asked":
        control = Control()
        header, _ = run(work, control, lambda now: control.stop() if now.step == 4 else None)
        assert header.training["steps"] == 4
    else:
        session = train_vocoder(work)
        while next(session).step != 4:
            pass
        if way == "closed":
            session.close()
        elif way == "ended":
            with pytest.raises(SystemExit):
                session.throw(SystemExit(129))
        else:
            assert session.throw(KeyboardInterrupt()).stage == "save"
            list(session)
    assert load_checkpoint(checkpoint_path(work.out)).step == 4
    assert load_generator(work.out)[1].training["steps"] == 4


def test_a_cache_deleted_meanwhile_keeps_the_weights(tmp_path: Path) -> None:
    session = train_vocoder(task(tmp_path, steps=10**6))
    while next(session).step != 4:
        pass
    empty(tmp_path / "cache", "*.int16")
    assert next(session).step == 5, "the recordings are decoded again"
    empty(tmp_path / "cache", "*.int16")
    empty(tmp_path / "plucks", "*.wav")
    with pytest.raises(CorpusError, match="is gone, and it cannot be read again"):
        next(session)
    assert load_checkpoint(checkpoint_path(tmp_path / "v.safetensors")).step == 5


def empty(folder: Path, pattern: str) -> None:
    for path in folder.rglob(pattern):
        path.unlink()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_killed_it_resumes_from_its_last_checkpoint(tmp_path: Path) -> None:
    work = task(tmp_path)
    command = [sys.executable, "-c", TRAINING, str(tmp_path / "plucks"), str(work.out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as training:
        assert training.stdout is not None
        steps = [int(training.stdout.readline()) for _ in range(8)]
        time.sleep(0.005)
        os.kill(training.pid, signal.SIGKILL)
    reached = load_checkpoint(checkpoint_path(work.out)).step
    assert reached >= steps[-1] - 1
    load_generator(work.out)
    header, progress = run(replace(work, resume=True, steps=reached + 2))
    assert [each.step for each in progress if each.stage == "train"] == [reached + 1, reached + 2]
    assert header.training["steps"] == reached + 2


def test_fewer_recordings_than_a_batch_are_enough(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    soundfile.write(tmp_path / "one" / "blip.wav", plucks(0.1), RATE)
    header, _ = run(task(tmp_path, sources=(tmp_path / "one" / "blip.wav",), config=replace(SMALL, batch=4)))
    assert header.training["files"] == 1


def test_silent_recordings_are_skipped_with_a_reason(tmp_path: Path) -> None:
    work = task(tmp_path)
    soundfile.write(tmp_path / "plucks" / "silent.wav", np.zeros(RATE), RATE)
    _, steps = run(work)
    assert [name for name, _ in steps[-2].skipped] == ["silent.wav"]
    with pytest.raises(CorpusError, match="silent"):
        run(replace(work, sources=(tmp_path / "plucks" / "silent.wav",)))


def test_losses_that_are_not_finite_keep_the_last_good_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = task(tmp_path, steps=10**6)
    original = VocoderTrainer._weighted

    def broken(self: VocoderTrainer, terms: dict[str, torch.Tensor]) -> torch.Tensor:
        return original(self, terms) * (1.0 if self.step < 4 else float("nan"))

    monkeypatch.setattr(VocoderTrainer, "_weighted", broken)
    with pytest.raises(TrainingError, match="not finite"):
        run(work)
    generator, _ = load_generator(work.out)
    assert generator(torch.zeros(1, 128, 4)).isfinite().all()
    monkeypatch.setattr(VocoderTrainer, "_weighted", original)
    reached = load_checkpoint(checkpoint_path(work.out)).step
    assert run(replace(work, resume=True, steps=reached + 1))[0].training["steps"] == reached + 1


def test_it_starts_from_other_weights_of_the_same_network(tmp_path: Path) -> None:
    first = task(tmp_path)
    run(first)
    config = replace(SMALL, learning_rate=1e-12)
    second = replace(first, init=first.out, out=tmp_path / "w.safetensors", config=config, steps=1)
    run(second)
    a, b = (load_generator(work.out)[0].state_dict() for work in (first, second))
    assert all(torch.allclose(a[name], b[name], atol=1e-6) for name in a)
    wider = replace(SMALL, generator=replace(TINY, channels=48))
    with pytest.raises(TrainingError, match="another network"):
        run(replace(second, config=wider))


@pytest.mark.parametrize("values", [{"minutes": 0.0}, {"minutes": float("nan")}, {"steps": 0}])
def test_an_impossible_budget_is_one_sentence(tmp_path: Path, values: dict[str, float]) -> None:
    with pytest.raises(SettingsError):
        task(tmp_path, **values)  # type: ignore[arg-type]


def test_nothing_to_resume_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="does not exist"):
        run(task(tmp_path, resume=True))
