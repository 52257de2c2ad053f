"""What a training process is asked for. No Qt, no torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from distill_app.common.training_paths import checkpoint_path, vocoder_checkpoint_path


class Request(Protocol):
    """What a process of its own is asked to train."""

    @property
    def out(self) -> Path:
        """The model that is written, or written to."""
        ...

    @property
    def minutes(self) -> float: ...

    @property
    def checkpoint(self) -> Path:
        """There as long as there is something to go on with."""
        ...

    def arguments(self) -> list[str]:
        """Of `distill`."""
        ...


@dataclass(frozen=True)
class TrainingRequest:
    """A model to train.

    Args:
        corpora: a file that lists the corpora (see distill_app/project/corpora.py).
        out: the model to write; replaced where it is there.
        minutes, epochs: the budget, the second one instead of the first where it is given.
        threads: cores it may use; few, so that live playing stays clean.
        resume: go on where a training into `out` was broken off.
        begin_with: a model to go on from, instead of from nothing.
    """

    corpora: Path
    out: Path
    minutes: float = 2.0
    epochs: int | None = None
    seed: int = 0
    device: str = "cpu"
    threads: int = 1
    resume: bool = False
    begin_with: Path | None = None

    @property
    def checkpoint(self) -> Path:
        return checkpoint_path(self.out)

    def arguments(self) -> list[str]:
        budget = ["--minutes", str(self.minutes)] if self.epochs is None else ["--epochs", str(self.epochs)]
        begin = [] if self.begin_with is None or self.resume else ["--continue", str(self.begin_with)]
        what = ["--corpora", str(self.corpora), "--out", str(self.out), "--seed", str(self.seed), *begin]
        return ["train", *what, *budget, "--overwrite", "--demos", *_machine(self.device, self.threads, self.resume)]


@dataclass(frozen=True)
class TrainingOptions:
    """How long to train, on what, and with how many cores."""

    minutes: float
    device: str = "cpu"
    threads: int = 1


@dataclass(frozen=True)
class VocoderRequest:
    """A vocoder of a model's own to train; the last fields as in TrainingRequest."""

    model: Path
    corpora: Path
    minutes: float = 30.0
    device: str = "cpu"
    threads: int = 1
    resume: bool = False

    @property
    def out(self) -> Path:
        return self.model

    @property
    def checkpoint(self) -> Path:
        return vocoder_checkpoint_path(self.model)

    def arguments(self) -> list[str]:
        what = ["--model", str(self.model), "--corpora", str(self.corpora), "--minutes", str(self.minutes)]
        return ["train-vocoder", *what, "--overwrite", *_machine(self.device, self.threads, self.resume)]


def _machine(device: str, threads: int, resume: bool) -> list[str]:
    """On what, how it tells, and whether it goes on."""
    place = ["--device", device, "--threads", str(threads), "--background"]
    return [*place, "--progress", "json", "--commands", "--json", *(["--resume"] if resume else [])]
