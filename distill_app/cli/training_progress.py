"""Following a training: a bar for a person or JSON lines for a program, and what Ctrl-C means."""

import sys
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TextIO, TypeVar

from distill_app.cli.progress import Progress, drain, progress
from distill_app.cli.report import note
from distill_app.training.run.control import Control
from distill_app.training.run.progress_json import ProgressLine

if TYPE_CHECKING:
    from distill_app.training.run.runner import SessionProgress

Result = TypeVar("Result")
Skipped = tuple[tuple[str, str], ...]
"""Names and reasons."""
Notes = tuple[str, ...]
_WORTH_KEEPING = ("train", "analyse", "save")
_LINE_SECONDS = 0.25


class ProgressSink(Protocol):
    """Shows where a training stands."""

    def show(self, now: "SessionProgress", skipped: Skipped, notes: Notes) -> None:
        """Shows `now`, and of what it lists as skipped and as notes that which has not been shown before."""
        ...


class ConsoleBar:
    """For a person."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self._trouble = ""

    def show(self, now: "SessionProgress", skipped: Skipped, notes: Notes) -> None:
        self._shown.show(now.message, now.fraction, now.training.remaining_seconds if now.training else None)
        for _, reason in skipped:
            note(f"Skipped: {reason}")
        for sentence in notes:
            note(sentence)
        if now.trouble not in ("", self._trouble):
            note(f"Not written down: {now.trouble}")
        self._trouble = now.trouble


class JsonLines:
    """For a program: at most four lines a second, but each change of stage, pause or trouble at once."""

    def __init__(self, stream: TextIO, gone: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._gone, self._clock = stream, gone, clock
        self._last: tuple[object, ...] = ()
        self._told = float("-inf")

    def show(self, now: "SessionProgress", skipped: Skipped, notes: Notes) -> None:
        plateau = now.training is not None and now.training.plateau
        change = (now.stage, now.paused, now.trouble, plateau, now.setup, now.demo, now.fraction >= 1)
        if skipped or notes or change != self._last or self._clock() - self._told >= _LINE_SECONDS:
            self._last, self._told = change, self._clock()
            self._write(progress_line(now, skipped, notes).to_json())

    def _write(self, line: str) -> None:
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except BrokenPipeError:
            self._gone()


def progress_line(now: "SessionProgress", skipped: Skipped = (), notes: Notes = ()) -> ProgressLine:
    values: dict[str, Any] = {}
    if now.training is not None:
        seen = now.training
        values |= {"epoch": seen.epoch, "step": seen.step, "loss": seen.loss, "plateau": seen.plateau}
        values |= {"seconds": seen.elapsed_seconds, "remaining_seconds": seen.remaining_seconds}
        values |= {"error_db": seen.latest.error_db, "best_error_db": seen.best.error_db}
    if now.setup is not None:
        values |= {name: getattr(now.setup, name) for name in ("device", "threads", "memory_bytes")}
    values["demo"] = str(now.demo) if now.demo else None
    told = ProgressLine(now.stage, now.message, now.fraction, now.paused, trouble=now.trouble)
    return replace(told, skipped=skipped, notes=notes, **values)


class TrainingMonitor:
    """Follows a training session: shows where it stands, and passes on what the hand asks of it."""

    def __init__(self, as_json: bool = False) -> None:
        self.control = Control()
        self.skipped: dict[str, str] = {}
        self.notes: list[str] = []
        self._as_json = as_json
        self._stage = ""

    def follow(self, session: "Generator[SessionProgress, None, Result]") -> Result:
        if self._as_json:
            lines = JsonLines(sys.stderr, self.control.leave)
            return drain(session, lambda now: self._show(lines, now))
        with progress() as shown:
            bar = ConsoleBar(shown)
            return drain(session, lambda now: self._show(bar, now))

    def _show(self, display: ProgressSink, now: "SessionProgress") -> None:
        self._stage = now.stage
        new = tuple((file.name, file.reason) for file in now.skipped if file.name not in self.skipped)
        notes = now.notes[len(self.notes) :]
        self.skipped |= dict(new)
        self.notes += notes
        display.show(now, new, notes)

    def end_early(self) -> bool:
        """Once there is something to keep, the first Ctrl-C only ends the learning; any other one is not for here."""
        if self._stage not in _WORTH_KEEPING or self.control.stopped:
            return False
        self.control.stop()
        if not self._as_json:
            note("\nStopping: the best so far is kept, as soon as it was listened to. Ctrl-C once more gives it up.")
        return True
