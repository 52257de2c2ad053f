"""Drag and drop of files onto a window: the target is highlighted while dragging, and acts on the drop.

Drops are only ever accepted as copies: a file manager deletes files after a move.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from distill_app.ui.widgets.drop_highlight import DropHighlight


@dataclass(frozen=True)
class DropTarget:
    """Target of a drop, with the action that it triggers.

    Args:
        words: for the highlight.
        place: what is highlighted, in coordinates of the window.
        act: does it.
    """

    words: str
    place: QRect
    act: Callable[[], object]


TargetAt = Callable[[QPoint], DropTarget | None]
"""Returns the drop target at a point of the window; None where what is dragged cannot be dropped."""


class DropZone:
    """The drag and drop events of one window.

    `targets_for` looks at the paths once for each drag.
    """

    def __init__(self, window: QWidget) -> None:
        self.targets_for: Callable[[Sequence[Path]], TargetAt] = lambda paths: lambda place: None
        self.highlight = DropHighlight(window)
        self._target_at: TargetAt | None = None

    def enter(self, event: QDropEvent) -> None:
        """A sound that is dragged out of the program itself is nothing to take in."""
        self._target_at = self.targets_for(() if event.source() is not None else _local_paths(event))
        self.move(event)

    def move(self, event: QDropEvent) -> None:
        target = self._answer(event)
        if target is None:
            self.highlight.hide()
        else:
            self.highlight.show_over(target.place, target.words)

    def leave(self) -> None:
        self._target_at = None
        self.highlight.hide()

    def drop(self, event: QDropEvent) -> None:
        target = self._answer(event)
        self.leave()
        if target is not None:
            target.act()

    def _answer(self, event: QDropEvent) -> DropTarget | None:
        """Accepts a copy where there is a target, whatever was proposed; refuses else, and where no copy is offered."""
        if self._target_at is None:
            self._target_at = self.targets_for(_local_paths(event))
        offered = event.possibleActions() & Qt.DropAction.CopyAction
        target = self._target_at(event.position().toPoint()) if offered else None
        event.setDropAction(Qt.DropAction.CopyAction if target is not None else Qt.DropAction.IgnoreAction)
        event.setAccepted(target is not None)
        return target


def _local_paths(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
