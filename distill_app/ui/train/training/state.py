"""The states of a training, as the window knows them. No Qt."""

from typing import Literal

from distill_app.training.run.status import TrainingStatus

State = Literal[
    "idle",
    "starting",
    "scanning",
    "training",
    "paused",
    "analysing",
    "saving",
    "finished",
    "stopped",
    "suspended",
    "failed",
    "died",
    "interrupted",
    "stopped_saved",
]
"""The last seven are ends; "suspended", "died" and "interrupted" can go on, "failed" perhaps.

"interrupted" and "stopped_saved" are of an earlier session: broken off, and stopped with a model that can learn more.
"""
PendingCommand = Literal["", "pause", "continue", "stop", "suspend"]

RUNNING: tuple[State, ...] = ("starting", "scanning", "training", "paused", "analysing", "saving")
_STATE_OF_STAGE: dict[str, State] = {"scan": "scanning", "analyse": "analysing", "save": "saving"}


def state_of(line: TrainingStatus) -> State:
    """Of a training that tells this."""
    return "paused" if line.paused else _STATE_OF_STAGE.get(line.stage, "training")
