"""The course of any training: what it tells, when it is written down, and what becomes of it when it is ended early."""

import math
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from torch import Tensor

from distill_app.common.errors import TrainingError
from distill_app.common.generators import Result, drain
from distill_app.corpus.corpus import ScanProgress
from distill_app.corpus.discovery import Skipped
from distill_app.training.run.checkpoints import Checkpoints
from distill_app.training.run.control import Control, nothing
from distill_app.training.run.demos import Demos
from distill_app.training.run.progress import TrainingProgress

Stage = Literal["scan", "train", "analyse", "save"]
State = TypeVar("State", covariant=True)
Kept = TypeVar("Kept")


class TrainingSuspendedError(TrainingError):
    """A training was left before its end, to be resumed."""


@dataclass(frozen=True)
class RunInfo:
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
        notes: in the stage "scan", all so far about what is learned from, as in `ScanProgress`.
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
    notes: tuple[str, ...] = ()
    paused: bool = False
    trouble: str = ""
    setup: RunInfo | None = None
    demo: Path | None = None


Progress = Generator[SessionProgress, None, Result]
"""Work that tells where it stands, and what comes of it."""


def reading(file: ScanProgress) -> SessionProgress:
    """Place of a session that reads its recordings."""
    words, fraction = f"Reading “{file.name}”", file.done / file.total
    return SessionProgress("scan", words, fraction, skipped=file.skipped, notes=file.notes)


class Trainable(Protocol[State]):
    """What can be trained."""

    def run(self) -> Iterator[TrainingProgress]:
        """Learns, and tells where it stands; between two of these it may be written down, or ended."""
        ...

    def state(self) -> State:
        """All that is needed to go on from here."""
        ...

    def trial(self) -> tuple[Tensor, Tensor]:
        """A sound that is not learned from and what is made of it: log-mels `[bands, frames]`."""
        ...


def run_training(
    learner: Trainable[Kept],
    control: Control,
    checkpoints: Checkpoints[Kept],
    demos: Demos,
    words: Callable[[TrainingProgress], str],
    meanwhile: Callable[[], object] = nothing,
) -> Progress[None]:
    """A training as long as it is not ended: written down and obeying the hand.

    Args:
        words: for the progress.
        meanwhile: called again and again in a pause.
    """
    for progress in learner.run():
        if checkpoints.due() or control.paused or control.ended or progress.fraction >= 1:
            checkpoints.save(learner.state())
        last = progress.fraction >= 1 or control.stopped
        if not math.isnan(progress.loss) and demos.due(progress.elapsed_seconds, last):
            demos.write(progress.elapsed_seconds, *learner.trial())
        trouble = checkpoints.trouble or demos.trouble
        now = SessionProgress("train", words(progress), progress.fraction, progress, trouble=trouble, demo=demos.newest)
        yield from paused(now, control, meanwhile)
        if control.ended:
            return


def paused(now: SessionProgress, control: Control, meanwhile: Callable[[], object] = nothing) -> Progress[None]:
    """Tells where the work stands, and waits where the hand has asked for a pause."""
    yield now
    if control.paused:
        yield replace(now, message="Pausing", paused=True)
        control.wait(meanwhile)


def run_and_finalize(
    fitting: Iterable[SessionProgress],
    control: Control,
    finish: Callable[[], Progress[Result]],
) -> Progress[Result]:
    """The fitting, and what is made of it also where it is interrupted or closed; its result.

    Raises TrainingLeftError where `control` is asked to leave.
    """
    closed = False
    try:
        yield from fitting
    except KeyboardInterrupt:
        control.stop()
    except GeneratorExit:
        closed = True
    leave_if_asked(control)
    finishing = finish()
    return drain(finishing) if closed else (yield from finishing)


def leave_if_asked(control: Control) -> None:
    """Raises TrainingLeftError."""
    if control.left:
        raise TrainingSuspendedError("The training is put aside; it goes on from here with --resume.")
