"""A real training in a separate process, on a tiny corpus."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from distill_app.common.training_paths import checkpoint_path
from distill_app.models.header import read_header
from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.spec import ModelSpec
from distill_app.training.run.status import TrainingStatus
from distill_app.workers.training.process import TrainingEnd, TrainingProcess

SECONDS_MAX = 90.0
SMALL = """
import functools, sys
from distill_app.generation import slider_renderer
from distill_app.training.vae import config, pca_init
slider_renderer.SliderRenderer = functools.partial(slider_renderer.SliderRenderer, seconds=0.2)
config.DEFAULT_ARCHITECTURE = {"name": "basis", "latent": 6, "width": 4}
pca_init.VARIED = 100
from distill_app.cli.main import main
status = main(sys.argv[1:])
unused = {"sounddevice", "rtmixer", "PySide6", "torch._dynamo"} & set(sys.modules)
sys.exit(f"{unused} in a training" if unused else status)
"""
"""The program with a smaller network and shorter renders; it fails if it loads a device, a window or a compiler."""


class Run:
    """A training whose progress can be waited for."""

    def __init__(self, spec: ModelSpec) -> None:
        self.lines: list[TrainingStatus] = []
        self.ends: list[TrainingEnd] = []
        self._changed = threading.Condition()
        self.process = TrainingProcess(spec, self._on_status, self._on_end, (sys.executable, "-c", SMALL))

    def _on_status(self, line: TrainingStatus) -> None:
        with self._changed:
            self.lines.append(line)
            self._changed.notify_all()

    def _on_end(self, end: TrainingEnd) -> None:
        with self._changed:
            self.ends.append(end)
            self._changed.notify_all()

    def until(self, found: Callable[[TrainingStatus], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.ends or any(map(found, self.lines)), SECONDS_MAX)
            assert any(map(found, self.lines)), self.ends

    def end(self) -> TrainingEnd:
        assert self.process.wait(SECONDS_MAX)
        (end,) = self.ends
        return end


@pytest.fixture
def spec(tmp_path: Path) -> ModelSpec:
    folder = tmp_path / "sounds"
    folder.mkdir()
    time = np.arange(2 * 44_100) / 44_100
    for hz in (110, 220, 330):
        soundfile.write(folder / f"{hz}.wav", 0.3 * np.sin(2 * np.pi * hz * time) * np.exp(-time), 44_100)
    return ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan", minutes=30, demos=True)


def learning(line: TrainingStatus) -> bool:
    return line.step is not None and line.step > 2


def test_a_paused_training_waits_and_a_stopped_one_writes_a_model(spec: ModelSpec) -> None:
    run = Run(spec)
    run.until(learning)
    run.process.pause()
    run.until(lambda line: line.paused)
    paused = run.lines[-1]
    assert paused.paused
    run.process.resume()
    run.until(lambda line: (line.step or 0) > (paused.step or 0))
    run.process.stop()
    assert run.end() == TrainingEnd("stopped", "", resumable=True)
    assert read_header(spec.out).axes
    assert {line.device for line in run.lines} == {None, "cpu"}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_killed_training_is_reported_and_can_be_resumed(spec: ModelSpec) -> None:
    run = Run(spec)
    run.until(learning)
    os.kill(run.process.pid, signal.SIGKILL)
    end = run.end()
    assert (end.outcome, end.resumable) == ("died", True)
    assert "you can resume from there" in end.sentence
    assert read_header(spec.out).training["steps"] == 0, "the first model stays"
    run = Run(replace(spec, resume=True))
    run.until(learning)
    run.process.suspend()
    assert run.end().outcome == "suspended"
    assert checkpoint_path(spec.out).is_file()


def test_an_unusable_corpus_is_reported_in_one_sentence(spec: ModelSpec, tmp_path: Path) -> None:
    end = Run(replace(spec, corpora=(CorpusSpec.of(tmp_path / "nowhere"),))).end()
    assert (end.outcome, end.resumable) == ("failed", False)
    assert "nowhere" in end.sentence


def test_a_finished_training_leaves_no_checkpoint(spec: ModelSpec) -> None:
    run = Run(replace(spec, epochs=2))
    assert run.end() == TrainingEnd("finished", "", resumable=False)
    assert [line.stage for line in run.lines][-1] == "save"
    run.process.stop()  # too late, which does not matter
