"""A training in a process of its own: the window starts it, hears from it, and outlives its death. No Qt, no torch."""

import json
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any, Literal

from distill_app.common.logging_setup import logger
from distill_app.common.parsing import ParseError, parse_json
from distill_app.training.run.status import TrainingStatus
from distill_app.workers.training.request import Request

Outcome = Literal["finished", "stopped", "suspended", "failed", "died"]

PROGRAM = (sys.executable, "-m", "distill_app.cli")
_DIED = "The training ended unexpectedly"
_KEPT = "; what it had learned half a minute before is kept, and it can go on from there."
_LINES_KEPT = 30


@dataclass(frozen=True)
class TrainingEnd:
    """How a training ended.

    Args:
        outcome: "finished" and "stopped" have written a model; "suspended" was asked to, "failed" says why not, "died"
            was killed or crashed.
        sentence: why there is no model, else "".
        resumable: it can go on with the same request and `resume`.
        report: what the program answered at its end.
    """

    outcome: Outcome
    sentence: str
    resumable: bool
    report: Mapping[str, Any] = field(default_factory=dict, compare=False)


class TrainingProcess:
    """One run of one training, begun at once.

    Args:
        told, ended: called in a thread of this object, the second one once and last.
        program: what understands `distill`'s arguments.

    Raises OSError where the program cannot be started.
    """

    def __init__(
        self,
        request: Request,
        told: Callable[[TrainingStatus], None],
        ended: Callable[[TrainingEnd], None],
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self._request, self._told, self._ended = request, told, ended
        self._asked: set[str] = set()
        self._said: deque[str] = deque(maxlen=_LINES_KEPT)
        self._answer: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the thread that reads it
        try:
            self._process = _started([*program, *request.arguments()], self._answer)
        except OSError:
            self._answer.close()
            raise
        self._thread = threading.Thread(target=self._follow, name="distill-training", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def pause(self) -> None:
        self._ask("pause")

    def go_on(self) -> None:
        self._ask("continue")

    def stop(self) -> None:
        """Keeps the best so far: `ended` follows when its sliders are found."""
        self._ask("stop")

    def leave(self) -> None:
        """Has it written down where it stands; `ended` follows soon."""
        self._ask("leave")

    def cancel(self) -> None:
        """The same at once, where nothing is learned yet: what has been read is kept."""
        self.leave()
        self._process.terminate()

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it has ended, `ended` included, within that time."""
        self._thread.join(seconds)
        return not self.running

    def _ask(self, command: str) -> None:
        assert self._process.stdin is not None
        self._asked.add(command)
        try:
            self._process.stdin.write(json.dumps({"command": command}) + "\n")
            self._process.stdin.flush()
        except (OSError, ValueError):
            logger.info("training: no one there for “%s”", command)  # it has ended, and `ended` says how

    def _follow(self) -> None:
        process = self._process
        assert process.stdin is not None
        assert process.stderr is not None
        with self._answer, process.stderr:
            for line in process.stderr:
                self._hear(line)
            status = process.wait()
            self._answer.seek(0)
            answer = self._answer.read().decode("utf-8", "replace")
        with suppress(OSError):  # a command that it did not live to read
            process.stdin.close()
        self._ended(self._end(status, answer))

    def _hear(self, line: str) -> None:
        known = TrainingStatus.from_json(line)
        if known is None:
            self._said.append(line.rstrip())
        else:
            self._told(known)

    def _end(self, status: int, answer: str) -> TrainingEnd:
        resumable = self._request.checkpoint.is_file()
        try:
            values = parse_json(answer, nulls=True)
        except ParseError:
            return self._unanswered(status, resumable)
        if status == 0:
            return TrainingEnd("stopped" if values.get("stopped") else "finished", "", resumable, values)
        return TrainingEnd("suspended" if "leave" in self._asked else "failed", str(values.get("error")), resumable)

    def _unanswered(self, status: int, resumable: bool) -> TrainingEnd:
        if "leave" in self._asked:
            return TrainingEnd("suspended", "", resumable)
        logger.warning("training died, status %d: %s", status, "\n".join(self._said))
        return TrainingEnd("died", _DIED + (_KEPT if resumable else "; start it again."), resumable)


def _started(command: Sequence[str], answer: IO[bytes]) -> "subprocess.Popen[str]":
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
