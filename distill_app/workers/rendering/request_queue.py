"""Queue of what the window asks of the worker; the one place that two threads write to."""

import threading
from collections import Counter, deque
from dataclasses import dataclass
from pathlib import Path

from distill_app.workers.rendering.messages import EndlessResult, ExportRequest, RenderRequest, RenderResult


@dataclass(frozen=True)
class QueuedRequest:
    """A numbered request; stale once a newer one or a cancel follows.

    Args:
        result: finished sound to put back into the loop, None where it is to be rendered.
    """

    number: int
    request: RenderRequest
    result: RenderResult | EndlessResult | None = None


@dataclass(frozen=True)
class QueuedExport:
    """An export; only a cancel makes it stale.

    Args:
        number: how many times an export to its path had been cancelled before.
    """

    number: int
    request: ExportRequest


class RequestQueue:
    """The newest render request, and all exports in their order. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._newest = self._cancelled = 0
        self._render: QueuedRequest | None = None
        self._exports: deque[QueuedExport] = deque()
        self._cancelled_exports = Counter[Path]()
        self.closed = False

    def submit(self, request: RenderRequest) -> None:
        with self._lock:
            self._newest += 1
            self._render = QueuedRequest(self._newest, request)
            self._lock.notify()

    def restore(self, result: RenderResult | EndlessResult) -> None:
        """Cancels the render request; the loop gets `result` back."""
        with self._lock:
            self._newest += 1
            self._cancelled = self._newest
            self._render = QueuedRequest(self._newest, result.request, result)
            self._lock.notify()

    def cancel(self) -> None:
        """Cancels the render request."""
        with self._lock:
            self._newest += 1
            self._cancelled = self._newest
            self._render = None
            self._lock.notify()

    def take_render(self) -> QueuedRequest | None:
        with self._lock:
            queued, self._render = self._render, None
            return queued

    def peek_render(self) -> RenderRequest | None:
        with self._lock:
            return self._render.request if self._render else None

    def is_stale(self, queued: QueuedRequest) -> bool:
        return self.closed or queued.number != self._newest

    def is_cancelled(self, queued: QueuedRequest) -> bool:
        """Whether it is stale because of a cancel, not only because of a newer request."""
        return queued.number < self._cancelled

    def wait_stale(self, queued: QueuedRequest, seconds: float) -> bool:
        """Whether the request becomes stale within that time; returns as soon as it does."""
        with self._lock:
            return self._lock.wait_for(lambda: self.is_stale(queued), seconds)

    def submit_export(self, request: ExportRequest) -> None:
        with self._lock:
            self._exports.append(QueuedExport(self._cancelled_exports[request.path], request))

    def take_export(self) -> QueuedExport | None:
        with self._lock:
            return self._exports.popleft() if self._exports else None

    @property
    def idle(self) -> bool:
        """Whether nothing waits, and more may come."""
        with self._lock:
            return not (self.closed or self._render or self._exports)

    def cancel_export(self, path: Path) -> None:
        """Cancels the export to a path, whether it waits or is under way."""
        with self._lock:
            self._cancelled_exports[path] += 1

    def is_export_stale(self, queued: QueuedExport) -> bool:
        return self.closed or queued.number != self._cancelled_exports[queued.request.path]

    def close(self) -> None:
        self.closed = True
        self.cancel()
