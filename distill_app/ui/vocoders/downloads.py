"""A download or an import under way, as the card shows it: from the agreement to the installed vocoder."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.ui.common.protocols import DownloadsProtocol
from distill_app.ui.vocoders.format import EtaEstimator, done_of, time_left
from distill_app.ui.widgets.download_bar import DownloadBar
from distill_app.ui.widgets.toast import Message
from distill_app.vocoders.registry import VocoderEntry

_SHOW_SECONDS = 0.2  # figures that change more often cannot be read


@dataclass(frozen=True)
class _Job:
    """What is under way.

    Args:
        key: the name under which `Downloads` tells of it.
        title: of the vocoder or its folder.
        words: what is done with it.
        total_bytes: 0 where it is not known yet.
        begin: asks for it, also for what is still missing.
    """

    key: str
    title: str
    words: str
    total_bytes: int
    begin: Callable[[], None]


class DownloadController(QObject):
    """One at a time. A download that breaks off, or is cancelled, goes on from where it was."""

    installed = Signal(str)
    """The id of a vocoder that is installed now."""
    notified = Signal(object)
    """A Message."""

    def __init__(
        self,
        downloads: DownloadsProtocol,
        line: DownloadBar,
        parent: QObject,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._downloads, self._line, self._now = downloads, line, now
        self._job: _Job | None = None
        self._done, self._total, self._shown_at, self._pace = 0, 0, 0.0, EtaEstimator()
        self.busy = False
        downloads.progressed.connect(self._on_progressed)
        downloads.finished.connect(self._on_finished)
        downloads.failed.connect(self._on_failed)
        downloads.cancelled.connect(self._on_cancelled)
        line.cancel_asked.connect(self._on_cancel)
        line.again_asked.connect(self._on_again)

    @property
    def title(self) -> str:
        """Of what comes, or came last."""
        return "" if self._job is None else self._job.title

    def is_downloading(self, name: str) -> bool:
        return self.busy and self._is_ours(name)

    def start(self, entry: VocoderEntry) -> None:
        """The person agreed."""
        name, title = entry.info.id, entry.info.title
        words = f"Downloading {title}"
        self._begin(_Job(name, title, words, entry.download_bytes, lambda: self._downloads.start(name)))

    def import_folder(self, folder: Path) -> None:
        words = f"Importing {folder.name}"
        self._begin(_Job(folder.name, folder.name, words, 0, lambda: self._downloads.import_folder(folder)))

    def cancel(self) -> None:
        """What has come is kept."""
        if self.busy:
            self._downloads.cancel()

    # What the hand does

    def _on_cancel(self) -> None:
        """The same button dismisses what is said of a download that broke off."""
        if self.busy:
            self.cancel()
        else:
            self._line.clear()

    def _on_again(self) -> None:
        if self._job is not None and not self.busy:
            self._begin(self._job)

    def _begin(self, job: _Job) -> None:
        self._job, self.busy = job, True
        self._done, self._total, self._pace, self._shown_at = 0, job.total_bytes, EtaEstimator(), self._now()
        self._show(0, job.total_bytes, None)
        job.begin()

    # How it goes

    def _is_ours(self, name: str) -> bool:
        return self._job is not None and self._job.key == name

    def _on_progressed(self, name: str, done: int, total: int) -> None:
        if not self.is_downloading(name):
            return
        self._done, self._total, now = done, total, self._now()
        left = self._pace.seconds_left(now, done, total)
        if now - self._shown_at >= _SHOW_SECONDS or done == total:
            self._shown_at = now
            self._show(done, total, left)

    def _show(self, done: int, total: int, left: float | None) -> None:
        assert self._job is not None
        amount = " · ".join(filter(None, (done_of(done, total), time_left(left)))) if total else "One moment"
        self._line.show_progress(self._job.words, amount, done / total if total else 0.0)

    def _on_finished(self, name: str) -> None:
        self._end()
        self._line.clear()
        self.installed.emit(name)

    def _on_failed(self, name: str, sentence: str) -> None:
        if self.is_downloading(name):
            self._end()
            self._line.show_stopped(sentence, self._again)
        else:
            self.notified.emit(Message("error", sentence))

    def _on_cancelled(self, name: str) -> None:
        if not self.is_downloading(name):
            return
        self._end()
        self._line.clear()
        kept = " What has come is kept." if self._done else ""
        self.notified.emit(Message("info", f"{self.title} was cancelled.{kept}", self._again, self._on_again))

    def _end(self) -> None:
        self.busy = False

    @property
    def _again(self) -> str:
        """Where all of it had come and was not right, nothing of it is kept."""
        return "Resume" if 0 < self._done < self._total else "Retry"
