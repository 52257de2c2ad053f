"""What is asked of the worker: the one place that two threads write to."""

import threading
from collections import deque
from dataclasses import dataclass

from distill_app.workers.rendering.messages import ExportRequest, RenderRequest


@dataclass(frozen=True)
class QueuedRequest:
    """A request and when it was asked; it is stale once something newer was asked, or a cancel."""

    number: int
    request: RenderRequest


@dataclass(frozen=True)
class QueuedExport:
    """The same of an export; only a cancel makes it stale."""

    number: int
    request: ExportRequest


class RequestQueue:
    """Of the renders asked for only the newest counts; exports wait in a row."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._newest = self._cancelled = 0
        self._render: QueuedRequest | None = None
        self._exports: deque[QueuedExport] = deque()
        self._export_number = 0
        self.closed = False

    def submit(self, request: RenderRequest) -> None:
        with self._lock:
            self._newest += 1
            self._render = QueuedRequest(self._newest, request)
            self._lock.notify()

    def cancel(self) -> None:
        """No render is wanted any more."""
        with self._lock:
            self._newest += 1
            self._cancelled = self._newest
            self._render = None
            self._lock.notify()

    def take_render(self) -> QueuedRequest | None:
        with self._lock:
            ticket, self._render = self._render, None
            return ticket

    def peek_render(self) -> RenderRequest | None:
        with self._lock:
            return self._render.request if self._render else None

    def is_stale(self, ticket: QueuedRequest) -> bool:
        return self.closed or ticket.number != self._newest

    def is_cancelled(self, ticket: QueuedRequest) -> bool:
        """Stale, and not for a newer one."""
        return ticket.number < self._cancelled

    def wait_stale(self, ticket: QueuedRequest, seconds: float) -> bool:
        """Whether the ticket became stale within that time; returns as soon as it does."""
        with self._lock:
            return self._lock.wait_for(lambda: self.is_stale(ticket), seconds)

    def submit_export(self, request: ExportRequest) -> None:
        with self._lock:
            self._exports.append(QueuedExport(self._export_number, request))

    def take_export(self) -> QueuedExport | None:
        with self._lock:
            return self._exports.popleft() if self._exports else None

    def cancel_exports(self) -> None:
        """None asked for so far is wanted any more, neither those that wait nor the one under way."""
        with self._lock:
            self._export_number += 1

    def is_export_stale(self, ticket: QueuedExport) -> bool:
        return ticket.number != self._export_number

    def close(self) -> None:
        self.closed = True
        self.cancel()
        self.cancel_exports()
