"""Small work beside the window, in a thread: the newest asked for is answered."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QThreadPool, Signal

_STACK_BYTES = 8 * 1024 * 1024
"""As the worker's: macOS gives a thread little."""


class LatestTask(QObject):
    """One thing at a time. What was asked for before, and has not begun, is not done."""

    answered = Signal(object)
    """What the newest work returned, in the window's thread."""
    _done = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setStackSize(_STACK_BYTES)
        self._done.connect(self._on_done)

    def ask(self, work: Callable[[], object]) -> None:
        """`work` must not raise."""
        self._number += 1
        number = self._number
        self._pool.clear()
        self._pool.start(lambda: self._done.emit(number, work()))

    def close(self) -> None:
        """Waits for what is under way; it is not answered."""
        self._number += 1
        self._pool.clear()
        self._pool.waitForDone()

    def _on_done(self, number: int, answer: object) -> None:
        if number == self._number:
            self.answered.emit(answer)
