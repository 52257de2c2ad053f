"""Export of the current sound: dialog, job of the worker, and the message at its end."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from distill_app.common.settings import Settings
from distill_app.ui.common.folders import music_folder, show_folder
from distill_app.ui.common.protocols import RenderWorkerProtocol
from distill_app.ui.play.export_dialog import ExportChoice, ExportDialog, free_path
from distill_app.ui.style.format import file_size
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message
from distill_app.workers.rendering.messages import RenderRequest


class ExportController(QObject):
    """Runs one export at a time; `settings` keep its folder and format."""

    notified = Signal(object)
    """Message to show."""

    def __init__(self, worker: RenderWorkerProtocol, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.settings = settings
        self.limiting: Callable[[], bool] = lambda: self.settings.limiter
        """Whether the safety limiter is on, in playback and so in the file."""
        self.dialog: ExportDialog | None = None
        self._worker, self._window = worker, parent
        self._request: RenderRequest | None = None
        self.writing = False
        """Whether a file is being written."""
        worker.exported.connect(self._on_exported)
        worker.export_progressed.connect(self._on_progressed)
        worker.export_cancelled.connect(self._on_cancelled)
        worker.export_failed.connect(self._on_failed)

    def open(self, request: RenderRequest, name: str) -> None:
        """Opens the dialog for the sound of `request`; `name` is proposed as the file name."""
        settings = self.settings
        path = free_path(_folder(settings.export_folder), name)
        self._request = request
        rate, bits = settings.export_rate, settings.export_bits
        dialog = self.dialog = ExportDialog(request.config.seconds, path, rate, bits, self._window, self.limiting())
        dialog.export_asked.connect(self._on_export_asked)
        dialog.cancel_asked.connect(self._worker.cancel_export)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_export_asked(self, choice: ExportChoice) -> None:
        if self.dialog is None or self._request is None:
            return
        wanted, folder = choice.wanted, str(choice.path.parent)
        self.settings = replace(
            self.settings, export_rate=wanted.rate, export_bits=str(wanted.bits), export_folder=folder
        )
        self.dialog.begin()
        self.writing = True
        self._worker.export(self._request, choice.path, wanted, choice.replace)

    def _on_progressed(self, _path: Path, fraction: float) -> None:
        if self.dialog is not None:
            self.dialog.advance(tr("Exporting"), fraction)

    def _on_exported(self, path: Path, clipped: int) -> None:
        self._close()
        sentence = tr("Exported “{name}”, {size}.").format(name=path.name, size=file_size(path.stat().st_size))
        if clipped:
            lost = tr("{count} samples were louder than the format holds and were cut off; 32-bit float keeps them.")
            sentence = f"{sentence} {lost.format(count=clipped)}"
        self.notified.emit(Message("done", sentence, tr("Show in folder"), lambda: show_folder(path.parent)))

    def _on_cancelled(self, path: Path) -> None:
        self._close()
        sentence = tr("The export was cancelled; “{name}” was not written.").format(name=path.name)
        self.notified.emit(Message("info", sentence))

    def _on_failed(self, _path: Path, sentence: str, details: str) -> None:
        self.writing = False
        if self.dialog is not None:
            self.dialog.fail(sentence, details)

    def _close(self) -> None:
        self.writing = False
        if self.dialog is not None:
            self.dialog.finish()
            self.dialog = None


def _folder(last: str) -> Path:
    """The folder of the last export where it exists, else the music folder."""
    return Path(last) if last and Path(last).is_dir() else music_folder()
