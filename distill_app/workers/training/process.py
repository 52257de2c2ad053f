"""Training in a separate process, which the window starts and whose crash it survives. No Qt, no torch."""

import json
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import IO, Any, Literal

from distill_app.common.logging_setup import logger
from distill_app.common.parsing import ParseError, parse_json
from distill_app.training.run.spec import TrainingSpec
from distill_app.training.run.status import TrainingStatus

Outcome = Literal["finished", "stopped", "suspended", "failed", "died"]

PROGRAM = (sys.executable, "-m", "distill_app.cli")
_DIED = "The training ended unexpectedly"
_RESUMABLE = "; its state of half a minute before is saved, and you can resume from there."
_OUTPUT_LINES = 30


@dataclass(frozen=True)
class TrainingEnd:
    """End of a training.

    Args:
        outcome: "finished" and "stopped" have written a model; "suspended" was requested; "failed" has a reason; "died"
            was killed or crashed.
        sentence: reason why there is no model, else "".
        resumable: there is a checkpoint to resume from.
        report: answer of the program.
    """

    outcome: Outcome
    sentence: str
    resumable: bool
    report: Mapping[str, Any] = field(default_factory=dict, compare=False)


class TrainingProcess:
    """Process of one training, started at once.

    Args:
        on_status, on_end: called in a thread of this object, the second one once and last.
        program: what understands `distill`'s arguments.

    Raises OSError where the program cannot be started.
    """

    def __init__(
        self,
        spec: TrainingSpec,
        on_status: Callable[[TrainingStatus], None],
        on_end: Callable[[TrainingEnd], None],
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self._spec, self._on_status, self._on_end = spec, on_status, on_end
        self._commands: set[str] = set()
        self._output: deque[str] = deque(maxlen=_OUTPUT_LINES)
        self._input: SimpleQueue[str | None] = SimpleQueue()
        self._input.put(spec.to_json())
        self._answer: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the thread that reads it
        try:
            self._process = _start_process([*program, "run-training", "--json"], self._answer)
        except OSError:
            self._answer.close()
            raise
        self._writer = threading.Thread(target=self._write, name="distill-training-input", daemon=True)
        self._reader = threading.Thread(target=self._read, name="distill-training", daemon=True)
        self._writer.start()
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._reader.is_alive()

    def pause(self) -> None:
        self._send("pause")

    def resume(self) -> None:
        self._send("continue")

    def stop(self) -> None:
        """Ends the training and keeps the best network so far; `on_end` follows after the analysis of its sliders."""
        self._send("stop")

    def suspend(self) -> None:
        """Ends the training after a checkpoint; `on_end` follows soon."""
        self._send("leave")

    def cancel(self) -> None:
        """Ends the process at once, before anything is trained; files already analysed stay in the cache."""
        self.suspend()
        self._process.terminate()

    def wait(self, seconds: float | None = None) -> bool:
        """Waits for the end, `on_end` included; returns whether it came within that time."""
        self._reader.join(seconds)
        return not self.running

    def _send(self, command: str) -> None:
        self._commands.add(command)
        self._input.put(json.dumps({"command": command}))

    def _write(self) -> None:
        """Writes the specification and the commands; a process that has ended reads none of them."""
        assert self._process.stdin is not None
        for line in iter(self._input.get, None):
            try:
                self._process.stdin.write(line + "\n")
                self._process.stdin.flush()
            except OSError:
                logger.info("the training has ended and does not read “%s”", line)
        with suppress(OSError):
            self._process.stdin.close()

    def _read(self) -> None:
        process = self._process
        assert process.stderr is not None
        with self._answer, process.stderr:
            for line in process.stderr:
                self._on_line(line)
            status = process.wait()
            self._answer.seek(0)
            answer = self._answer.read().decode("utf-8", "replace")
        self._input.put(None)
        self._writer.join()
        self._on_end(self._end(status, answer))

    def _on_line(self, line: str) -> None:
        status = TrainingStatus.from_json(line)
        if status is None:
            self._output.append(line.rstrip())
        else:
            self._on_status(status)

    def _end(self, status: int, answer: str) -> TrainingEnd:
        resumable = self._spec.checkpoint.is_file()
        try:
            values = parse_json(answer, nulls=True)
        except ParseError:
            return self._end_without_answer(status, resumable)
        if status == 0:
            return TrainingEnd("stopped" if values.get("stopped") else "finished", "", resumable, values)
        return TrainingEnd("suspended" if "leave" in self._commands else "failed", str(values.get("error")), resumable)

    def _end_without_answer(self, status: int, resumable: bool) -> TrainingEnd:
        if "leave" in self._commands:
            return TrainingEnd("suspended", "", resumable)
        logger.warning("training died, status %d: %s", status, "\n".join(self._output))
        return TrainingEnd("died", _DIED + (_RESUMABLE if resumable else "; start it again."), resumable)


def _start_process(command: Sequence[str], answer: IO[bytes]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=answer,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
