"""Recordings to a model file: scan, train, analyse, save; one generator for command line and window."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from distill_app.models.file import save_model
from distill_app.models.model import DistillModel
from distill_app.project.corpora import CorpusChoice
from distill_app.training.analysis import Audition, analyse
from distill_app.training.assembly import assemble
from distill_app.training.checkpoints import Checkpoints
from distill_app.training.config import TrainingConfig
from distill_app.training.control import Control
from distill_app.training.corpus import Corpus, ScanProgress
from distill_app.training.course import SessionProgress, Setup, course, learned
from distill_app.training.demos import Demos, vocoder_voice
from distill_app.training.loop import Trainer
from distill_app.training.memory import training_bytes
from distill_app.training.places import checkpoint_path
from distill_app.training.progress import Trained, TrainingProgress
from distill_app.training.scan import scan_files
from distill_app.training.state import STATES, TrainingState


@dataclass(frozen=True)
class TrainingTask:
    """What to learn from, how, and into which file.

    Args:
        corpora: what is learned from.
        out: the file to write; where the training stands is written to the folder `training_folder(out)`.
        config: of the training; where one is resumed only its budget and its device are used.
        name: the model's title; the name of the first corpus where none is given.
        resume: go on where a training into `out` was broken off; it begins anew where there is none.
        demos: sounds and pictures of the network so far are written to the same folder (see demos.py).
        checkpoint_seconds: the most work, in seconds, that is lost when the program is killed.
    """

    corpora: tuple[CorpusChoice, ...]
    out: Path
    config: TrainingConfig
    name: str | None = None
    resume: bool = False
    checkpoint_seconds: float = 20.0
    demos: bool = False


Session = Generator[SessionProgress, None, DistillModel]


def train_model(task: TrainingTask, audition: Audition, control: Control | None = None) -> Session:
    """Learns from recordings and saves the model; yields progress, returns the model.

    The fitting ends early where `control` is asked to stop, where KeyboardInterrupt is raised in it (also by `throw`),
    or where the generator is closed: the best network so far is analysed and saved all the same. An interruption before
    or after the fitting saves no model and leaves an existing file as it was. Where a training stands is written down
    every `checkpoint_seconds` and when it ends early; what was learned to the end and saved leaves no checkpoint.

    Args:
        audition: renders the model, to measure and name its sliders.

    Raises CorpusError, TrainingError, ModelFileError; TrainingLeftError where `control` is asked to leave.
    """
    corpus = yield from _scan(task.corpora)
    with Checkpoints(task.out, checkpoint_path(task.out), STATES, task.checkpoint_seconds) as checkpoints:
        return (yield from _learn(task, corpus, audition, control or Control(), checkpoints))


def _learn(
    task: TrainingTask, corpus: Corpus, audition: Audition, control: Control, checkpoints: Checkpoints[TrainingState]
) -> Session:
    trainer = _trainer(task, corpus, checkpoints)
    yield SessionProgress("train", "Learning begins", 0.0, skipped=corpus.skipped, setup=_setup(task.config, corpus))
    demos = Demos(task.out, vocoder_voice() if task.demos else None)
    fitting = (replace(now, skipped=corpus.skipped) for now in course(trainer, control, checkpoints, demos, _words))
    model = yield from learned(fitting, control, lambda: _finish(corpus, trainer.result(), task, audition))
    if not control.stopped:
        checkpoints.remove()
    return model


def _setup(config: TrainingConfig, corpus: Corpus) -> Setup:
    memory = training_bytes(config, corpus.mel_format.bands, corpus.frames)
    return Setup(config.device, torch.get_num_threads(), memory)


def _trainer(task: TrainingTask, corpus: Corpus, checkpoints: Checkpoints[TrainingState]) -> Trainer:
    state = checkpoints.load() if task.resume else None
    if state is None:
        return Trainer(corpus, task.config)
    trainer = Trainer(corpus, state.config_for(task.config))
    trainer.restore(state)
    return trainer


def _scan(corpora: tuple[CorpusChoice, ...]) -> Generator[SessionProgress, None, Corpus]:
    scan: Generator[ScanProgress, None, Corpus] = scan_files(corpora)
    while True:
        try:
            file = next(scan)
        except StopIteration as end:
            return end.value
        yield SessionProgress("scan", f"Reading “{file.name}”", file.done / file.total, skipped=file.skipped)


def _words(progress: TrainingProgress) -> str:
    return f"Learning: epoch {progress.epoch}, error {progress.best.error_db:.1f} dB on sounds held out"


def _finish(corpus: Corpus, trained: Trained, task: TrainingTask, audition: Audition) -> Session:
    yield SessionProgress("analyse", "Finding the sliders", 0.0)
    model = assembled = assemble(corpus, trained, task.name or task.corpora[0].name)
    count = len(model.axes.axes)
    for done, named in enumerate(analyse(assembled, audition), 1):
        model = named
        yield SessionProgress("analyse", f"Listening to slider {done} of {count}", done / count)
    yield SessionProgress("save", f"Saving “{task.out.name}”", 0.0)
    save_model(model, task.out)
    yield SessionProgress("save", f"Saved “{task.out.name}”", 1.0)
    return model
