"""Runner of any training: checkpoints, demos, pauses, and what follows when it is ended early."""

import math
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from typing import Protocol, TypeVar

from distill_app.common.errors import TrainingError
from distill_app.common.generators import Result, drain
from distill_app.corpus.corpus import ScanProgress
from distill_app.corpus.discovery import Skipped
from distill_app.training.run.control import Control, nothing
from distill_app.training.run.demos import Demos
from distill_app.training.run.status import TrainingStatus

State = TypeVar("State")
StateOut = TypeVar("StateOut", covariant=True)
StateIn = TypeVar("StateIn", contravariant=True)

Training = Generator[TrainingStatus, None, Result]
"""Work that yields its status and returns a result."""


class TrainingSuspendedError(TrainingError):
    """The training was suspended by the user, to be resumed."""


class Trainable(Protocol[StateOut]):
    """A training that `run_training` can run."""

    def run(self) -> Iterator[TrainingStatus]:
        """Trains until the budget is used up; between two yields `state` may be called, or the iterator be closed."""
        ...

    def state(self) -> StateOut:
        """Everything that is needed to resume from here."""
        ...


class CheckpointStore(Protocol[StateIn]):
    """Writer of checkpoints."""

    trouble: str
    """A sentence where the last checkpoint could not be written, else ""."""

    def due(self) -> bool: ...

    def save(self, state: StateIn) -> None: ...


def run_training(
    trainer: Trainable[State],
    control: Control,
    checkpoints: CheckpointStore[State],
    demos: Demos | None = None,
    meanwhile: Callable[[], object] = nothing,
) -> Training[None]:
    """Trains until the budget is used up or the user ends it, and writes checkpoints and demos.

    Args:
        meanwhile: called again and again during a pause.
    """
    for status in trainer.run():
        done = status.fraction >= 1
        saves = checkpoints.due() or control.paused or control.ended or done
        if saves:
            checkpoints.save(trainer.state())
        if demos is not None and _has_trained(status) and demos.due(status.seconds or 0.0, done or control.stopped):
            demos.write(status.seconds or 0.0)
        yield from pausable(_with_files(status, checkpoints.trouble, demos), control, meanwhile)
        if control.ended:
            if not saves:
                checkpoints.save(trainer.state())
            return


def _has_trained(status: TrainingStatus) -> bool:
    return status.loss is not None and not math.isnan(status.loss)


def _with_files(status: TrainingStatus, trouble: str, demos: Demos | None) -> TrainingStatus:
    """Status with what is known of checkpoints and demos."""
    if demos is None:
        return replace(status, trouble=trouble)
    return replace(status, trouble=trouble or demos.trouble, demo=None if demos.newest is None else str(demos.newest))


def pausable(
    status: TrainingStatus, control: Control, meanwhile: Callable[[], object] = nothing
) -> Generator[TrainingStatus, None, None]:
    """Yields the status, and where the user has asked for a pause waits for its end."""
    yield status
    if control.paused:
        yield replace(status, message="Pausing", paused=True)
        control.wait(meanwhile)


def run_and_finalize(
    fitting: Iterable[TrainingStatus], control: Control, finalize: Callable[[], Training[Result]]
) -> Training[Result]:
    """Result of `finalize`, which follows `fitting` also where that is interrupted or closed.

    Raises TrainingSuspendedError where `control` is suspended.
    """
    closed = False
    try:
        yield from fitting
    except KeyboardInterrupt:
        control.stop()
    except GeneratorExit:
        closed = True
    raise_if_suspended(control)
    finalizing = finalize()
    return drain(finalizing) if closed else (yield from finalizing)


def raise_if_suspended(control: Control) -> None:
    """Raises TrainingSuspendedError."""
    if control.suspended:
        raise TrainingSuspendedError("The training is suspended; continue it with --resume.")


def scan_status(file: ScanProgress) -> TrainingStatus:
    """Status of a training that reads its recordings."""
    message, fraction = f"Reading “{file.name}”", file.done / file.total
    return TrainingStatus("scan", message, fraction, skipped=skipped_pairs(file.skipped), notes=file.notes)


def skipped_pairs(skipped: Iterable[Skipped]) -> tuple[tuple[str, str], ...]:
    """Names and reasons of skipped files, for a status."""
    return tuple((file.name, file.reason) for file in skipped)
