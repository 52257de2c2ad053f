"""Garbage collection in the GUI thread only.

Python collects cycles in whatever thread happens to allocate; a timer or a widget in such a cycle would be destroyed by
the worker, which Qt forbids.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 500


class GuiCollector(QTimer):
    """Timer that collects cycles in its own thread, in place of the automatic collection."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setInterval(_INTERVAL_MS)
        self.timeout.connect(collect_due_generations)

    def begin(self) -> None:
        gc.disable()
        self.start()

    def end(self) -> None:
        self.stop()
        gc.enable()


def collect_due_generations() -> None:
    """Collects the oldest generation that Python itself would collect now."""
    due = [
        age for age, (count, limit) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)) if count > limit
    ]
    if due:
        gc.collect(max(due))
