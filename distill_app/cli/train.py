"""`distill train`: a folder of recordings into a model."""

import argparse
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from distill_app.cli.arguments import Commands, add_json, add_overwrite, check_output
from distill_app.cli.progress import Progress, drain, duration, progress
from distill_app.cli.report import Report, note
from distill_app.models.header import SUFFIX

if TYPE_CHECKING:
    from distill_app.models.model import DistillModel
    from distill_app.training.session import Session, SessionProgress

_MINUTES = 10.0


def add_to(commands: Commands) -> None:
    parser = commands.add_parser("train", help="learn a model from a folder of recordings")
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="WAV, FLAC, OGG, MP3 or AIFF files, 0.2 s or longer"
    )
    parser.add_argument("--out", type=Path, required=True, metavar=f"FILE{SUFFIX}")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--minutes", type=float, default=_MINUTES, metavar="M", help=f"how long ({_MINUTES:g})")
    budget.add_argument("--epochs", type=int, metavar="N", help="or how often each recording is heard")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    add_overwrite(parser)
    add_json(parser)
    parser.set_defaults(run=run)


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
        """While it learns, the first Ctrl-C ends the learning; at any other moment it ends the program."""
        if self._stage != "train" or self.stopped:
            raise KeyboardInterrupt
        self.stopped = True
        note("\nStopping: the best so far is kept. Ctrl-C once more gives it up.")


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
