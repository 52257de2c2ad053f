"""Undo steps of a session: its state before and after."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtGui import QUndoCommand, QUndoStack

from distill_app.workers.rendering.messages import RenderRequest


@dataclass(frozen=True)
class SessionState:
    """Sound, and the compare slot it belongs to."""

    request: RenderRequest
    slot: str


@dataclass(frozen=True)
class SessionUndoStep:
    """Change of the session's state; `text` names it in the menu."""

    text: str
    before: SessionState
    after: SessionState

    @property
    def changed_vocoder_only(self) -> bool:
        before, after = self.before, self.after
        return before.slot == after.slot and replace(before.request, vocoder=after.request.vocoder) == after.request

    def results_in(self, request: RenderRequest) -> bool:
        """Whether the step leads to a sound, whatever its vocoder."""
        return replace(self.after.request, vocoder=request.vocoder) == request


class SessionUndoCommand(QUndoCommand):
    """Undo command that sets the session's state.

    Args:
        set_state: applies a state to the session.
    """

    def __init__(self, set_state: Callable[[SessionState], None], step: SessionUndoStep) -> None:
        super().__init__(step.text)
        self._set_state, self.step = set_state, step
        self.forget = False
        """Whether undoing removes the command from the history."""

    def redo(self) -> None:
        self._set_state(self.step.after)

    def undo(self) -> None:
        self._set_state(self.step.before)
        self.setObsolete(self.forget)


class SessionHistory(QUndoStack):
    """Undo steps of a session."""

    @property
    def last_step(self) -> SessionUndoStep | None:
        """The step that `undo` would undo."""
        command = self._last_command()
        return None if command is None else command.step

    def forget_last(self) -> None:
        """Undoes the last step, which cannot be redone then."""
        command = self._last_command()
        if command is not None:
            command.forget = True
            self.undo()

    def rewrite(self, change: Callable[[RenderRequest], RenderRequest]) -> None:
        """Replaces the sound before and after every step."""
        for number in range(self.count()):
            command = self.command(number)
            if isinstance(command, SessionUndoCommand):
                step = command.step
                before, after = (replace(each, request=change(each.request)) for each in (step.before, step.after))
                command.step = replace(step, before=before, after=after)

    def _last_command(self) -> SessionUndoCommand | None:
        command = self.command(self.index() - 1) if self.index() else None
        return command if isinstance(command, SessionUndoCommand) else None
