"""Training of a vocoder's weights: read recordings, train, save."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from distill_app import __version__
from distill_app.common.errors import CorpusError, SettingsError, TrainingError
from distill_app.common.generators import map_steps
from distill_app.common.paths import cache_folder
from distill_app.training.run.control import Control
from distill_app.training.run.followers import notify_followers, read_together
from distill_app.training.run.process_group import ENDED, SINGLE_PROCESS, WAITING, SingleProcess
from distill_app.training.run.runner import Training, run_and_finalize, run_training, scan_status, skipped_pairs
from distill_app.training.run.spec import check_budget
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vocoder.batches import SegmentBatches, segment_samples
from distill_app.training.vocoder.checkpoint import VocoderCheckpoint, checkpoint_path, load_checkpoint, save_checkpoint
from distill_app.training.vocoder.config import VocoderTrainingConfig
from distill_app.training.vocoder.csv_log import TrainingLog
from distill_app.training.vocoder.recordings import Recordings, decode_recordings
from distill_app.training.vocoder.sampler import SegmentSampler
from distill_app.training.vocoder.trainer import VocoderTrainer
from distill_app.training.vocoder.validation import ValidationSplit, hold_out_pieces, validate
from distill_app.vocoders.networks.weights_file import WeightsHeader, load_generator, save_generator

Figures = Mapping[str, float]


@dataclass(frozen=True)
class VocoderSpec:
    """Training of a vocoder's weights.

    Args:
        sources: files and folders of recordings.
        out: weights to write; checkpoint and log lie beside them.
        config: network and training.
        minutes: budget of this run.
        steps: budget in steps, in all, instead of `minutes`.
        init: weights to start from.
        resume: continue from the checkpoint beside `out`.
        half: write the weights in half precision; the checkpoint never is.

    Raises SettingsError where a value is out of its range.
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
        check_budget(self.minutes, self.steps)
        if self.init is not None and self.resume:
            raise SettingsError("A training is either resumed or started from other weights; leave out one of them.")


def log_path(out: Path) -> Path:
    return out.with_suffix(".csv")


def train_vocoder(
    spec: VocoderSpec, processes: SingleProcess = SINGLE_PROCESS, control: Control | None = None
) -> Training[WeightsHeader]:
    """Trains on recordings and saves the weights; yields a status after every step, returns what was saved.

    Weights, checkpoint and log are written every few minutes and at the end. It ends early where `control` is stopped,
    where KeyboardInterrupt or SystemExit is raised in it (also by `throw`), or where the generator is closed: what was
    learned is saved all the same. All processes but the main one return a header without a record.

    Raises CorpusError, SettingsError, TrainingError, VocoderError; TrainingSuspendedError where `control` is suspended.
    """
    control = control or Control()
    recordings = yield from read_together(_gather(spec), processes)
    run = _Run(spec, recordings, processes)
    if not processes.is_main:
        run.follow()
        return run.header
    fitting = run_training(run, control, run, meanwhile=lambda: processes.broadcast_float(WAITING))
    saved = _saved_on_failure(notify_followers(fitting, processes), run)
    return (yield from run_and_finalize(saved, control, run.finalize))


def _gather(spec: VocoderSpec) -> Training[Recordings]:
    scan = decode_recordings(spec.sources, spec.config.generator.mel_format.sample_rate, cache_folder() / "recordings")
    return (yield from map_steps(scan, scan_status))


def _saved_on_failure(fitting: Iterator[TrainingStatus], run: "_Run") -> Iterator[TrainingStatus]:
    try:
        yield from fitting
    except (SystemExit, CorpusError, TrainingError):
        run.save(run.state())
        raise


