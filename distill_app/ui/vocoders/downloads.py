"""Download or import of a vocoder, as the source panel shows it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.ui.common.protocols import DownloadsProtocol
from distill_app.ui.translation import tr
from distill_app.ui.vocoders.format import EtaEstimator, done_of, time_left
from distill_app.ui.widgets.download_bar import DownloadBar
from distill_app.ui.widgets.toast import Message
from distill_app.vocoders.registry import VocoderEntry

_UPDATE_SECONDS = 0.2
"""Time between updates of the figures; faster ones cannot be read."""


@dataclass(frozen=True)
class _Job:
    """Download or import.

    Args:
        key: name under which the service reports it.
        title: of the vocoder or its folder.
        text: shown over the progress bar.
        total_bytes: 0 where it is unknown.
        begin: starts or resumes it.
    """

    key: str
    title: str
    text: str
    total_bytes: int
    begin: Callable[[], None]


class DownloadController(QObject):
    """Runs one download or import at a time; an interrupted or cancelled download can be resumed.

    Args:
        now: monotonic time in seconds.
    """

    installed = Signal(str)
    """Id of a vocoder that was installed."""
    notified = Signal(object)
    """Message to show."""

    def __init__(
        self,
        service: DownloadsProtocol,
        bar: DownloadBar,
        parent: QObject,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._service, self._bar, self._now = service, bar, now
        self._job: _Job | None = None
        self._done, self._total, self._shown_at, self._eta = 0, 0, 0.0, EtaEstimator()
        self.busy = False
        service.progressed.connect(self._on_progressed)
        service.finished.connect(self._on_finished)
        service.failed.connect(self._on_failed)
        service.cancelled.connect(self._on_cancelled)
        bar.cancel_asked.connect(self._on_cancel)
        bar.again_asked.connect(self._on_again)

    @property
    def title(self) -> str:
        """Title of the current or last download."""
        return "" if self._job is None else self._job.title

    def is_downloading(self, name: str) -> bool:
        return self.busy and self._job is not None and self._job.key == name

    def start(self, entry: VocoderEntry) -> None:
        """Downloads a vocoder."""
        name, title = entry.info.id, entry.info.title
        text = tr("Downloading {vocoder}").format(vocoder=title)
        self._begin(_Job(name, title, text, entry.download_bytes, lambda: self._service.start(name)))

    def import_folder(self, folder: Path) -> None:
        text = tr("Importing {folder}").format(folder=folder.name)
        self._begin(_Job(folder.name, folder.name, text, 0, lambda: self._service.import_folder(folder)))

    def cancel(self) -> None:
        """Cancels the download; its partial files are kept."""
        if self.busy:
            self._service.cancel()

    # Buttons

    def _on_cancel(self) -> None:
        """Cancels the download, or dismisses the message about one that failed."""
        if self.busy:
            self.cancel()
        else:
            self._bar.clear()

    def _on_again(self) -> None:
        if self._job is not None and not self.busy:
            self._begin(self._job)

    def _begin(self, job: _Job) -> None:
        self._job, self.busy = job, True
        self._done, self._total, self._eta, self._shown_at = 0, job.total_bytes, EtaEstimator(), self._now()
        self._show(0, job.total_bytes, None)
        job.begin()

    # Reports of the service

    def _on_progressed(self, name: str, done: int, total: int) -> None:
        if not self.is_downloading(name):
            return
        self._done, self._total, now = done, total, self._now()
        left = self._eta.seconds_left(now, done, total)
        if now - self._shown_at >= _UPDATE_SECONDS or done == total:
            self._shown_at = now
            self._show(done, total, left)

    def _show(self, done: int, total: int, left: float | None) -> None:
        assert self._job is not None
        amount = " · ".join(filter(None, (done_of(done, total), time_left(left)))) if total else tr("Loading…")
        self._bar.show_progress(self._job.text, amount, done / total if total else 0.0)

    def _on_finished(self, name: str) -> None:
        self.busy = False
        self._bar.clear()
        self.installed.emit(name)

    def _on_failed(self, name: str, sentence: str) -> None:
        if self.is_downloading(name):
            self.busy = False
            self._bar.show_stopped(sentence, self._again_text)
        else:
            self.notified.emit(Message("error", sentence))

    def _on_cancelled(self, name: str) -> None:
        if not self.is_downloading(name):
            return
        self.busy = False
        self._bar.clear()
        kept = tr("The part that was downloaded is kept.") if self._done else ""
        sentence = tr("{title} was cancelled.").format(title=self.title)
        self.notified.emit(Message("info", f"{sentence} {kept}".rstrip(), self._again_text, self._on_again))

    @property
    def _again_text(self) -> str:
        """`Resume` where partial files are kept, else `Retry`; complete but wrong files are not kept."""
        return tr("Resume") if 0 < self._done < self._total else tr("Retry")
