"""Commands to a running training over standard input, one JSON object a line: {"command": "pause"}."""

import threading
from collections.abc import Callable, Mapping
from typing import TextIO

from distill_app.cli.report import note
from distill_app.common.parsing import ParseError, parse_json
from distill_app.common.typed_values import get_text
from distill_app.training.run.control import Control

COMMANDS = ("pause", "continue", "stop", "leave")


def listen(stream: TextIO, control: Control) -> None:
    """Obeys in a thread of its own until the stream ends; whoever held its other end is gone then, and it is left."""
    threading.Thread(target=_obey, args=(stream, control), name="distill-commands", daemon=True).start()


def _obey(stream: TextIO, control: Control) -> None:
    actions = _actions(control)
    for line in stream:
        command = _command(line)
        if command in actions:
            actions[command]()
        else:
            note(f"Not a command: use one of {', '.join(COMMANDS)}.")
    control.leave()


def _actions(control: Control) -> Mapping[str, Callable[[], None]]:
    return dict(zip(COMMANDS, (control.pause, control.go_on, control.stop, control.leave), strict=True))


def _command(line: str) -> str:
    """ "" for a line that is none."""
    try:
        return get_text(parse_json(line), "command", "")
    except ParseError:
        return ""
