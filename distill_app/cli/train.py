"""`distill train`: a folder of recordings into a model."""

import argparse
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from distill_app.cli.arguments import Commands, add_command, add_json, add_overwrite, check_output
from distill_app.cli.progress import Progress, drain, duration, progress
from distill_app.cli.report import Report, note
from distill_app.models.header import SUFFIX

if TYPE_CHECKING:
    from distill_app.models.model import DistillModel
    from distill_app.training.session import Session, SessionProgress

_MINUTES = 10.0
_WORTH_KEEPING = ("train", "analyse", "save")


def add_to(commands: Commands) -> None:
    more = "Ctrl-C ends the learning early and keeps the best model so far."
    parser = add_command(commands, "train", run, "learn a model from a folder of recordings", more)
    recordings = "where your recordings are: WAV, FLAC, OGG, MP3 or AIFF files of 0.2 s or longer, also in subfolders"
    parser.add_argument("folder", type=Path, metavar="FOLDER", help=recordings)
    parser.add_argument("--out", type=Path, required=True, metavar=f"FILE{SUFFIX}", help="the model to write")
    budget = parser.add_mutually_exclusive_group()
    minutes = f"how long to learn; finding the sliders comes on top (default: {_MINUTES:g})"
    budget.add_argument("--minutes", type=float, default=_MINUTES, metavar="M", help=minutes)
    budget.add_argument("--epochs", type=int, metavar="N", help="instead of a time: how often each recording is heard")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another number, another training (default: 0)"
    )
    add_overwrite(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> Report:
    check_output(options.out, SUFFIX, options.overwrite)
    started = time.monotonic()
    watch = _Watch()
    with _on_interrupt(watch):
        model = watch.follow(_session(options, watch))
    return _report(options, model, watch, time.monotonic() - started)


def _session(options: argparse.Namespace, watch: "_Watch") -> "Session":
    from distill_app.generation.audition import PipelineAudition
    from distill_app.training.config import TrainingConfig
    from distill_app.training.session import train_model

    config = TrainingConfig(minutes=options.minutes, epochs=options.epochs, seed=options.seed)
    return train_model(options.folder, options.out, config, PipelineAudition(), should_stop=lambda: watch.stopped)


class _Watch:
    """Follows a training session: shows where it stands, and knows whether the hand has stopped it."""

    def __init__(self) -> None:
        self.stopped = False
        self.skipped: dict[str, str] = {}
        self._stage = ""

    def follow(self, session: "Session") -> "DistillModel":
        with progress() as shown:
            return drain(session, lambda now: self._show(shown, now))

    def _show(self, shown: Progress, now: "SessionProgress") -> None:
        self._stage = now.stage
        shown.show(now.message, now.fraction, now.training.remaining_seconds if now.training else None)
        self._note_skipped(now)

    def _note_skipped(self, now: "SessionProgress") -> None:
        for file in now.skipped:
            if file.name not in self.skipped:
                self.skipped[file.name] = file.reason
                note(f"Skipped: {file.reason}")

    def interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        """Once there is something to keep, the first Ctrl-C only ends the learning; any other one ends the program."""
        if self._stage not in _WORTH_KEEPING or self.stopped:
            raise KeyboardInterrupt
        self.stopped = True
        note("\nStopping: the best so far is kept, as soon as its sliders are found. Ctrl-C once more gives it up.")


@contextmanager
def _on_interrupt(watch: _Watch) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, watch.interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _report(options: argparse.Namespace, model: "DistillModel", watch: _Watch, elapsed: float) -> Report:
    header = model.header
    values: dict[str, Any] = {
        "file": str(options.out),
        "name": header.name,
        "stopped": watch.stopped,
        "files": len(header.corpus),
        "seconds": sum(file.seconds for file in header.corpus),
        "skipped": [{"name": name, "reason": reason} for name, reason in watch.skipped.items()],
        "sliders": [axis.name for axis in header.axes],
        "training": header.training,
        "elapsed_seconds": round(elapsed, 1),
    }
    learned = f"{len(header.corpus)} recordings, {duration(values['seconds'])}"
    sliders = ", ".join(values["sliders"])
    return Report(values, f"Wrote {options.out}: learned from {learned} in {duration(elapsed)}. Sliders: {sliders}.")
