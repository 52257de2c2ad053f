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
"""Share of the longest time until a kill: sliders are found sooner."""


@dataclass(frozen=True)
class Kill:
    """Consequences of one kill.

    Args:
        stage: in which the process was, "start" before it said anything.
        learned_seconds: of learning when it was killed.
        kept_seconds: of learning in the checkpoint found afterwards; None where there was none yet.
        sound: whether nothing in the training's folder was damaged.
        resumed: whether a new process went on and learned, or came to its model where sliders were being found.
    """

    stage: str
    learned_seconds: float
    kept_seconds: float | None
    sound: bool
    resumed: bool

    @property
    def lost_seconds(self) -> float:
        return max(0.0, self.learned_seconds - (self.kept_seconds or 0.0))


class Run:
    """A training process, and how far it has come."""

    def __init__(self, spec: ModelSpec, program: Sequence[str]) -> None:
        self.stage, self.seconds = "start", 0.0
        self.end: TrainingEnd | None = None
        self.learns, self.analyses = threading.Event(), threading.Event()
        self._process = TrainingProcess(spec, self._on_status, self._on_end, program)

    def _on_status(self, line: TrainingStatus) -> None:
        self.stage = line.stage
        if line.seconds is not None:
            self.seconds = line.seconds
            self.learns.set()
        if line.stage == "analyse":
            self.analyses.set()

    def _on_end(self, end: TrainingEnd) -> None:
        self.end = end
        self.learns.set()
        self.analyses.set()

    def kill(self) -> None:
        with suppress(ProcessLookupError):  # where it has just come to its end
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    @property
    def looked(self) -> bool:
        """Whether it was killed while it looked for sliders or saved its model."""
        return self.stage in ("analyse", "save") and self.end is not None and self.end.outcome == "died"

    def stop(self) -> TrainingEnd | None:
        """Outcome of the training, once its sliders are found; None where it does not end."""
        self.analyse()
        return self.ended()

    def analyse(self) -> None:
        """It learns no more, and looks for its sliders."""
        self.learns.wait(_START_SECONDS_MAX)
        self._process.stop()
        self.analyses.wait(_START_SECONDS_MAX)

    def ended(self) -> TrainingEnd | None:
        self._process.wait(_END_SECONDS_MAX)
        return self.end


def kill_again_and_again(
    spec: ModelSpec, kills: int, longest_seconds: float, seed: int = 0, program: Sequence[str] = PROGRAM
) -> list[Kill]:
    """Kills at any moment: of four, one from the start of the process, one while it looks for sliders, and two from its
    first step."""
    moments = random.Random(seed)
    done: list[Kill] = []
    run = Run(spec, program)
    for number in range(kills):
        _bring(run, number)
        time.sleep(moments.uniform(0, longest_seconds * (_ANALYSIS_SHARE if number % 4 == 1 else 1.0)))
        run.kill()
        kept, sound = _kept(spec.out)
        killed, run = run, Run(replace(spec, resume=True), program)
        resumed = _goes_on(run, killed.looked)
        if killed.looked:
            run = Run(replace(spec, resume=True), program)
        done.append(Kill(killed.stage, killed.seconds, kept, sound, resumed))
    end = run.stop()
    if end is None or end.outcome != "stopped" or not load_model(spec.out).header.axes:
        raise SystemExit(f"The training did not end in a model with sliders: {end}")
    return done


def _bring(run: Run, number: int) -> None:
    """To where the moment of kill number `number` is counted from."""
    if number % 4 == 1:
        run.analyse()
    elif number % 4:
        run.learns.wait(_START_SECONDS_MAX)


def _goes_on(run: Run, looked: bool) -> bool:
    """Whether it learns, or comes to its model where sliders were looked for."""
    if looked:
        return (end := run.ended()) is not None and end.outcome == "stopped"
    return run.learns.wait(_START_SECONDS_MAX) and run.end is None


def _kept(out: Path) -> tuple[float | None, bool]:
    """Seconds in the checkpoint, and whether all that is called one is whole."""
    if not checkpoint_path(out).is_file():
        return None, not any(path.suffix == ".safetensors" for path in training_folder(out).glob("[!.]*"))
    try:
        return load_training(checkpoint_path(out)).seconds, True
    except TrainingError:
        return None, False


def make_recordings(folder: Path, files: int = 20, seconds: float = 3.75) -> None:
    """Tones that differ in pitch, brightness and decay."""
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
        kills = kill_again_and_again(spec, options.kills, options.seconds, options.seed)
    for kill in kills:
        print(
            f"{kill.stage:8} learned {kill.learned_seconds:6.1f} s, lost {kill.lost_seconds:5.1f} s  {_verdict(kill)}"
        )
    figures = summary(kills)
    out = ROOT / "build" / "bench" / "training-kills.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures | {"each": [asdict(kill) for kill in kills]}, indent=1))
    print(figures)
    return 0 if all(kill.sound and kill.resumed and kill.lost_seconds <= 30 for kill in kills) else 1


def summary(kills: Sequence[Kill]) -> dict[str, float]:
    return {
        "kills": len(kills),
        "while_sliders_were_found": sum(kill.stage in ("analyse", "save") for kill in kills),
        "resumed": sum(kill.resumed for kill in kills),
        "damaged": sum(not kill.sound for kill in kills),
        "most_lost_seconds": round(max(kill.lost_seconds for kill in kills), 2),
    }


def _verdict(kill: Kill) -> str:
    return "resumed" if kill.resumed and kill.sound else "not resumed"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=40.0, help="the longest time until a kill (default: 40)")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
