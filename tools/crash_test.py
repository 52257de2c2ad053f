"""Kills a training at random moments, resumes it each time, and prints what was lost: python -m tools.crash_test."""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from distill_app.common.errors import TrainingError
from distill_app.common.training_paths import checkpoint_path, training_folder
from distill_app.models.model_file import load_model
from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.spec import ModelSpec
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae.checkpoint import load_training
from distill_app.workers.training.process import PROGRAM, TrainingEnd, TrainingProcess

ROOT = Path(__file__).resolve().parent.parent
_RATE = 44_100
_START_SECONDS_MAX = 240.0
_END_SECONDS_MAX = 900.0
_ANALYSIS_SHARE = 0.25
"""Share of the longest time until a kill that falls into the analysis, which is shorter than the training."""


@dataclass(frozen=True)
class Kill:
    """Result of one kill.

    Args:
        stage: stage of the process; "start" before its first status.
        learned_seconds: seconds of training until the kill.
        kept_seconds: seconds of training in the checkpoint; None if there was none yet.
        intact: whether no file of the training was damaged.
        resumed: whether a new process continued the training, or saved its model after a kill during the analysis.
    """

    stage: str
    learned_seconds: float
    kept_seconds: float | None
    intact: bool
    resumed: bool

    @property
    def lost_seconds(self) -> float:
        return max(0.0, self.learned_seconds - (self.kept_seconds or 0.0))


class WatchedTraining:
    """Process of a training with its latest progress."""

    def __init__(self, spec: ModelSpec, program: Sequence[str]) -> None:
        self.stage, self.seconds = "start", 0.0
        self.end: TrainingEnd | None = None
        self.training_begun, self.analysis_begun = threading.Event(), threading.Event()
        self._process = TrainingProcess(spec, self._on_status, self._on_end, program)

    def _on_status(self, line: TrainingStatus) -> None:
        self.stage = line.stage
        if line.seconds is not None:
            self.seconds = line.seconds
            self.training_begun.set()
        if line.stage == "analyse":
            self.analysis_begun.set()

    def _on_end(self, end: TrainingEnd) -> None:
        self.end = end
        self.training_begun.set()
        self.analysis_begun.set()

    def kill(self) -> None:
        with suppress(ProcessLookupError):  # if it has just ended
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    @property
    def killed_in_analysis(self) -> bool:
        """Whether the process was killed while it analysed the sliders or saved the model."""
        return self.stage in ("analyse", "save") and self.end is not None and self.end.outcome == "died"

    def finish(self) -> TrainingEnd | None:
        """Outcome of the training, ended now and analysed; None if it does not end."""
        self.begin_analysis()
        return self.wait_for_end()

    def begin_analysis(self) -> None:
        """Ends the training of the network and waits for the analysis of the sliders to begin."""
        self.training_begun.wait(_START_SECONDS_MAX)
        self._process.stop()
        self.analysis_begun.wait(_START_SECONDS_MAX)

    def wait_for_end(self) -> TrainingEnd | None:
        self._process.wait(_END_SECONDS_MAX)
        return self.end


def kill_repeatedly(
    spec: ModelSpec, kills: int, longest_seconds: float, seed: int = 0, program: Sequence[str] = PROGRAM
) -> list[Kill]:
    """Results of kills at random moments, after each of which the training is resumed.

    Of four kills one counts its moment from the start of the process, one from the analysis, and two from the first
    step.
    """
    moments = random.Random(seed)
    done: list[Kill] = []
    run = WatchedTraining(spec, program)
    for number in range(kills):
        _wait_for_start(run, number)
        time.sleep(moments.uniform(0, longest_seconds * (_ANALYSIS_SHARE if number % 4 == 1 else 1.0)))
        run.kill()
        kept, intact = _check_checkpoint(spec.out)
        killed, run = run, WatchedTraining(replace(spec, resume=True), program)
        resumed = _resumes(run, killed.killed_in_analysis)
        if killed.killed_in_analysis:
            run = WatchedTraining(replace(spec, resume=True), program)
        done.append(Kill(killed.stage, killed.seconds, kept, intact, resumed))
    end = run.finish()
    if end is None or end.outcome != "stopped" or not load_model(spec.out).header.axes:
        raise SystemExit(f"The training did not end in a model with sliders: {end}")
    return done


def _wait_for_start(run: WatchedTraining, number: int) -> None:
    """Waits for the point from which the moment of kill `number` is counted."""
    if number % 4 == 1:
        run.begin_analysis()
    elif number % 4:
        run.training_begun.wait(_START_SECONDS_MAX)


def _resumes(run: WatchedTraining, killed_in_analysis: bool) -> bool:
    """Whether the training continues, or saves its model after a kill during the analysis."""
    if killed_in_analysis:
        return (end := run.wait_for_end()) is not None and end.outcome == "stopped"
    return run.training_begun.wait(_START_SECONDS_MAX) and run.end is None


def _check_checkpoint(out: Path) -> tuple[float | None, bool]:
    """Seconds of training in the checkpoint, None without one, and whether it is undamaged."""
    if not checkpoint_path(out).is_file():
        return None, not any(path.suffix == ".safetensors" for path in training_folder(out).glob("[!.]*"))
    try:
        return load_training(checkpoint_path(out)).seconds, True
    except TrainingError:
        return None, False


def make_recordings(folder: Path, files: int = 20, seconds: float = 3.75) -> None:
    """Writes tones that differ in pitch, brightness and decay."""
    random_values = np.random.default_rng(0)
    time_axis = np.arange(round(seconds * _RATE)) / _RATE
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        hz, tilt, decay = 60 * 2 ** random_values.uniform(0, 4), *random_values.uniform(0.5, 2.5, 2)
        wave = sum(np.sin(2 * np.pi * hz * k * time_axis) / k**tilt for k in range(1, 12) if k * hz < _RATE / 2)
        soundfile.write(folder / f"{number:02}.wav", 0.2 * wave * np.exp(-decay * time_axis), _RATE)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        make_recordings(Path(scratch, "recordings"))
        corpora = (CorpusSpec.of(Path(scratch, "recordings")),)
        spec = ModelSpec(corpora, Path(scratch, "model.distillgan"), minutes=600, demos=True)
        kills = kill_repeatedly(spec, options.kills, options.seconds, options.seed)
    for kill in kills:
        trained, lost = f"{kill.learned_seconds:6.1f} s", f"{kill.lost_seconds:5.1f} s"
        print(f"{kill.stage:8} trained {trained}, lost {lost}  {_result_text(kill)}")
    figures = summary(kills)
    out = ROOT / "build" / "bench" / "training-kills.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures | {"each": [asdict(kill) for kill in kills]}, indent=1))
    print(figures)
    return 0 if all(kill.intact and kill.resumed and kill.lost_seconds <= 30 for kill in kills) else 1


def summary(kills: Sequence[Kill]) -> dict[str, float]:
    return {
        "kills": len(kills),
        "while_sliders_were_found": sum(kill.stage in ("analyse", "save") for kill in kills),
        "resumed": sum(kill.resumed for kill in kills),
        "damaged": sum(not kill.intact for kill in kills),
        "most_lost_seconds": round(max(kill.lost_seconds for kill in kills), 2),
    }


def _result_text(kill: Kill) -> str:
    return "resumed" if kill.resumed and kill.intact else "not resumed"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=40.0, help="the longest time until a kill (default: 40)")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
