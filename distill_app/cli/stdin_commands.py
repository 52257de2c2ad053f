"""Commands to a running training on standard input, one JSON object a line: {"command": "pause"}."""

import threading
from collections.abc import Callable, Mapping
from typing import TextIO

from distill_app.cli.report import note
from distill_app.common.parsing import ParseError, parse_json
from distill_app.common.typed_values import get_text
from distill_app.training.run.control import Control

COMMANDS = ("pause", "continue", "stop", "leave")


def listen(stream: TextIO, control: Control) -> None:
    """Starts a thread that executes commands; the training is suspended at the end of the stream."""
    threading.Thread(target=_execute, args=(stream, control), name="distill-commands", daemon=True).start()


def _execute(stream: TextIO, control: Control) -> None:
    actions = _actions(control)
    for line in stream:
        command = _command(line)
        if command in actions:
            actions[command]()
        else:
            note(f"Not a command: use one of {', '.join(COMMANDS)}.")
    control.suspend()


def _actions(control: Control) -> Mapping[str, Callable[[], None]]:
    return dict(zip(COMMANDS, (control.pause, control.resume, control.stop, control.suspend), strict=True))


def _command(line: str) -> str:
    """Name of the command in a line, "" for any other line."""
    try:
        return get_text(parse_json(line), "command", "")
    except ParseError:
        return ""