class _Run:
    """One run of a training: its clock and its files. Meets `Trainable` and `CheckpointStore` of the runner."""

    trouble = ""

    def __init__(self, spec: VocoderSpec, recordings: Recordings, processes: SingleProcess) -> None:
        self._spec, self._recordings, self._processes = spec, recordings, processes
        self._config = spec.config
        self._held_out: ValidationSplit = hold_out_pieces(recordings)
        self._trainer = _trainer(spec, self._held_out, processes)
        self._seconds_before = self._resume() if spec.resume else 0.0
        self._seconds = 0.0
        self._log = TrainingLog(log_path(spec.out), self._trainer.step) if processes.is_main else None
        self._saved, self._saved_step = time.monotonic(), -1
        self._figures: dict[str, float] = {}
        self._validation: dict[str, float] = {}
        self.header = WeightsHeader(self._config.generator)

    def _resume(self) -> float:
        """Seconds already spent. Raises TrainingError."""
        checkpoint = load_checkpoint(checkpoint_path(self._spec.out))
        self._trainer.restore(checkpoint)
        return checkpoint.seconds

    def run(self) -> Iterator[TrainingStatus]:
        while (fraction := self._fraction()) < 1:
            self._processes.broadcast_float(fraction)
            started = time.monotonic()
            self._trainer.advance()
            self._seconds += time.monotonic() - started
            if self._trainer.step % self._config.log_steps == 0:
                self._figures = self._trainer.means()
                self._add_row(self._figures)
            yield self._status()

    def follow(self) -> None:
        """Takes part in the steps of the main process until it makes no more."""
        while (fraction := self._processes.broadcast_float(WAITING)) < ENDED:
            if fraction != WAITING:
                self._trainer.advance()

    def _fraction(self) -> float:
        if self._spec.steps is not None:
            return self._trainer.step / self._spec.steps
        return self._seconds / (60 * self._spec.minutes)

    @property
    def _all_seconds(self) -> float:
        return self._seconds_before + self._seconds

    def _add_row(self, figures: Figures) -> None:
        assert self._log is not None
        self._log.add({"step": self._trainer.step, "hours": self._all_seconds / 3600} | dict(figures))

    def _status(self) -> TrainingStatus:
        fraction = min(1.0, self._fraction())
        return TrainingStatus(
            "train",
            self._message(),
            fraction,
            step=self._trainer.step,
            seconds=self._all_seconds,
            remaining_seconds=self._seconds * (1 - fraction) / max(fraction, 1e-6),
            loss=self._figures.get("loss"),
            skipped=skipped_pairs(self._recordings.skipped),
        )

    def _message(self) -> str:
        loss = f", loss {self._figures['loss']:.3f}" if "loss" in self._figures else ""
        names = {"mel": "mel", "group_delay": "group delay", "frequency": "frequency"}
        held_out = [
            f"{words} {self._validation[name]:.3f}" for name, words in names.items() if name in self._validation
        ]
        return f"Learning: step {self._trainer.step}{loss}" + (f"; held out: {', '.join(held_out)}" if held_out else "")

    def state(self) -> VocoderCheckpoint:
        return self._trainer.checkpoint(self._all_seconds)

    def due(self) -> bool:
        return time.monotonic() - self._saved >= 60 * self._config.checkpoint_minutes

    def save(self, state: VocoderCheckpoint) -> None:
        """Writes weights, checkpoint and a row of the log, once for each step. Raises TrainingError or VocoderError."""
        if state.step == self._saved_step:
            return
        with self._trainer.timer.part("saving"):
            device, mel_format = self._processes.device, self._config.generator.mel_format
            self._validation = validate(self._trainer.average, self._held_out.excerpts, mel_format, device)
            self.header = replace(self.header, training=self._record())
            save_checkpoint(state, checkpoint_path(self._spec.out))
            save_generator(self._trainer.average, self.header, self._spec.out, self._spec.half)
            self._add_row({f"held_out_{name}": value for name, value in self._validation.items()})
        self._saved, self._saved_step = time.monotonic(), state.step

    def finalize(self) -> Training[WeightsHeader]:
        yield TrainingStatus("save", f"Saving “{self._spec.out.name}”", 0.0, step=self._trainer.step)
        self.save(self.state())
        return self.header

    def _record(self) -> dict[str, Any]:
        unseen = "held_out" if self._held_out.unseen else "learned"
        return {
            "files": self._recordings.files,
            "hours_of_sound": round(self._recordings.seconds / 3600, 3),
            "steps": self._trainer.step,
            "hours": round(self._all_seconds / 3600, 3),
            "date": datetime.now(UTC).date().isoformat(),
            "device": self._processes.device.type,
            "processes": self._processes.world_size,
            **{f"{unseen}_{name}": round(value, 4) for name, value in self._validation.items()},
            "config": self._config.to_record(),
            "distill": __version__,
            "torch": torch.__version__,
        }


def _trainer(spec: VocoderSpec, held_out: ValidationSplit, processes: SingleProcess) -> VocoderTrainer:
    config = spec.config
    length, rank = segment_samples(config), processes.rank
    sampler = SegmentSampler(held_out.train, length, config.batch, config.seed, rank)
    batches = SegmentBatches(sampler, config.generator.mel_format, processes.device)
    if spec.init is None:
        return VocoderTrainer(config, batches, processes)
    generator, header = load_generator(spec.init)
    if header.config != config.generator:
        raise TrainingError(f"“{spec.init.name}” holds another network than --config asks for; choose its own.")
    return VocoderTrainer(config, batches, processes, generator)
