"""Recordings to a vocoder's weights: gather, train, save; one generator for the command line and the window."""

import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import torch

from distill_app import __version__
from distill_app.common.errors import CorpusError, SettingsError, TrainingError
from distill_app.common.generators import map_steps
from distill_app.common.paths import cache_folder
from distill_app.corpus.corpus import ScanProgress
from distill_app.corpus.discovery import Skipped
from distill_app.training.run.followers import read_together
from distill_app.training.run.process_group import ENDED, SingleProcess
from distill_app.training.vocoder.batches import Segments, segment_samples
from distill_app.training.vocoder.checkpoint import checkpoint_path, load_checkpoint, save_checkpoint
from distill_app.training.vocoder.config import MINUTES_MAX, VocoderTrainingConfig
from distill_app.training.vocoder.csv_log import TrainingLog
from distill_app.training.vocoder.recordings import Recordings, gather
from distill_app.training.vocoder.sampler import SegmentSampler
from distill_app.training.vocoder.trainer import VocoderTrainer
from distill_app.training.vocoder.validation import HeldOut, hold_out, validate
from distill_app.vocoders.networks.weights_file import WeightsHeader, load_generator, save_generator

Stage = Literal["gather", "train", "save"]
Figures = Mapping[str, float]


@dataclass(frozen=True)
class VocoderTask:
    """What to train, from what, for how long, into which file.

    Args:
        sources: files and folders of recordings.
        out: the weights to write; the checkpoint and the log lie beside it.
        config: network and training.
        minutes: budget of this run.
        steps: in all, instead of a time.
        init: weights to start from.
        resume: go on from the checkpoint beside `out`.
        half: the weights are written in half precision; the checkpoint never is.
    """

    sources: tuple[Path, ...]
    out: Path
    config: VocoderTrainingConfig
    minutes: float = 60.0
    steps: int | None = None
    init: Path | None = None
    resume: bool = False
    half: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.minutes <= MINUTES_MAX:
            raise SettingsError("The training time has to be more than 0 minutes and at most a month.")
        if self.steps is not None and self.steps < 1:
            raise SettingsError("The number of steps goes from 1 up.")
        if self.init is not None and self.resume:
            raise SettingsError("A training is either resumed or started from other weights; leave out one of them.")


@dataclass(frozen=True)
class VocoderProgress:
    """Where the work stands.

    Args:
        stage: which part of it.
        message: that part in words.
        fraction: 0 … 1 of this stage.
        step: done in all, in the stage "train".
        figures: the latest line of the log.
        skipped: what is not learned from.
        notes: in the stage "gather", all so far about what is learned from, as in `ScanProgress`.
    """

    stage: Stage
    message: str
    fraction: float
    step: int = 0
    figures: Mapping[str, float] | None = None
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()


Session = Generator[VocoderProgress, None, WeightsHeader]


def log_path(out: Path) -> Path:
    return out.with_suffix(".csv")


def train_vocoder(
    task: VocoderTask, processes: SingleProcess, should_stop: Callable[[], bool] = lambda: False
) -> Session:
    """Learns from recordings and saves the weights; yields progress after every step, returns what was saved.

    Weights, checkpoint and log are written every few minutes and at the end. It ends early where `should_stop()` says
    so, where KeyboardInterrupt or SystemExit is raised in it (also by `throw`), or where the generator is closed: what
    was learned is saved all the same.

    Raises CorpusError, SettingsError, TrainingError, VocoderError.
    """
    recordings = yield from read_together(_gather(task), processes)
    run = _Run(task, recordings, processes)
    try:
        yield from run.train(should_stop)
    except KeyboardInterrupt:
        pass
    except (GeneratorExit, SystemExit, CorpusError, TrainingError):
        run.save()
        raise
    yield VocoderProgress("save", f"Saving “{task.out.name}”", 0.0, run.step)
    return run.save()


def _gather(task: VocoderTask) -> Generator[VocoderProgress, None, Recordings]:
    scan = gather(task.sources, task.config.generator.mel_format.sample_rate, cache_folder() / "recordings")
    return (yield from map_steps(scan, _reading))


def _reading(file: ScanProgress) -> VocoderProgress:
    words, fraction = f"Reading “{file.name}”", file.done / file.total
    return VocoderProgress("gather", words, fraction, skipped=file.skipped, notes=file.notes)


