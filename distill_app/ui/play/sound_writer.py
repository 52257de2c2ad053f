"""Parts of endless sounds that the worker renders into files, while the sound plays on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal

from distill_app.ui.common.protocols import RenderWorkerProtocol
from distill_app.ui.translation import tr
from distill_app.workers.rendering.messages import ExportRequest


@dataclass(frozen=True)
class _Callbacks:
    written: Callable[[Path], object]
    failed: Callable[[str], object]


class SoundWriter(QObject):
    """Has the worker write files, and answers whoever asked for each."""

    _ended = Signal()

    def __init__(self, worker: RenderWorkerProtocol, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._asked: dict[Path, _Callbacks] = {}
        worker.exported.connect(lambda path, _clipped: self._end(path))
        worker.export_failed.connect(lambda path, sentence, _details: self._end(path, sentence))
        worker.export_cancelled.connect(self._on_cancelled)

    def write(self, task: ExportRequest, written: Callable[[Path], object], failed: Callable[[str], object]) -> None:
        """Calls `written` with the path once the file is there, or `failed` with a sentence."""
        self._asked[task.path] = _Callbacks(written, failed)
        self._worker.export(task.sound, task.path, task.wanted, task.overwrite, task.seamless)

    def wait(self, seconds: float) -> None:
        """Waits until all files are written, but not for longer than that."""
        loop = QEventLoop()
        self._ended.connect(lambda: None if self._asked else loop.quit())
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        if self._asked:
            loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)

    def _on_cancelled(self, path: Path) -> None:
        self._end(path, tr("“{name}” was not written: it was cancelled.").format(name=path.name))

    def _end(self, path: Path, failure: str = "") -> None:
        asked = self._asked.pop(path, None)
        if asked is None:
            return
        if failure:
            asked.failed(failure)
        else:
            asked.written(path)
        self._ended.emit()
