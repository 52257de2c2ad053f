"""Listening to files: a recording, a take, a demo. The loop falls silent for it, and it for the loop."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.audio.file_player import FilePlayer
from distill_app.common.errors import AudioDeviceError
from distill_app.ui.common.timers import timer
from distill_app.ui.play.playback import Playback
from distill_app.ui.widgets.toast import Message

_LOOK_MS = 50


class FilePlayback(QObject):
    """One file at a time, once through."""

    changed = Signal()
    """Another file is heard, or none."""
    notified = Signal(object)
    """A Message."""

    def __init__(self, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        """What is heard."""
        self._playback = playback
        self._listener = FilePlayer(playback.player.stream_buffer, self)
        self._listener.failed.connect(self._on_failed)
        self._timer = timer(self, _LOOK_MS, self._look)
        playback.asked.connect(self._give_way)

    def listen(self, path: Path, from_seconds: float = 0.0) -> None:
        """Where no device opens, a word says why."""
        self._playback.stop()
        try:
            self._playback.player.open()
        except AudioDeviceError as error:
            self.notified.emit(Message("error", str(error)))
            return
        self._listener.listen(path, from_seconds)
        self._timer.start()
        self._show(path)

    def compare(self, path: Path) -> None:
        """At the place where another one is heard, so that two of one length can be compared."""
        self.listen(path, 0.0 if self.path is None else self._listener.position_seconds)

    def toggle(self, path: Path) -> None:
        """Stops where it is heard."""
        if path == self.path:
            self.stop()
        else:
            self.listen(path)

    def stop(self) -> None:
        self._listener.stop()
        self._timer.stop()
        self._show(None)

    def close(self) -> None:
        self._timer.stop()
        self._listener.close()

    def _give_way(self) -> None:
        if self._playback.playing and self.path is not None:
            self.stop()

    def _look(self) -> None:
        if not self._listener.playing:
            self.stop()

    def _on_failed(self, path: Path, sentence: str) -> None:
        if path == self.path:
            self.notified.emit(Message("error", sentence))

    def _show(self, path: Path | None) -> None:
        if path != self.path:
            self.path = path
            self.changed.emit()
