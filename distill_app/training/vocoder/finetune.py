"""Recordings to the vocoder that a model carries: gather, train, compare, save; for command line and window."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

import torch

from distill_app import __version__
from distill_app.common.errors import CorpusError, SettingsError
from distill_app.common.generators import map_steps
from distill_app.common.paths import BUILT_IN_WEIGHTS, cache_folder
from distill_app.common.training_paths import vocoder_checkpoint_path
from distill_app.corpus.corpus import ScanProgress
from distill_app.corpus.discovery import discover_files, skip_unusable
from distill_app.models.model import DistillModel
from distill_app.models.model_file import embed_vocoder, load_model
from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.checkpoints import Checkpoints
from distill_app.training.run.control import Control
from distill_app.training.run.process_group import SINGLE_PROCESS, SingleProcess
from distill_app.training.run.runner import (
    Training,
    pausable,
    raise_if_suspended,
    run_and_finalize,
    run_training,
    scan_status,
    skipped_pairs,
)
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vocoder.config import MINUTES_MAX, PRESETS, VocoderTrainingConfig
from distill_app.training.vocoder.evaluation import excerpts, judged
from distill_app.training.vocoder.finetune_checkpoint import STATES, FinetuneCheckpoint, fingerprint
from distill_app.training.vocoder.finetune_trainer import Budget, FinetuneTrainer
from distill_app.training.vocoder.reconstruction_batches import ReconstructionBatches
from distill_app.training.vocoder.recordings import Recordings, gather
from distill_app.training.vocoder.split import Parts, divided
from distill_app.training.vocoder.trainer import VocoderTrainer
from distill_app.vocoders.embedded.quality_gate import QualityGate
from distill_app.vocoders.embedded.vocoder import EmbeddedVocoder, build_vocoder, embedded_info
from distill_app.vocoders.networks.weights_file import load_generator, network_from_state
from distill_app.vocoders.runtime.compute_config import ComputeConfig

Base = Literal["built-in", "hifigan-v2"]
BASES: tuple[Base, ...] = get_args(Base)
CONFIGS: Mapping[Base, VocoderTrainingConfig] = MappingProxyType(
    {"built-in": PRESETS["256x6-treble"], "hifigan-v2": PRESETS["hifigan-v2"]}
)
"""The built-in vocoder's network goes on learning; HiFi-GAN begins with nothing."""
RECONSTRUCTED = 0.25
"""Of what is learned from is what the model makes of the recordings."""
_CHOOSING_MOST, _JUDGING_MOST = 12, 32
_MEMORY_BYTES = 1_100 * 2**20
"""Measured."""


@dataclass(frozen=True)
class FinetuneTask:
    """A vocoder for one model.

    Args:
        model: the file, in which the vocoder is put; where the training stands lies in a folder beside it.
        corpora: what is learned from.
        base: what it begins with.
        minutes: budget of learning in all.
        steps: the same, counted in steps instead.
        seed: of everything random.
        resume: go on where a training for this model was broken off; it begins anew where there is none.
        checkpoint_seconds: the most work, in seconds, that is lost when the program is killed.

    Raises SettingsError where a value is out of its range.
    """

    model: Path
    corpora: tuple[CorpusSpec, ...]
    base: Base = "built-in"
    minutes: float = 10.0
    steps: int | None = None
    seed: int = 0
    resume: bool = False
    checkpoint_seconds: float = 20.0

    def __post_init__(self) -> None:
        if not 0 < self.minutes <= MINUTES_MAX:
            raise SettingsError("The training time has to be more than 0 minutes and at most a month.")
        if self.steps is not None and self.steps < 1:
            raise SettingsError("The number of steps goes from 1 up.")
        if self.base not in BASES:
            raise SettingsError(f"A vocoder begins with one of: {', '.join(BASES)}.")

    @property
    def config(self) -> VocoderTrainingConfig:
        return replace(CONFIGS[self.base], seed=self.seed)


def train_own_vocoder(
    task: FinetuneTask, processes: SingleProcess = SINGLE_PROCESS, control: Control | None = None
) -> Training[EmbeddedVocoder]:
    """Learns from recordings, compares with the built-in vocoder, and puts the best network into the model file.

    It is ended, interrupted, closed and resumed as `distill_app.training.vae.train.train_model` is; the model file
    is as it was until it is replaced at the end.

    Raises CorpusError, ModelFileError, SettingsError, TrainingError, VocoderError; TrainingLeftError where `control` is
    asked to leave.
    """
    model, control = load_model(task.model), control or Control()
    if model.header.mel_format != task.config.generator.mel_format:
        raise SettingsError("This model gives another mel than the vocoder would read; train the model anew.")
    recordings = yield from _gathered(task)
    with Checkpoints(task.model, vocoder_checkpoint_path(task.model), STATES, task.checkpoint_seconds) as checkpoints:
        return (yield from _Run(task, model, recordings, processes).session(control, checkpoints))


