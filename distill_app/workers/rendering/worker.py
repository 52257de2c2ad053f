"""The thread that renders and exports, so that the window never waits. torch is imported there and nowhere before."""

from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from distill_app.audio.shared_loop import SharedLoop
from distill_app.generation.export_format import ExportFormat
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.workers.rendering.gc_control import GuiCollector
from distill_app.workers.rendering.messages import ExportRequest, RenderRequest
from distill_app.workers.rendering.render_loop import RenderLoop
from distill_app.workers.rendering.request_queue import RequestQueue
from distill_app.workers.rendering.signals import RenderSignals

STACK_BYTES = 8 * 1024 * 1024
"""torch's convolutions need more than the 512 KB that macOS gives a thread."""


class RenderWorker(RenderSignals):
    """What the window sees of a RenderThread. Its methods return at once; its signals answer.

    It stays in the window's thread, so that whatever is connected to its signals runs there, plain functions too.
    """

    _woken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mailbox = RequestQueue()
        self.render_loop = RenderLoop(self, self._mailbox)
        self._woken.connect(self.render_loop.work)

    def play_into(self, live: SharedLoop) -> None:
        """From now on a sound asked for while `live` plays is heard at its playhead first."""
        self.render_loop.live = live

    def compute_with(self, compute: ComputeConfig) -> None:
        """From the next sound on vocoders compute there and with that."""
        self.render_loop.compute = compute

    def submit(self, request: RenderRequest) -> None:
        """Asks for a sound; those asked for before and not finished are given up, but what plays is always answered."""
        self._mailbox.submit(request)
        self._woken.emit()

    def cancel(self) -> None:
        """Gives up the sound asked for. Exports go on."""
        self._mailbox.cancel()

    def export(self, request: RenderRequest, path: Path, wanted: ExportFormat, overwrite: bool = False) -> None:
        """Asks for a file; renders asked for meanwhile go first."""
        self._mailbox.submit_export(ExportRequest(request, path, wanted, overwrite))
        self._woken.emit()

    def cancel_export(self) -> None:
        """Gives up the file asked for and those waiting; nothing is left of them."""
        self._mailbox.cancel_exports()

    def close(self) -> None:
        """Takes no more work and gives up what is under way."""
        self._mailbox.close()


class RenderThread(QThread):
    """Owns the worker. `start()` it, and `stop()` it before it is dropped."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_BYTES)
        self.worker = RenderWorker()
        self.worker.render_loop.moveToThread(self)
        self.started.connect(self.worker.render_loop.begin)
        self._collector = GuiCollector(self)

    def start(self, priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        """From now on the GUI's thread alone collects garbage."""
        self._collector.begin()
        super().start(priority)

    def stop(self) -> None:
        """Gives up what is under way and waits for the end: one block of work, or the rest of the imports."""
        self.worker.close()
        self.quit()
        self.wait()
        self._collector.end()
