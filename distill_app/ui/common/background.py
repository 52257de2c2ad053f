"""Short tasks in a thread, of which only the latest reports its result."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QThreadPool, Signal

_STACK_BYTES = 8 * 1024 * 1024
"""Stack of the thread; the default of macOS is too small for numpy."""


class LatestTask(QObject):
    """Runs one task at a time; a task that has not begun is dropped for a newer one."""

    answered = Signal(object)
    """Result of the latest task, emitted in the window's thread."""
    _done = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setStackSize(_STACK_BYTES)
        self._done.connect(self._on_done)

    def ask(self, work: Callable[[], object]) -> None:
        """Starts a task, which must not raise."""
        self._number += 1
        number = self._number
        self._pool.clear()
        self._pool.start(lambda: self._done.emit(number, work()))

    def close(self) -> None:
        """Waits for the current task, whose result is dropped."""
        self._number += 1
        self._pool.clear()
        self._pool.waitForDone()

    def _on_done(self, number: int, answer: object) -> None:
        if number == self._number:
            self.answered.emit(answer)
