"""Connections between the file player and everything on the Train page that can be played."""

from pathlib import Path

from PySide6.QtCore import QObject

from distill_app.ui.train.file_playback import FilePlayback
from distill_app.ui.train.recordings.card import RecordingsCard
from distill_app.ui.train.takes.controller import TakesController
from distill_app.ui.train.training.controller import TrainingController


class PlaybackBindings(QObject):
    """Plays recordings, takes and demos; does nothing before `use`."""

    def __init__(self, card: RecordingsCard, takes: TakesController, training: TrainingController) -> None:
        super().__init__(card)
        self._card, self._takes, self._training = card, takes, training
        self._player: FilePlayback | None = None

    def use(self, player: FilePlayback) -> None:
        self._player = player
        self._card.preview_asked.connect(self.toggle)
        self._card.view.current_moved.connect(self._on_moved)
        self._takes.preview_asked.connect(player.toggle)
        self._training.play_asked.connect(self._compare)
        self._training.silence_asked.connect(player.stop)
        player.changed.connect(self._show)

    @property
    def current(self) -> Path | None:
        """The recording that `toggle` would play."""
        return self._card.current_path

    def toggle(self) -> None:
        """Stops the file that plays, or plays the current recording."""
        if self._player is None:
            return
        if self._player.path is not None:
            self._player.stop()
        elif self.current is not None:
            self._player.play(self.current)

    def _compare(self, path: Path) -> None:
        """Plays a demo from the position of another demo that plays, otherwise from its beginning."""
        assert self._player is not None
        if self._training.playing is None:
            self._player.play(path)
        else:
            self._player.compare(path)

    def _on_moved(self) -> None:
        """Plays the recording that became current, if a recording plays."""
        assert self._player is not None
        if self._card.model.playing is not None and self.current is not None:
            self._player.play(self.current)

    def _show(self) -> None:
        assert self._player is not None
        path = self._player.path
        self._card.show_playing(path if self._card.model.row_of(path) is not None else None)
        self._takes.show_playing(path)
        self._training.show_playing(path)
