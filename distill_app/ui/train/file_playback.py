"""Playback of one file at a time: a recording, a take or a demo. It and the loop stop each other."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.audio.file_player import FilePlayer
from distill_app.common.errors import AudioDeviceError
from distill_app.ui.common.timers import timer
from distill_app.ui.play.playback import Playback
from distill_app.ui.widgets.toast import Message

_POLL_MS = 50


class FilePlayback(QObject):
    """Plays a file once from beginning to end."""

    changed = Signal()
    """Another file plays, or none."""
    notified = Signal(object)
    """Carries a Message."""

    def __init__(self, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        """The file that plays."""
        self._playback = playback
        self._player = FilePlayer(playback.player.stream_buffer, self)
        self._player.failed.connect(self._on_failed)
        self._timer = timer(self, _POLL_MS, self._poll)
        playback.device_tried.connect(self._on_loop_started)

    @property
    def is_sounding(self) -> bool:
        """Whether a file or the loop plays."""
        return self.path is not None or self._playback.playing or self._playback.waiting

    def play(self, path: Path, from_seconds: float = 0.0) -> None:
        """Plays a file, or emits a message where the sound device cannot be opened."""
        self._playback.stop()
        try:
            self._playback.player.open()
        except AudioDeviceError as error:
            self.notified.emit(Message("error", str(error)))
            return
        self._player.listen(path, from_seconds)
        self._timer.start()
        self._show(path)

    def compare(self, path: Path) -> None:
        """Plays a file from the position at which another one plays, so that the two can be compared."""
        self.play(path, 0.0 if self.path is None else self._player.position_seconds)

    def toggle(self, path: Path) -> None:
        """Plays a file, or stops it where it plays."""
        if path == self.path:
            self.stop()
        else:
            self.play(path)

    def stop(self) -> None:
        self._player.stop()
        self._timer.stop()
        self._show(None)

    def close(self) -> None:
        self._timer.stop()
        self._player.close()

    def _on_loop_started(self) -> None:
        if self._playback.playing and self.path is not None:
            self.stop()

    def _poll(self) -> None:
        if not self._player.playing:
            self.stop()

    def _on_failed(self, path: Path, sentence: str) -> None:
        if path == self.path:
            self.notified.emit(Message("error", sentence))

    def _show(self, path: Path | None) -> None:
        if path != self.path:
            self.path = path
            self.changed.emit()
