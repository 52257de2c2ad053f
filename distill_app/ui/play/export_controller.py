"""Export of the current sound: dialog, job of the worker, and the message at its end."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from distill_app.common.settings import Settings
from distill_app.generation.config import SECONDS_MAX, SECONDS_MIN
from distill_app.project.paths import file_name
from distill_app.ui.common.folders import music_folder, show_folder
from distill_app.ui.common.protocols import RenderWorkerProtocol
from distill_app.ui.play.export_dialog import ExportChoice, ExportDialog
from distill_app.ui.style.format import file_size
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message
from distill_app.vocoders.embedded.vocoder import id_for_file
from distill_app.workers.rendering.messages import RenderRequest


@dataclass(frozen=True)
class Part:
    """Part of an endless sound.

    Args:
        begin: where it begins, in words.
        request: request for a length in seconds of it.
    """

    begin: str
    request: Callable[[float], RenderRequest]


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
        self._request: Callable[[float], RenderRequest] | None = None
        self._path: Path | None = None
        """File that is being written."""
        worker.exported.connect(self._on_exported)
        worker.export_progressed.connect(self._on_progressed)
        worker.export_cancelled.connect(self._on_cancelled)
        worker.export_failed.connect(self._on_failed)

    @property
    def writing(self) -> bool:
        """Whether a file is being written."""
        return self._path is not None

    @property
    def file_seconds(self) -> float:
        """Length of the last file made of an endless sound."""
        return min(max(self.settings.file_seconds, SECONDS_MIN), SECONDS_MAX)

    def remember_seconds(self, seconds: float) -> None:
        """Stores the length of a file made of an endless sound, for the next one."""
        self.settings = replace(self.settings, file_seconds=seconds)

    def open(self, request: RenderRequest, name: str, sustained: bool, stereo: bool, part: Part | None = None) -> None:
        """Opens the dialog for the sound of `request`.

        Args:
            name: proposed as the file name.
            sustained: whether the sound goes on, so that it can be made a loop.
            stereo: whether it has two channels.
            part: of an endless sound; None where the sound has a length.
        """
        self._request = (lambda _seconds: request) if part is None else part.request
        settings = self.settings
        path = free_path(_folder(settings.export_folder), name)
        seconds = self.file_seconds if part else request.config.seconds
        dialog = self.dialog = ExportDialog(seconds, path, settings, self._window, self.limiting())
        dialog.offer("" if part is None else part.begin, sustained, stereo)
        dialog.export_asked.connect(self._on_export_asked)
        dialog.cancel_asked.connect(self._on_cancel_asked)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_export_asked(self, choice: ExportChoice) -> None:
        if self.dialog is None or self._request is None:
            return
        self.settings = self.dialog.remembered(self.settings)
        self.dialog.begin()
        self._path = choice.path
        request = self._request(choice.seconds)
        request = replace(request, vocoder=id_for_file(request.vocoder))
        self._worker.export(request, choice.path, choice.wanted, choice.replace, choice.seamless)

    def _on_cancel_asked(self) -> None:
        if self._path is not None:
            self._worker.cancel_export(self._path)

    def _on_progressed(self, path: Path, fraction: float) -> None:
        if self.dialog is not None and path == self._path:
            self.dialog.advance(tr("Exporting"), fraction)

    def _on_exported(self, path: Path, clipped: int) -> None:
        if path != self._path:
            return
        self._close()
        sentence = tr("Exported “{name}”, {size}.").format(name=path.name, size=file_size(path.stat().st_size))
        if clipped:
            lost = tr("{count} samples were louder than the format holds and were cut off; 32-bit float keeps them.")
            sentence = f"{sentence} {lost.format(count=clipped)}"
        self.notified.emit(Message("done", sentence, tr("Show in folder"), lambda: show_folder(path.parent)))

    def _on_cancelled(self, path: Path) -> None:
        if path != self._path:
            return
        self._close()
        sentence = tr("The export was cancelled; “{name}” was not written.").format(name=path.name)
        self.notified.emit(Message("info", sentence))

    def _on_failed(self, path: Path, sentence: str, details: str) -> None:
        if path != self._path:
            return
        self._path = None
        if self.dialog is not None:
            self.dialog.fail(sentence, details)

    def _close(self) -> None:
        self._path = None
        if self.dialog is not None:
            self.dialog.finish()
            self.dialog = None


def _folder(last: str) -> Path:
    """The folder of the last export where it exists, else the music folder."""
    return Path(last) if last and Path(last).is_dir() else music_folder()


def free_path(folder: Path, name: str) -> Path:
    """Path of a file that does not exist yet: `name.wav` in the folder, or `name 2.wav`, …"""
    clean = file_name(name, "sound")
    path, number = folder / f"{clean}.wav", 2
    while path.exists():
        path, number = folder / f"{clean} {number}.wav", number + 1
    return path
