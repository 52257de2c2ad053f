"""Factory of timers."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def timer(parent: QObject, milliseconds: int, act: Callable[[], object], single_shot: bool = False) -> QTimer:
    """Stopped timer, child of `parent`, that calls `act`."""
    result = QTimer(parent)
    result.setSingleShot(single_shot)
    result.setInterval(milliseconds)
    result.timeout.connect(act)
    return result
