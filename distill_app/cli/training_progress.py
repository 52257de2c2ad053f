"""Output of a running training: a progress bar for the user or lines of JSON for a program, and the first Ctrl-C."""

import sys
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Protocol, TextIO, TypeVar

from distill_app.cli.progress import TerminalProgressBar, drain_with, progress_bar
from distill_app.cli.report import note
from distill_app.training.run.control import Control
from distill_app.training.run.status import TrainingStatus

Result = TypeVar("Result")
_WORTH_SAVING = ("train", "analyse", "save")
_LINE_SECONDS = 0.25
STOPPING = (
    "Stopping: the sliders of the best model so far are found, then it is saved. Ctrl-C again keeps the first model."
)


class ProgressSink(Protocol):
    """Output for the status of a training."""

    def show(self, status: TrainingStatus) -> None:
        """Shows a status, which lists only those skipped files and notes that no earlier one has listed."""
        ...


class ConsoleBar:
    """Progress bar, and a line for each skipped file, note and trouble."""

    def __init__(self, bar: TerminalProgressBar) -> None:
        self._bar = bar
        self._trouble = self._first_model = ""

    def show(self, status: TrainingStatus) -> None:
        self._bar.show(status.message, status.fraction, status.remaining_seconds)
        for _, reason in status.skipped:
            note(f"Skipped: {reason}")
        for sentence in status.notes:
            note(sentence)
        if status.first_model not in (None, self._first_model):
            self._first_model = str(status.first_model)
            note(f"Wrote {self._first_model}: a first model that can be played while the training refines it.")
        if status.trouble not in ("", self._trouble):
            note(f"Not written down: {status.trouble}")
        self._trouble = status.trouble


class JsonLines:
    """JSON lines, at most four a second; each change of stage, pause, trouble, plateau, hardware or file comes at once.

    Args:
        on_closed: called where nobody reads them any more.
    """

    def __init__(
        self, stream: TextIO, on_closed: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream, self._on_closed, self._clock = stream, on_closed, clock
        self._last: tuple[object, ...] = ()
        self._written = float("-inf")

    def show(self, status: TrainingStatus) -> None:
        kept = (status.stage, status.paused, status.trouble, status.plateau, status.device, status.demo)
        state = (*kept, status.first_model, status.fraction >= 1)
        is_due = self._clock() - self._written >= _LINE_SECONDS
        if status.skipped or status.notes or state != self._last or is_due:
            self._last, self._written = state, self._clock()
            self._write(status.to_json())

    def _write(self, line: str) -> None:
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except BrokenPipeError:
            self._on_closed()


class TrainingMonitor:
    """Shows the status of a training and keeps what its report needs.

    Args:
        as_json: lines of JSON instead of a progress bar.
        stopping: what the user reads after the first Ctrl-C.
    """

    def __init__(self, as_json: bool = False, stopping: str = STOPPING) -> None:
        self.control = Control()
        self.skipped: dict[str, str] = {}
        self.notes: list[str] = []
        self._as_json, self._stopping = as_json, stopping
        self._stage = ""

    def follow(self, training: Generator[TrainingStatus, None, Result]) -> Result:
        """Result of a training, which is shown while it runs."""
        if self._as_json:
            lines = JsonLines(sys.stderr, self.control.suspend)
            return drain_with(training, lambda status: self._show(lines, status))
        with progress_bar() as bar:
            console = ConsoleBar(bar)
            return drain_with(training, lambda status: self._show(console, status))

    def _show(self, sink: ProgressSink, status: TrainingStatus) -> None:
        self._stage = status.stage
        skipped = tuple((name, reason) for name, reason in status.skipped if name not in self.skipped)
        notes = status.notes[len(self.notes) :]
        self.skipped |= dict(skipped)
        self.notes += notes
        sink.show(replace(status, skipped=skipped, notes=notes))

    def end_early(self) -> bool:
        """Whether Ctrl-C is handled: the first one, once there is something worth saving, only ends the learning."""
        if self._stage not in _WORTH_SAVING or self.control.stopped:
            return False
        self.control.stop()
        if not self._as_json:
            note(f"\n{self._stopping}")
        return True
