"""A folder of recordings to a model file: scan, train, analyse, save; one generator for command line and window."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn.functional import avg_pool1d

from distill_app import __version__
from distill_app.models.axes import LatentAxes
from distill_app.models.file import save_model
from distill_app.models.header import CorpusFile, ModelHeader
from distill_app.models.model import DistillModel
from distill_app.models.vae import WINDOW_FRAMES
from distill_app.training.analysis import Audition, analyse, principal_components, unnamed_axes
from distill_app.training.config import TrainingConfig
from distill_app.training.corpus import Corpus, ScanProgress, Skipped, all_windows, scan_files
from distill_app.training.loop import Trained, Trainer, TrainingProgress
from distill_app.training.rest import rested

Stage = Literal["scan", "train", "analyse", "save"]
_ENCODE_BATCH = 64
_HOP = WINDOW_FRAMES // 4
_ANALYSED_MAX = 4_000
_POOLED_FRAMES = 16


@dataclass(frozen=True)
class SessionProgress:
    """Where the work stands.

    Args:
        stage: which part of it.
        message: that part in words for a musician.
        fraction: 0 … 1 of this stage.
        training: figures, in the stage "train".
        skipped: what is not learned from, as far as the folder has been read.
    """

    stage: Stage
    message: str
    fraction: float
    training: TrainingProgress | None = None
    skipped: tuple[Skipped, ...] = ()


Session = Generator[SessionProgress, None, DistillModel]


def train_model(
    folder: Path,
    out: Path,
    config: TrainingConfig,
    audition: Audition,
    name: str | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Session:
    """Learns from a folder and saves the model; yields progress, returns the model.

    The fitting ends early where `should_stop()` says so, where KeyboardInterrupt is raised in it (also by `throw`), or
    where the generator is closed: the best network so far is analysed and saved all the same. An interruption before
    or after the fitting saves nothing and leaves an existing file as it was.

    Args:
        out: the file to write.
        audition: renders the model, to measure and name its sliders.
        name: the model's title; the folder's name where none is given.

    Raises CorpusError, TrainingError, ModelFileError.
    """
    corpus = yield from _scan(folder)
    trainer = Trainer(corpus, config)
    closed = False
    try:
        yield from _train(trainer, corpus.skipped, should_stop)
    except KeyboardInterrupt:
        pass
    except GeneratorExit:
        closed = True
    finishing = _finish(corpus, trainer.result(), name or folder.resolve().name, audition, out)
    if closed:
        return _exhaust(finishing)
    return (yield from finishing)


def _exhaust(session: Session) -> DistillModel:
    while True:
        try:
            next(session)
        except StopIteration as end:
            return end.value


def _scan(folder: Path) -> Generator[SessionProgress, None, Corpus]:
    scan: Generator[ScanProgress, None, Corpus] = scan_files(folder)
    while True:
        try:
            file = next(scan)
        except StopIteration as end:
            return end.value
        yield SessionProgress("scan", f"Reading “{file.name}”", file.done / file.total, skipped=file.skipped)


def _train(
    trainer: Trainer, skipped: tuple[Skipped, ...], should_stop: Callable[[], bool]
) -> Generator[SessionProgress, None, None]:
    for progress in trainer.run():
        yield SessionProgress("train", _words(progress), progress.fraction, progress, skipped)
        if should_stop():
            return


def _words(progress: TrainingProgress) -> str:
    return f"Learning: epoch {progress.epoch}, error {progress.best.error_db:.1f} dB on sounds held out"


def _finish(corpus: Corpus, trained: Trained, name: str, audition: Audition, out: Path) -> Session:
    yield SessionProgress("analyse", "Finding the sliders", 0.0)
    model = assembled = assemble(corpus, trained, name)
    count = len(model.axes.axes)
    for done, named in enumerate(analyse(assembled, audition), 1):
        model = named
        yield SessionProgress("analyse", f"Listening to slider {done} of {count}", done / count)
    yield SessionProgress("save", f"Saving “{out.name}”", 0.0)
    save_model(model, out)
    yield SessionProgress("save", f"Saved “{out.name}”", 1.0)
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
    windows = _analysed_windows(corpus)
    latents = torch.cat([model.encode(batch) for batch in torch.split(windows, _ENCODE_BATCH)]).clone()
    sounds = avg_pool1d(windows, _POOLED_FRAMES).flatten(1)
    components = principal_components(latents, sounds, block=WINDOW_FRAMES // _HOP)
    axes = unnamed_axes(latents, components)
    record = header.training | {"axis_shares_of_sound": [round(share, 4) for share in components.shares.tolist()]}
    found = replace(model, axes=axes, header=replace(header, axes=axes.axes, training=record))
    return rested(found, windows, latents)


def _analysed_windows(corpus: Corpus) -> Tensor:
    """Windows of the whole corpus in order, of a large one an even choice."""
    windows = all_windows(corpus, _HOP)
    return windows[:: -(-len(windows) // _ANALYSED_MAX)]


def _versions() -> dict[str, Any]:
    return {"distill": __version__, "torch": torch.__version__}
