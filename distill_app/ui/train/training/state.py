"""States of a training in the window. No Qt."""

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
"""State of a training.

From "finished" on, no process runs. "suspended", "died" and "interrupted" can be resumed, "failed" sometimes. The last
two are of trainings found on the disk: without a model yet, and stopped with a model that can be trained further.
"""
PendingCommand = Literal["", "pause", "continue", "stop", "suspend"]

RUNNING: tuple[State, ...] = ("starting", "scanning", "training", "paused", "analysing", "saving")
_STATE_OF_STAGE: dict[str, State] = {"scan": "scanning", "analyse": "analysing", "save": "saving"}


def state_of(line: TrainingStatus) -> State:
    """State of a training whose latest status is `line`."""
    return "paused" if line.paused else _STATE_OF_STAGE.get(line.stage, "training")
