"""Fitting of top-level windows to the usable area of their screen."""

from PySide6.QtCore import QMargins, QRect, QSize
from PySide6.QtWidgets import QWidget

_TITLE_BAR = QMargins(2, 32, 2, 2)
"""Window frame in pixels that is assumed until the window manager reports the actual one."""


def fit_to_screen(window: QWidget) -> None:
    """Shrinks and moves a top-level window until it lies within the usable part of its screen, frame included."""
    if window.isMaximized() or window.isFullScreen():
        return
    usable = window.screen().availableGeometry().marginsRemoved(_frame(window))
    wanted = fit_rect(window.geometry(), usable)
    if wanted != window.geometry():
        window.setGeometry(wanted)


def usable_size(widget: QWidget) -> QSize:
    """The largest size that a window without its frame can have on the screen of `widget`."""
    return widget.screen().availableGeometry().marginsRemoved(_frame(widget.window())).size()


def fit_rect(window: QRect, usable: QRect) -> QRect:
    """Rectangle of `window`, shrunk to `usable` and moved into it by as little as possible."""
    size = window.size().boundedTo(usable.size())
    left = min(max(window.left(), usable.left()), usable.left() + usable.width() - size.width())
    top = min(max(window.top(), usable.top()), usable.top() + usable.height() - size.height())
    return QRect(left, top, size.width(), size.height())


def _frame(window: QWidget) -> QMargins:
    """Margins of the window manager's frame around the window, in pixels."""
    inner, outer = window.geometry(), window.frameGeometry()
    if inner == outer:
        return _TITLE_BAR
    return QMargins(
        inner.left() - outer.left(),
        inner.top() - outer.top(),
        outer.right() - inner.right(),
        outer.bottom() - inner.bottom(),
    )
