"""The states of a training, as the window knows them. No Qt."""

from typing import Literal

from distill_app.training.run.progress_json import ProgressLine

State = Literal[
    "idle",
    "starting",
    "scanning",
    "learning",
    "paused",
    "finding",
    "saving",
    "finished",
    "stopped",
    "left",
    "failed",
    "died",
    "remembered",
    "kept",
]
"""The last seven are ends; "left", "died" and "remembered" can go on, "failed" perhaps.

"remembered" and "kept" are of an earlier session: broken off, and stopped with a model that can learn more.
"""
Asked = Literal["", "pause", "continue", "stop", "leave"]

RUNNING: tuple[State, ...] = ("starting", "scanning", "learning", "paused", "finding", "saving")
_STATE_OF_STAGE: dict[str, State] = {"scan": "scanning", "analyse": "finding", "save": "saving"}


def state_of(line: ProgressLine) -> State:
    """Of a training that tells this."""
    return "paused" if line.paused else _STATE_OF_STAGE.get(line.stage, "learning")
