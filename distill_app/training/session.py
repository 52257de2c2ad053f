"""Recordings to a model file: scan, train, analyse, save; one generator for command line and window."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch
from torch.nn.functional import avg_pool1d

from distill_app import __version__
from distill_app.errors import TrainingError
from distill_app.models.axes import LatentAxes
from distill_app.models.file import save_model
from distill_app.models.header import CorpusFile, ModelHeader
from distill_app.models.model import DistillModel
from distill_app.models.vae import WINDOW_FRAMES
from distill_app.project.corpora import CorpusChoice
from distill_app.training.analysis import Audition, analyse, principal_components, unnamed_axes
from distill_app.training.checkpoints import Checkpoints
from distill_app.training.config import TrainingConfig
from distill_app.training.control import Control
from distill_app.training.corpus import Corpus, ScanProgress, Skipped
from distill_app.training.demos import Demos, vocoder_voice
from distill_app.training.loop import Trainer
from distill_app.training.mels import even_windows
from distill_app.training.memory import ANALYSED_MAX, training_bytes
from distill_app.training.progress import Trained, TrainingProgress
from distill_app.training.rest import rested
from distill_app.training.scan import scan_files

Stage = Literal["scan", "train", "analyse", "save"]
_ENCODE_BATCH = 64
_HOP = WINDOW_FRAMES // 4
_POOLED_FRAMES = 16


class TrainingLeftError(TrainingError):
    """A training was left before its end, to be resumed."""


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


@dataclass(frozen=True)
class Setup:
    """What a training runs on: device, threads of the processor, and the memory it will take, estimated."""

    device: str
    threads: int
    memory_bytes: int


@dataclass(frozen=True)
class SessionProgress:
    """Where the work stands.

    Args:
        stage: which part of it.
        message: that part in words for a musician.
        fraction: 0 … 1 of this stage.
        training: figures, in the stage "train".
        skipped: what is not learned from, as far as they have been read.
        paused: the hand has asked for a pause; the next progress comes after it.
        trouble: a sentence where the last checkpoint could not be written, else "".
        setup: what it is trained on, told once before the first step.
        demo: the newest sound of the network.
    """

    stage: Stage
    message: str
    fraction: float
    training: TrainingProgress | None = None
    skipped: tuple[Skipped, ...] = ()
    paused: bool = False
    trouble: str = ""
    setup: Setup | None = None
    demo: Path | None = None


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
    with Checkpoints(task.out, task.checkpoint_seconds) as checkpoints:
        return (yield from _learn(task, corpus, audition, control or Control(), checkpoints))


def _learn(
    task: TrainingTask, corpus: Corpus, audition: Audition, control: Control, checkpoints: Checkpoints
) -> Session:
    trainer = _trainer(task, corpus, checkpoints)
    yield SessionProgress("train", "Learning begins", 0.0, skipped=corpus.skipped, setup=_setup(task.config, corpus))
    demos = Demos(task.out, vocoder_voice() if task.demos else None)
    closed = False
    try:
        for progress in _train(trainer, control, checkpoints, demos):
            yield replace(progress, skipped=corpus.skipped)
    except KeyboardInterrupt:
        control.stop()
    except GeneratorExit:
        closed = True
    if control.left:
        raise TrainingLeftError("The training is put aside; it goes on from here with --resume.")
    finishing = _finish(corpus, trainer.result(), task, audition)
    if closed:
        return _exhaust(finishing)
    model = yield from finishing
    if not control.stopped:
        checkpoints.remove()
    return model


def _setup(config: TrainingConfig, corpus: Corpus) -> Setup:
    memory = training_bytes(config, corpus.mel_format.bands, corpus.frames)
    return Setup(config.device, torch.get_num_threads(), memory)


def _trainer(task: TrainingTask, corpus: Corpus, checkpoints: Checkpoints) -> Trainer:
    state = checkpoints.load() if task.resume else None
    if state is None:
        return Trainer(corpus, task.config)
    trainer = Trainer(corpus, state.config_for(task.config))
    trainer.restore(state)
    return trainer


def _exhaust(session: Session) -> DistillModel:
    while True:
        try:
            next(session)
        except StopIteration as end:
            return end.value


def _scan(corpora: tuple[CorpusChoice, ...]) -> Generator[SessionProgress, None, Corpus]:
    scan: Generator[ScanProgress, None, Corpus] = scan_files(corpora)
    while True:
        try:
            file = next(scan)
        except StopIteration as end:
            return end.value
        yield SessionProgress("scan", f"Reading “{file.name}”", file.done / file.total, skipped=file.skipped)


def _train(
    trainer: Trainer, control: Control, checkpoints: Checkpoints, demos: Demos
) -> Generator[SessionProgress, None, None]:
    for progress in trainer.run():
        if checkpoints.due() or control.paused or control.ended or progress.fraction >= 1:
            checkpoints.save(trainer.state())
        if demos.due(progress.elapsed_seconds):
            demos.write(progress.elapsed_seconds, *trainer.trial())
        trouble = checkpoints.trouble or demos.trouble
        now = SessionProgress(
            "train", _words(progress), progress.fraction, progress, trouble=trouble, demo=demos.newest
        )
        yield now
        if control.paused:
            yield replace(now, message="Pausing", paused=True)
            control.wait()
        if control.ended:
            return


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


def assemble(corpus: Corpus, trained: Trained, name: str) -> DistillModel:
    """The model with its axes found but not yet named."""
    header = ModelHeader(
        name=name,
        mel_format=corpus.mel_format,
        architecture=dict(trained.architecture),
        axes=(),
        corpus=tuple(CorpusFile(file.name, round(file.seconds, 3)) for file in corpus.files),
        training=trained.record | _versions(),
    )
    vae = trained.vae.requires_grad_(False)
    nothing = LatentAxes((), torch.zeros(vae.latent), torch.zeros(0, vae.latent))
    model = DistillModel(header, vae, trained.mean, trained.std, nothing)
    windows = even_windows([file.mel for file in corpus.files], _HOP, ANALYSED_MAX)
    latents = torch.cat([model.encode(batch) for batch in torch.split(windows, _ENCODE_BATCH)]).clone()
    sounds = avg_pool1d(windows, _POOLED_FRAMES).flatten(1)
    components = principal_components(latents, sounds, block=WINDOW_FRAMES // _HOP)
    axes = unnamed_axes(latents, components)
    record = header.training | {"axis_shares_of_sound": [round(share, 4) for share in components.shares.tolist()]}
    found = replace(model, axes=axes, header=replace(header, axes=axes.axes, training=record))
    return rested(found, windows, latents)


def _versions() -> dict[str, Any]:
    return {"distill": __version__, "torch": torch.__version__}
