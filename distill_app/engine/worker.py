"""The thread that renders and exports, so that the window never waits. torch is imported here and nowhere before."""

import gc
import logging
import traceback
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal, Slot

from distill_app.engine.garbage import GuiCollector
from distill_app.engine.jobs import ExportRequest, RenderRequest
from distill_app.engine.mailbox import ExportTicket, Mailbox, Ticket
from distill_app.errors import DistillError
from distill_app.generation.export_format import ExportFormat

if TYPE_CHECKING:
    from distill_app.engine.kitchen import Kitchen
    from distill_app.generation.export import ExportResult

STACK_BYTES = 8 * 1024 * 1024
"""torch's convolutions need more than the 512 KB that macOS gives a thread."""
UNEXPECTED = "Something went wrong while rendering."

_log = logging.getLogger(__name__)


class RenderWorker(QObject):
    """What the window sees of a RenderThread. Its methods return at once; its signals answer.

    It stays in the window's thread, so that whatever is connected to its signals runs there, plain functions too.
    """

    ready = Signal()
    """torch is imported, and the model of the first request is loaded if there is one."""
    progressed = Signal(str, float)
    finished = Signal(object)
    """A RenderResult."""
    cancelled = Signal(object)
    """A RenderRequest whose render was given up half way, for a newer one or after `cancel`."""
    failed = Signal(object, str, str)
    """A RenderRequest, a sentence for the person, and details, empty where the sentence says all."""
    export_progressed = Signal(object, float)
    exported = Signal(object, int)
    """The path written, and how many samples were cut off at full scale."""
    export_cancelled = Signal(object)
    export_failed = Signal(object, str, str)
    """The path, a sentence, details."""
    _woken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mailbox = Mailbox()
        self.hands = _Hands(self, self._mailbox)
        self._woken.connect(self.hands.work)

    def submit(self, request: RenderRequest) -> None:
        """Asks for a sound; those asked for before and not finished are given up."""
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


class _Hands(QObject):
    """The part that lives in the thread."""

    def __init__(self, face: RenderWorker, mailbox: Mailbox) -> None:
        super().__init__()
        self._face, self._mailbox = face, mailbox
        self._kitchen: Kitchen | None = None
        self._broken: Exception = RuntimeError("the worker has not begun")

    @Slot()
    def begin(self) -> None:
        """The thread's first work: the long imports, and the model asked for first."""
        try:
            from distill_app.engine.kitchen import Kitchen
            from distill_app.generation.threads import choose_threads

            choose_threads()
            self._kitchen = Kitchen()
            self._load_first(self._kitchen)
            gc.freeze()  # torch's modules stay; looking through them at every collection costs a tenth of a second
        except Exception as error:  # noqa: BLE001 - a torch that cannot be loaded fails every request, with this reason
            self._broken = error
        self._face.ready.emit()
        self.work()

    def _load_first(self, kitchen: "Kitchen") -> None:
        request = self._mailbox.peek_render()
        if request is not None:
            with suppress(DistillError):  # its render will say so
                kitchen.pipeline(request)

    @Slot()
    def work(self) -> None:
        """Everything there is to do. Between the steps of an export, renders go first."""
        self._render_all()
        while (ticket := self._mailbox.take_export()) is not None:
            self._export(ticket)
            self._render_all()

    def _ready_kitchen(self) -> "Kitchen":
        if self._kitchen is None:
            raise self._broken
        return self._kitchen

    def _render_all(self) -> None:
        while (ticket := self._mailbox.take_render()) is not None:
            try:
                self._render(ticket)
            except Exception as error:  # noqa: BLE001 - whatever it is, the person hears of it and the thread lives on
                self._face.failed.emit(ticket.request, *_words(error))

    def _render(self, ticket: Ticket) -> None:
        self._face.progressed.emit("Rendering", 0.0)
        job = self._ready_kitchen().render(ticket.request)
        while not self._mailbox.is_stale(ticket):
            try:
                self._face.progressed.emit("Rendering", next(job))
            except StopIteration as end:
                self._face.finished.emit(end.value)
                return
        job.close()
        self._face.cancelled.emit(ticket.request)

    def _export(self, ticket: ExportTicket) -> None:
        path = ticket.request.path
        try:
            result = self._run_export(ticket, self._ready_kitchen().export(ticket.request))
        except Exception as error:  # noqa: BLE001 - as above
            self._face.export_failed.emit(path, *_words(error))
            return
        if result is None:
            self._face.export_cancelled.emit(path)
        else:
            self._face.exported.emit(path, result.clipped)

    def _run_export(self, ticket: ExportTicket, job: "Generator[float, None, ExportResult]") -> "ExportResult | None":
        while not self._mailbox.is_export_stale(ticket):
            try:
                self._face.export_progressed.emit(ticket.request.path, next(job))
            except StopIteration as end:
                return end.value
            self._render_all()
        job.close()
        return None


def _words(error: Exception) -> tuple[str, str]:
    """The sentence and the details of a failure."""
    if isinstance(error, DistillError):
        return str(error), ""
    _log.error("rendering failed", exc_info=error)
    return UNEXPECTED, "".join(traceback.format_exception(error))


class RenderThread(QThread):
    """Owns the worker. `start()` it, and `stop()` it before it is dropped."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_BYTES)
        self.worker = RenderWorker()
        self.worker.hands.moveToThread(self)
        self.started.connect(self.worker.hands.begin)
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
