"""Recordings to a model file: scan, train, analyse, save; one generator for command line and window."""

from dataclasses import dataclass
from pathlib import Path

import torch

from distill_app.common.generators import FractionProgress, drain, map_steps
from distill_app.common.paths import cache_folder
from distill_app.common.training_paths import checkpoint_path
from distill_app.corpus.corpus import Corpus
from distill_app.corpus.decode_cache import evict_least_recently_used
from distill_app.corpus.scan import scan_files
from distill_app.models.model import DistillModel
from distill_app.project.corpora import CorpusSpec
from distill_app.training.axes.analysis import SliderAudio
from distill_app.training.axes.level_calibration import calibrated
from distill_app.training.run.checkpoints import Checkpoints
from distill_app.training.run.control import Control
from distill_app.training.run.demos import Demos, built_in_renderer
from distill_app.training.run.followers import notify_followers, read_together
from distill_app.training.run.process_group import SINGLE_PROCESS, WAITING, SingleProcess
from distill_app.training.run.runner import Training, run_and_finalize, run_training, scan_status, skipped_pairs
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae.base_model import BaseModel
from distill_app.training.vae.build_model import assembly_steps
from distill_app.training.vae.checkpoint import STATES, TrainingState
from distill_app.training.vae.config import MINUTES_MAX, TrainingConfig
from distill_app.training.vae.distributed import build_synced_trainer
from distill_app.training.vae.finalize import Finalizer
from distill_app.training.vae.memory_estimate import training_bytes

_MELS_BYTES_MAX = 8 * 2**30
"""About a hundred hours of sound."""


@dataclass(frozen=True)
class TrainingTask:
    """What to learn from, how, and into which file.

    Args:
        corpora: what is learned from.
        out: the file to write; where the training stands is written to the folder `training_folder(out)`.
        config: of the training; where one is resumed only its budget and its device are used.
        name: the model's title; the name of the first corpus where none is given.
        resume: go on where a training into `out` was broken off; it begins anew where there is none.
        begin_with: a model to go on from: what it knows stays, also where the recordings behind it are not given again.
            Where a training is resumed it is the one that it began with.
        demos: sounds and pictures of the network so far are written to the same folder (see demos.py).
        checkpoint_seconds: the most work, in seconds, that is lost when the program is killed.
    """

    corpora: tuple[CorpusSpec, ...]
    out: Path
    config: TrainingConfig
    name: str | None = None
    resume: bool = False
    checkpoint_seconds: float = 20.0
    demos: bool = False
    begin_with: Path | None = None


Session = Training[DistillModel]


def train_model(
    task: TrainingTask, audition: SliderAudio, control: Control | None = None, processes: SingleProcess = SINGLE_PROCESS
) -> Session:
    """Learns from recordings and saves the model; yields progress, returns the model.

    The fitting ends early where `control` is asked to stop, where KeyboardInterrupt is raised in it (also by `throw`),
    or where the generator is closed: the best network so far is analysed and saved all the same. An interruption before
    or after the fitting saves no model and leaves an existing file as it was. Where a training stands is written down
    every `checkpoint_seconds`, when it ends early, and with each slider that has been measured; what was learned to the
    end and saved leaves no checkpoint.

    Args:
        audition: renders the model, to measure and name its sliders.
        processes: that train together, of which this is the first one; the others `help_to_train`.

    Raises CorpusError, TrainingError, ModelFileError; TrainingLeftError where `control` is asked to leave.
    """
    corpus = yield from read_together(_scan(task.corpora), processes)
    with Checkpoints(task.out, checkpoint_path(task.out), STATES, task.checkpoint_seconds) as checkpoints:
        return (yield from _learn(task, corpus, audition, control or Control(), checkpoints, processes))


def help_to_train(task: TrainingTask, processes: SingleProcess) -> None:
    """What each process but the first one does: it reads the recordings and takes its part in every step."""
    corpus = drain(read_together(_scan(task.corpora), processes))
    origin = BaseModel.of(task.begin_with, corpus) if task.begin_with else None
    build_synced_trainer(corpus, task.config, None, processes, origin).follow()


def _learn(
    task: TrainingTask,
    corpus: Corpus,
    audition: SliderAudio,
    control: Control,
    checkpoints: Checkpoints[TrainingState],
    processes: SingleProcess,
) -> Session:
    resumed = checkpoints.load() if task.resume else None
    origin = BaseModel.kept(task.begin_with, task.out, corpus, resumed is not None)
    trainer = build_synced_trainer(corpus, task.config, resumed, processes, origin)
    yield _first_status(task.config, corpus)
    demos = Demos(task.out, built_in_renderer(), trainer.trial) if task.demos else None
    fitting = run_training(trainer, control, checkpoints, demos, lambda: processes.broadcast_float(WAITING))
    if resumed and resumed.stopped and not resumed.asked_for_more(task.config):
        control.stop()
        fitting.close()
    finishing = Finalizer(trainer, control, checkpoints, resumed)
    name = task.name or task.corpora[0].name

    def assembling() -> FractionProgress[DistillModel]:
        return calibrated((yield from assembly_steps(corpus, trainer.result(), name, origin)), corpus)

    return (
        yield from run_and_finalize(
            notify_followers(fitting, processes), control, lambda: finishing.run(assembling, audition, task.out)
        )
    )


def _first_status(config: TrainingConfig, corpus: Corpus) -> TrainingStatus:
    return TrainingStatus(
        "train",
        "Learning begins",
        0.0,
        device=config.device,
        threads=torch.get_num_threads(),
        memory_bytes=training_bytes(config, corpus.mel_format.bands, corpus.frames),
        skipped=skipped_pairs(corpus.skipped),
    )


def _scan(corpora: tuple[CorpusSpec, ...]) -> Training[Corpus]:
    corpus = yield from map_steps(scan_files(corpora), scan_status)
    evict_least_recently_used(cache_folder() / "mels", _MELS_BYTES_MAX, MINUTES_MAX)
    return corpus
