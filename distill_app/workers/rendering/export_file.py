"""Writes an exported file step by step, and reports it by signals."""

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from distill_app.workers.rendering.failures import failure_text
from distill_app.workers.rendering.messages import ExportRequest
from distill_app.workers.rendering.request_queue import QueuedExport, RequestQueue
from distill_app.workers.rendering.signals import RenderSignals

if TYPE_CHECKING:
    from distill_app.generation.export import ExportResult

Export = Callable[[ExportRequest], "Generator[float, None, ExportResult]"]


def export_file(
    queued: QueuedExport, export: Export, queue: RequestQueue, signals: RenderSignals, between: Callable[[], None]
) -> None:
    """Writes a file, unless it is cancelled.

    Args:
        between: called after each step.
    """
    path = queued.request.path
    try:
        result = _run(queued, export(queued.request), queue, signals, between)
    except Exception as error:  # noqa: BLE001 - every failure is reported, and the thread continues
        signals.export_failed.emit(path, *failure_text(error))
        return
    if result is None:
        signals.export_cancelled.emit(path)
    else:
        signals.exported.emit(path, result.clipped)


def _run(
    queued: QueuedExport,
    job: "Generator[float, None, ExportResult]",
    queue: RequestQueue,
    signals: RenderSignals,
    between: Callable[[], None],
) -> "ExportResult | None":
    reported = -1.0
    while not queue.is_export_stale(queued):
        try:
            done = next(job)
        except StopIteration as end:
            return end.value
        if done > reported:
            signals.export_progressed.emit(queued.request.path, reported := done)
        between()
    job.close()
    return None
