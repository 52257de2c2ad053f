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
        text: shown in the highlight.
        rect: highlighted area, in coordinates of the window.
        act: called on the drop.
    """

    text: str
    rect: QRect
    act: Callable[[], object]


TargetAt = Callable[[QPoint], DropTarget | None]
"""Returns the drop target at a point of the window; None where the drag is refused."""


class DropZone:
    """Handler of the drag and drop events of one window.

    `targets_for` is called with the paths once for each drag.
    """

    def __init__(self, window: QWidget) -> None:
        self.targets_for: Callable[[Sequence[Path]], TargetAt] = lambda paths: lambda point: None
        self.highlight = DropHighlight(window)
        self._target_at: TargetAt | None = None

    def enter(self, event: QDropEvent) -> None:
        """Begins a drag; one that comes from this program is refused."""
        self._target_at = self.targets_for(() if event.source() is not None else _local_paths(event))
        self.move(event)

    def move(self, event: QDropEvent) -> None:
        target = self._accept(event)
        if target is None:
            self.highlight.hide()
        else:
            self.highlight.show_over(target.rect, target.text)

    def leave(self) -> None:
        self._target_at = None
        self.highlight.hide()

    def drop(self, event: QDropEvent) -> None:
        target = self._accept(event)
        self.leave()
        if target is not None:
            target.act()

    def _accept(self, event: QDropEvent) -> DropTarget | None:
        """Accepts a copy where there is a target and the source offers copies; refuses the event otherwise."""
        if self._target_at is None:
            self._target_at = self.targets_for(_local_paths(event))
        offered = event.possibleActions() & Qt.DropAction.CopyAction
        target = self._target_at(event.position().toPoint()) if offered else None
        event.setDropAction(Qt.DropAction.CopyAction if target is not None else Qt.DropAction.IgnoreAction)
        event.setAccepted(target is not None)
        return target


def _local_paths(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
