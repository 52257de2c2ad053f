"""What is listened to on the Learn page: recordings, takes and the demos of a training."""

from pathlib import Path

from PySide6.QtCore import QObject

from distill_app.ui.train.file_playback import FilePlayback
from distill_app.ui.train.recordings.card import RecordingsCard
from distill_app.ui.train.takes.controller import TakesController
from distill_app.ui.train.training.controller import TrainingController


class PlaybackBindings(QObject):
    """Binds everything that can be heard to the one that plays it; silent until `use`."""

    def __init__(self, card: RecordingsCard, takes: TakesController, training: TrainingController) -> None:
        super().__init__(card)
        self._card, self._takes, self._training = card, takes, training
        self._listening: FilePlayback | None = None

    def use(self, listening: FilePlayback) -> None:
        self._listening = listening
        self._card.preview_asked.connect(self.toggle)
        self._card.view.current_moved.connect(self._on_moved)
        self._takes.preview_asked.connect(listening.toggle)
        self._training.play_asked.connect(self._compare)
        self._training.silence_asked.connect(listening.stop)
        listening.changed.connect(self._show)

    @property
    def current(self) -> Path | None:
        """What `toggle` would listen to."""
        return self._card.current_path

    def toggle(self) -> None:
        """Stops what is heard, or listens to the recording that is chosen."""
        if self._listening is None:
            return
        if self._listening.path is not None:
            self._listening.stop()
        elif self.current is not None:
            self._listening.listen(self.current)

    def _compare(self, path: Path) -> None:
        """Two demos at one place; anything else from its beginning."""
        assert self._listening is not None
        if self._training.playing is None:
            self._listening.listen(path)
        else:
            self._listening.compare(path)

    def _on_moved(self) -> None:
        """While a recording is heard, moving on listens to the next one."""
        assert self._listening is not None
        if self._card.model.playing is not None and self.current is not None:
            self._listening.listen(self.current)

    def _show(self) -> None:
        assert self._listening is not None
        path = self._listening.path
        self._card.show_listening(path if self._card.model.row_of(path) is not None else None)
        self._takes.show_playing(path)
        self._training.show_playing(path)