def _gathered(task: FinetuneTask) -> Training[Recordings]:
    found = discover_files(task.corpora)
    files, left = skip_unusable(found.files)
    skipped = (*found.skipped, *left)
    if not files:
        raise CorpusError(skipped[0].reason if skipped else "All recordings are left out; leave fewer of them out.")
    rate, cache = task.config.generator.mel_format.sample_rate, cache_folder() / "recordings"

    def read(file: ScanProgress) -> TrainingStatus:
        return scan_status(replace(file, skipped=(*skipped, *file.skipped)))

    recordings = yield from map_steps(gather([file.path for file in files], rate, cache), read)
    return replace(recordings, skipped=(*skipped, *recordings.skipped))


class _Run:
    """One run of one training."""

    def __init__(
        self, task: FinetuneTask, model: DistillModel, recordings: Recordings, processes: SingleProcess
    ) -> None:
        self._task, self._model, self._recordings, self._processes = task, model, recordings, processes
        self._config = task.config
        self._parts: Parts = divided(recordings.pieces, recordings.sample_rate, task.seed)
        self._choosing = excerpts(self._parts.choosing, model.header, _CHOOSING_MOST)
        self._judging = excerpts(self._parts.judging, model.header, _JUDGING_MOST)
        if not (self._choosing and self._judging):
            raise CorpusError("What would be held out of these recordings to compare by is silent; add recordings.")

    def session(self, control: Control, checkpoints: Checkpoints[FinetuneCheckpoint]) -> Training[EmbeddedVocoder]:
        yield self._first_status()
        trainer = self._trainer(checkpoints)
        fitting = run_training(trainer, control, checkpoints)
        own = yield from run_and_finalize(fitting, control, lambda: self._finish(trainer, control))
        if control.stopped:
            checkpoints.save(replace(trainer.state(), saved=True))
        else:
            checkpoints.remove()
        return own

    def _first_status(self) -> TrainingStatus:
        return TrainingStatus(
            "train",
            "Learning begins",
            0.0,
            device=self._processes.device.type,
            threads=torch.get_num_threads(),
            memory_bytes=_MEMORY_BYTES,
            skipped=skipped_pairs(self._recordings.skipped),
        )

    def _trainer(self, checkpoints: Checkpoints[FinetuneCheckpoint]) -> FinetuneTrainer:
        task, config = self._task, self._config
        init = load_generator(BUILT_IN_WEIGHTS)[0] if task.base == "built-in" else None
        pairs = ReconstructionBatches(self._parts.learned, self._model, config, self._processes.device, RECONSTRUCTED)
        trainer = FinetuneTrainer(
            VocoderTrainer(config, pairs, self._processes, init),
            config.generator,
            config.batch,
            self._choosing,
            (task.base, fingerprint(self._recordings.pieces)),
            Budget(task.minutes, task.steps),
        )
        state = checkpoints.load() if task.resume else None
        if state is not None:
            trainer.restore(state)
        return trainer

    def _finish(self, trainer: FinetuneTrainer, control: Control) -> Training[EmbeddedVocoder]:
        words = "Comparing with the built-in vocoder"
        yield TrainingStatus("analyse", words, 0.0)
        state, config = trainer.best(), self._config.generator
        network = network_from_state(config, state)
        job = judged(
            build_vocoder(network, config, embedded_info(config, ""), ComputeConfig("cpu", "torch")),
            self._model,
            self._judging,
        )
        while True:
            try:
                yield from pausable(TrainingStatus("analyse", words, next(job)), control)
                raise_if_suspended(control)
            except StopIteration as end:
                gate: QualityGate = end.value
                break
        own = EmbeddedVocoder(config, gate, self._record(trainer))
        yield TrainingStatus("save", f"Saving “{self._task.model.name}”", 0.0)
        embed_vocoder(self._task.model, own.to_dict(), state)
        yield TrainingStatus("save", f"Saved “{self._task.model.name}”", 1.0)
        return own

    def _record(self, trainer: FinetuneTrainer) -> dict[str, Any]:
        return {
            "base": self._task.base,
            "files": self._recordings.files,
            "seconds_of_sound": round(self._recordings.seconds, 1),
            "seconds": round(trainer.seconds, 1),
            "steps": trainer.step,
            "epochs": trainer.epochs,
            "segments": trainer.step * self._config.batch,
            "reconstructed_share": RECONSTRUCTED,
            "gain_chosen_by": round(trainer.gain, 4),
            "learning_rate": self._config.learning_rate,
            "seed": self._task.seed,
            "device": self._processes.device.type,
            "date": datetime.now(UTC).date().isoformat(),
            "distill": __version__,
            "torch": torch.__version__,
        }
