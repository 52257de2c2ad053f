"""Training process with Qt signals, at most four a second."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal

from distill_app.training.run.spec import TrainingSpec
from distill_app.ui.common.timers import timer
from distill_app.workers.training.event_buffer import EventBuffer
from distill_app.workers.training.process import TrainingProcess

_INTERVAL_MS = 250


class TrainingRun(QObject):
    """One run of a training, started at once. Raises OSError where the program cannot be started."""

    statuses_received = Signal(object)
    """List of `TrainingStatus` since the last time."""
    ended = Signal(object)
    """TrainingEnd, once and last."""
    _woken = Signal()

    def __init__(self, spec: TrainingSpec, program: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._buffer = EventBuffer(self._woken.emit)
        self._interval = timer(self, _INTERVAL_MS, self._take, single_shot=True)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self.process = TrainingProcess(spec, self._buffer.add_status, self._buffer.add_end, program)

    def close(self) -> None:
        """Emits no more signals."""
        self._buffer.close()

    def _on_woken(self) -> None:
        if not self._interval.isActive():
            self._take()

    def _take(self) -> None:
        """Emits what the buffer holds; the next time is an interval later."""
        statuses, end = self._buffer.take()
        if statuses:
            self._interval.start()
            self.statuses_received.emit(statuses)
        if end is not None:
            self._interval.stop()
            self.ended.emit(end)
