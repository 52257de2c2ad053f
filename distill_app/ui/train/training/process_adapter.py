"""One run of a training, as the window's thread hears of it: at most four times a second."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal

from distill_app.ui.common.timers import timer
from distill_app.workers.training.event_buffer import EventBuffer
from distill_app.workers.training.process import TrainingProcess
from distill_app.workers.training.request import Request

_LOOK_MS = 250


class TrainingRun(QObject):
    """Begins at once. Raises OSError where the program cannot be started."""

    events_received = Signal(object)
    """The ProgressLines since the last time."""
    ended = Signal(object)
    """A TrainingEnd, once and last."""
    _woken = Signal()

    def __init__(self, request: Request, program: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._inbox = EventBuffer(self._woken.emit)
        self._pause = timer(self, _LOOK_MS, self._look, single_shot=True)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self.process = TrainingProcess(request, self._inbox.tell, self._inbox.end, program)

    def close(self) -> None:
        """Nothing more is events_received."""
        self._inbox.close()

    def _on_woken(self) -> None:
        if not self._pause.isActive():
            self._look()

    def _look(self) -> None:
        """Takes what has come since the last look, and gives the window a while for other things."""
        lines, end = self._inbox.take()
        if lines:
            self._pause.start()
            self.events_received.emit(lines)
        if end is not None:
            self._pause.stop()
            self.ended.emit(end)