class _Run:
    """One run of a training: its clock, its files, and when they are written."""

    def __init__(self, task: VocoderTask, recordings: Recordings, processes: SingleProcess) -> None:
        self._task, self._recordings, self._processes = task, recordings, processes
        self._config = task.config
        self._held_out: HeldOut = hold_out(recordings)
        self._trainer = _trainer(task, self._held_out, processes)
        self._before = self._resume() if task.resume else 0.0
        self._log = TrainingLog(log_path(task.out), self._trainer.step) if processes.is_main else None
        self._started = self._saved = time.monotonic()
        self._figures: dict[str, float] = {}
        self._validation: dict[str, float] = {}

    @property
    def step(self) -> int:
        return self._trainer.step

    def _resume(self) -> float:
        """The seconds already spent. Raises TrainingError."""
        checkpoint = load_checkpoint(checkpoint_path(self._task.out))
        self._trainer.restore(checkpoint)
        return checkpoint.seconds

    def train(self, should_stop: Callable[[], bool]) -> Generator[VocoderProgress, None, None]:
        while self._processes.broadcast_float(ENDED if should_stop() or self._fraction() >= 1 else 0.0) < ENDED:
            self._trainer.advance()
            if self.step % self._config.log_steps == 0:
                self._write_down()
            if time.monotonic() - self._saved >= 60 * self._config.checkpoint_minutes:
                with self._trainer.watch.part("saving"):
                    self.save()
            yield self._progress()

    def _fraction(self) -> float:
        if self._task.steps is not None:
            return self.step / self._task.steps
        return (time.monotonic() - self._started) / (60 * self._task.minutes)

    def _seconds(self) -> float:
        return self._before + time.monotonic() - self._started

    def _write_down(self) -> None:
        self._figures = self._trainer.means()
        if self._log is not None:
            self._log.add({"step": self.step, "hours": self._seconds() / 3600} | self._figures)

    def _progress(self) -> VocoderProgress:
        return VocoderProgress(
            "train", self._words(), min(1.0, self._fraction()), self.step, self._figures, self._recordings.skipped
        )

    def _words(self) -> str:
        loss = f", loss {self._figures['loss']:.3f}" if "loss" in self._figures else ""
        names = {"mel": "mel", "group_delay": "group delay", "frequency": "frequency"}
        held_out = [
            f"{words} {self._validation[name]:.3f}" for name, words in names.items() if name in self._validation
        ]
        return f"Learning: step {self.step}{loss}" + (f"; held out: {', '.join(held_out)}" if held_out else "")

    def save(self) -> WeightsHeader:
        """Weights, checkpoint and a line of the log, by the first process. Raises TrainingError or VocoderError."""
        header = WeightsHeader(self._config.generator)
        if self._log is not None:
            device, mel_format = self._processes.device, self._config.generator.mel_format
            self._validation = validate(self._trainer.average, self._held_out.excerpts, mel_format, device)
            header = replace(header, training=self._record())
            save_checkpoint(self._trainer.checkpoint(self._seconds()), checkpoint_path(self._task.out))
            save_generator(self._trainer.average, header, self._task.out, self._task.half)
            validation = {f"held_out_{name}": value for name, value in self._validation.items()}
            self._log.add({"step": self.step, "hours": self._seconds() / 3600} | validation)
        self._saved = time.monotonic()
        return header

    def _record(self) -> dict[str, Any]:
        unseen = "held_out" if self._held_out.unseen else "learned"
        return {
            "files": self._recordings.files,
            "hours_of_sound": round(self._recordings.seconds / 3600, 3),
            "steps": self.step,
            "hours": round(self._seconds() / 3600, 3),
            "date": datetime.now(UTC).date().isoformat(),
            "device": self._processes.device.type,
            "processes": self._processes.world_size,
            **{f"{unseen}_{name}": round(value, 4) for name, value in self._validation.items()},
            "config": self._config.to_record(),
            "distill": __version__,
            "torch": torch.__version__,
        }


def _trainer(task: VocoderTask, held_out: HeldOut, processes: SingleProcess) -> VocoderTrainer:
    config = task.config
    length, rank = segment_samples(config), processes.rank
    sampler = SegmentSampler(held_out.learned, length, config.batch, config.seed, rank)
    batches = Segments(sampler, config.generator.mel_format, processes.device)
    if task.init is None:
        return VocoderTrainer(config, batches, processes)
    generator, header = load_generator(task.init)
    if header.config != config.generator:
        raise TrainingError(f"“{task.init.name}” holds another network than --config asks for; choose its own.")
    return VocoderTrainer(config, batches, processes, generator)
