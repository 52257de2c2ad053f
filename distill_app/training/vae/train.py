"""Training of a model: scan recordings, train, find the sliders, save."""

from functools import partial

import torch

from distill_app.common.generators import FractionProgress, drain, map_steps
from distill_app.common.paths import cache_folder
from distill_app.common.training_paths import BASE_MODEL
from distill_app.corpus.corpus import Corpus
from distill_app.corpus.decode_cache import evict_least_recently_used
from distill_app.corpus.scan import scan_files
from distill_app.models.model import DistillModel
from distill_app.project.corpora import CorpusSpec
from distill_app.training.axes.level_calibration import calibrate_levels
from distill_app.training.run.checkpoints import Checkpoints
from distill_app.training.run.control import Control
from distill_app.training.run.demos import Demos, built_in_renderer
from distill_app.training.run.followers import notify_followers, read_together
from distill_app.training.run.process_group import SINGLE_PROCESS, WAITING, SingleProcess
from distill_app.training.run.runner import Training, run_and_finalize, run_training, scan_status, skipped_pairs
from distill_app.training.run.spec import ModelSpec
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae.base_model import BaseModel
from distill_app.training.vae.build_model import build_model_steps
from distill_app.training.vae.checkpoint import TRAINING_CODEC, TrainingState
from distill_app.training.vae.config import MINUTES_MAX, TrainingConfig
from distill_app.training.vae.distributed import build_synced_trainer
from distill_app.training.vae.finalize import Finalizer
from distill_app.training.vae.first_model import FirstModel
from distill_app.training.vae.grain_bank import add_grain_bank
from distill_app.training.vae.memory_estimate import training_bytes

_MELS_BYTES_MAX = 8 * 2**30
"""About a hundred hours of sound."""


def train_model(
    spec: ModelSpec,
    control: Control | None = None,
    processes: SingleProcess = SINGLE_PROCESS,
    config: TrainingConfig | None = None,
) -> Training[DistillModel]:
    """Trains a model on recordings and saves it.

    The first model is written before the network learns, unless there is a file already; the trained one replaces it.
    A specification of 0 minutes ends with it.

    The fitting ends early where `control` is stopped, where KeyboardInterrupt is raised in it (also by `throw`), or
    where the generator is closed: the best network so far gets its sliders and is saved all the same. An interruption
    before or after the fitting saves no other model and leaves an existing file as it was. A checkpoint is written
    every `checkpoint_seconds` and when the fitting ends; what was trained to the end and saved leaves none.

    Args:
        processes: that train together, of which this is the main one; the others `follow_training`.
        config: for experiments; that of the specification by default. A resumed training takes its budget and its
            device alone.

    Raises CorpusError, SettingsError, TrainingError, ModelFileError; TrainingSuspendedError where `control` is
    suspended.
    """
    config = config or TrainingConfig.of(spec)
    corpus = yield from read_together(_scan(spec.corpora), processes)
    with Checkpoints(spec.out, spec.checkpoint, TRAINING_CODEC, spec.checkpoint_seconds) as checkpoints:
        return (yield from _train(spec, config, corpus, control or Control(), checkpoints, processes))


def follow_training(spec: ModelSpec, processes: SingleProcess) -> None:
    """Reads the recordings and takes part in every step that the main process makes."""
    config = TrainingConfig.of(spec)
    corpus = drain(read_together(_scan(spec.corpora), processes))
    base = BaseModel.load(spec.begin_with, corpus) if spec.begin_with else None
    build_synced_trainer(corpus, config, None, processes, base).follow()


def _scan(corpora: tuple[CorpusSpec, ...]) -> Training[Corpus]:
    corpus = yield from map_steps(scan_files(corpora), scan_status)
    evict_least_recently_used(cache_folder() / "mels", _MELS_BYTES_MAX, MINUTES_MAX)
    return corpus


def _train(
    spec: ModelSpec,
    config: TrainingConfig,
    corpus: Corpus,
    control: Control,
    checkpoints: Checkpoints[TrainingState],
    processes: SingleProcess,
) -> Training[DistillModel]:
    resumed = checkpoints.load() if spec.resume else None
    base = BaseModel.prepare(spec.begin_with, spec.out, corpus, resumed is not None)
    meanwhile = partial(processes.broadcast_float, WAITING)
    trainer = build_synced_trainer(corpus, config, resumed, processes, base)
    yield _first_status(config, corpus)
    demos = Demos(spec.out, built_in_renderer(), trainer.demo_mels) if spec.demos else None
    finalizer = Finalizer(trainer, control, checkpoints, resumed)

    def build() -> FractionProgress[DistillModel]:
        name = spec.name or spec.corpora[0].name
        model = yield from build_model_steps(corpus, trainer.result(), name, base)
        return calibrate_levels(model, corpus)

    minutes = (resumed.resumed_config(config) if resumed else config).grain_minutes

    def add_grain(model: DistillModel) -> Training[DistillModel]:
        return add_grain_bank(model, corpus, minutes, base)

    first = FirstModel(build, add_grain, spec.out, control, meanwhile)
    if config.is_first_only and resumed is None:
        model = yield from first.alone(notify_followers(trainer.run(), processes))
        checkpoints.remove(BASE_MODEL)
        return model
    fitting = run_training(trainer, control, checkpoints, demos, meanwhile)
    if resumed and resumed.stopped and not resumed.has_new_budget(config):
        control.stop()
        fitting.close()
    steps = notify_followers(first.before(fitting, trainer), processes)
    return (yield from run_and_finalize(steps, control, lambda: finalizer.run(build, add_grain, spec.out)))


def _first_status(config: TrainingConfig, corpus: Corpus) -> TrainingStatus:
    return TrainingStatus(
        "train",
        "Learning begins",
        0.0,
        device=config.device,
        threads=torch.get_num_threads(),
        memory_bytes=training_bytes(config, corpus.mel_format.bands, corpus.frames),
        files=len(corpus.files),
        sound_seconds=corpus.seconds,
        skipped=skipped_pairs(corpus.skipped),
    )
