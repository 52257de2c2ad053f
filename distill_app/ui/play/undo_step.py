"""Where a session stands, and a step from there to another place."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtGui import QUndoCommand

from distill_app.workers.rendering.messages import RenderRequest


@dataclass(frozen=True)
class SessionState:
    """A sound, and the compare slot it stands in."""

    request: RenderRequest
    slot: str


@dataclass(frozen=True)
class SessionUndoStep:
    """One undo step: the whole sound before and after, and what the hand did."""

    words: str
    before: SessionState
    after: SessionState

    @property
    def chose_vocoder(self) -> bool:
        """Whether another vocoder is all the difference."""
        before, after = self.before, self.after
        return before.slot == after.slot and replace(before.request, vocoder=after.request.vocoder) == after.request


class StepCommand(QUndoCommand):
    """Goes from one whole sound to another and back.

    Args:
        go: makes a place the session's.
    """

    def __init__(self, go: Callable[[SessionState], None], step: SessionUndoStep) -> None:
        super().__init__(step.words)
        self._go, self.step = go, step
        self.forget = False
        """Whether undoing takes the step out of the history for good."""

    def redo(self) -> None:
        self._go(self.step.after)

    def undo(self) -> None:
        self._go(self.step.before)
        self.setObsolete(self.forget)
