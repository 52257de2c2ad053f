"""Fine-tuning of a model's embedded vocoder: read recordings, train, compare with the built-in vocoder, save."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import torch

from distill_app import __version__
from distill_app.common.errors import CorpusError, SettingsError
from distill_app.common.generators import map_steps
from distill_app.common.paths import BUILT_IN_WEIGHTS, cache_folder
from distill_app.corpus.corpus import ScanProgress
from distill_app.corpus.discovery import discover_files, skip_unusable
from distill_app.models.model import DistillModel
from distill_app.models.model_file import embed_vocoder, load_model
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
from distill_app.training.run.spec import Base, EmbeddedVocoderSpec
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vocoder.config import PRESETS, VocoderTrainingConfig
from distill_app.training.vocoder.evaluation import run_quality_gate, select_excerpts
from distill_app.training.vocoder.finetune_checkpoint import FINETUNE_CODEC, FinetuneCheckpoint, fingerprint
from distill_app.training.vocoder.finetune_trainer import Budget, FinetuneTrainer
from distill_app.training.vocoder.reconstruction_batches import ReconstructionBatches
from distill_app.training.vocoder.recordings import Recordings, decode_recordings
from distill_app.training.vocoder.split import VocoderSplit, split_recordings
from distill_app.training.vocoder.trainer import VocoderTrainer
from distill_app.vocoders.embedded.quality_gate import QualityGate
from distill_app.vocoders.embedded.vocoder import EmbeddedVocoder, build_vocoder, embedded_info
from distill_app.vocoders.networks.weights_file import load_generator, network_from_state
from distill_app.vocoders.runtime.compute_config import ComputeConfig

CONFIGS: Mapping[Base, VocoderTrainingConfig] = MappingProxyType(
    {"built-in": PRESETS["256x6-treble"], "hifigan-v2": PRESETS["hifigan-v2"]}
)
"""Training starts from the built-in vocoder's network, or from a randomly initialized HiFi-GAN."""
RECONSTRUCTED = 0.25
"""Fraction of training mels that are reconstructed by the model."""
_VALIDATION_EXCERPTS_MAX, _TEST_EXCERPTS_MAX = 12, 32
_MEMORY_BYTES = 1_100 * 2**20
"""Measured."""


def train_embedded_vocoder(
    spec: EmbeddedVocoderSpec, processes: SingleProcess = SINGLE_PROCESS, control: Control | None = None
) -> Training[EmbeddedVocoder]:
    """Trains a vocoder on recordings, compares it with the built-in one, and puts the best network into the model file.

    Ends, pauses and resumes like `distill_app.training.vae.train.train_model`. The model file stays as it was until it
    is replaced at the end.

    Raises CorpusError, ModelFileError, SettingsError, TrainingError, VocoderError; TrainingSuspendedError where
    `control` is suspended.
    """
    model, control = load_model(spec.out), control or Control()
    if model.header.mel_format != config_of(spec).generator.mel_format:
        raise SettingsError("This model gives another mel than the vocoder would read; train the model anew.")
    recordings = yield from _gather(spec)
    with Checkpoints(spec.out, spec.checkpoint, FINETUNE_CODEC, spec.checkpoint_seconds) as checkpoints:
        return (yield from _Run(spec, model, recordings, processes).train(control, checkpoints))


def config_of(spec: EmbeddedVocoderSpec) -> VocoderTrainingConfig:
    return replace(CONFIGS[spec.base], seed=spec.seed)


def _gather(spec: EmbeddedVocoderSpec) -> Training[Recordings]:
    found = discover_files(spec.corpora)
    files, left = skip_unusable(found.files)
    skipped = (*found.skipped, *left)
    if not files:
        raise CorpusError(skipped[0].reason if skipped else "All recordings are left out; leave fewer of them out.")
    rate, cache = config_of(spec).generator.mel_format.sample_rate, cache_folder() / "recordings"

    def read(file: ScanProgress) -> TrainingStatus:
        return scan_status(replace(file, skipped=(*skipped, *file.skipped)))

    recordings = yield from map_steps(decode_recordings([file.path for file in files], rate, cache), read)
    return replace(recordings, skipped=(*skipped, *recordings.skipped))


class _Run:
    """One run of one training."""

    def __init__(
        self, spec: EmbeddedVocoderSpec, model: DistillModel, recordings: Recordings, processes: SingleProcess
    ) -> None:
        self._spec, self._model, self._recordings, self._processes = spec, model, recordings, processes
        self._config = config_of(spec)
        self._parts: VocoderSplit = split_recordings(recordings.pieces, recordings.sample_rate, spec.seed)
        self._validation = select_excerpts(self._parts.validation, model.header, _VALIDATION_EXCERPTS_MAX)
        self._test = select_excerpts(self._parts.test, model.header, _TEST_EXCERPTS_MAX)
        if not (self._validation and self._test):
            raise CorpusError("What would be held out of these recordings to compare by is silent; add recordings.")

    def train(self, control: Control, checkpoints: Checkpoints[FinetuneCheckpoint]) -> Training[EmbeddedVocoder]:
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
        spec, config = self._spec, self._config
        init = load_generator(BUILT_IN_WEIGHTS)[0] if spec.base == "built-in" else None
        pairs = ReconstructionBatches(self._parts.train, self._model, config, self._processes.device, RECONSTRUCTED)
        trainer = FinetuneTrainer(
            VocoderTrainer(config, pairs, self._processes, init),
            config.generator,
            config.batch,
            self._validation,
            (spec.base, fingerprint(self._recordings.pieces)),
            Budget(spec.minutes, spec.steps),
        )
        state = checkpoints.load() if spec.resume else None
        if state is not None:
            trainer.restore(state)
        return trainer

    def _finish(self, trainer: FinetuneTrainer, control: Control) -> Training[EmbeddedVocoder]:
        words = "Comparing with the built-in vocoder"
        yield TrainingStatus("analyse", words, 0.0)
        state, config = trainer.best(), self._config.generator
        network = network_from_state(config, state)
        job = run_quality_gate(
            build_vocoder(network, config, embedded_info(config, ""), ComputeConfig("cpu", "torch")),
            self._model,
            self._test,
        )
        while True:
            try:
                yield from pausable(TrainingStatus("analyse", words, next(job)), control)
                raise_if_suspended(control)
            except StopIteration as end:
                gate: QualityGate = end.value
                break
        own = EmbeddedVocoder(config, gate, self._record(trainer))
        yield TrainingStatus("save", f"Saving “{self._spec.out.name}”", 0.0)
        embed_vocoder(self._spec.out, own.to_dict(), state)
        yield TrainingStatus("save", f"Saved “{self._spec.out.name}”", 1.0)
        return own

    def _record(self, trainer: FinetuneTrainer) -> dict[str, Any]:
        return {
            "base": self._spec.base,
            "files": self._recordings.files,
            "seconds_of_sound": round(self._recordings.seconds, 1),
            "seconds": round(trainer.seconds, 1),
            "steps": trainer.step,
            "epochs": trainer.epochs,
            "segments": trainer.step * self._config.batch,
            "reconstructed_share": RECONSTRUCTED,
            "gain_chosen_by": round(trainer.gain, 4),
            "learning_rate": self._config.learning_rate,
            "seed": self._spec.seed,
            "device": self._processes.device.type,
            "date": datetime.now(UTC).date().isoformat(),
            "distill": __version__,
            "torch": torch.__version__,
        }
