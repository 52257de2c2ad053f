"""Controller of the Train page; built when the page is first shown."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from distill_app.project.corpora import CorpusSpec
from distill_app.ui.common.folders import projects_folder
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.train.page import TRAINING, TrainPage
from distill_app.ui.train.playback_bindings import PlaybackBindings
from distill_app.ui.train.project.controller import ProjectController
from distill_app.ui.train.project.document import ProjectDocument
from distill_app.ui.train.project.edits import is_on
from distill_app.ui.train.recordings.controller import RecordingsController
from distill_app.ui.train.recordings.survey_store import SurveyStore
from distill_app.ui.train.recordings.totals import minutes
from distill_app.ui.train.takes.controller import TakesController
from distill_app.ui.train.training.badge import TrainingBadge
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.launcher import TrainingLauncher
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message


class TrainPageController(QObject):
    """Creates the page and its controllers, connects them, and opens the last project.

    Args:
        home: folder of new projects that were given no other; by default a folder in the user's documents.
    """

    notified = Signal(object)
    """Carries a Message."""
    play_asked = Signal(Path)
    """The user wants to play this model."""
    first_model_written = Signal(Path)
    """The training that runs has written its first model, and goes on."""
    model_written = Signal(Path)
    """A model was written, or a vocoder was embedded into it."""
    preset_asked = Signal(object)
    """The user wants to play the sound of a take; carries a RenderRequest."""
    training_asked = Signal()
    """The page should be shown with its training tab."""

    def __init__(self, settings: WindowSettings, parent: QObject | None = None, home: Path | None = None) -> None:
        super().__init__(parent)
        home = home or projects_folder()
        self.document, self.training = ProjectDocument(home, self), TrainingController(self)
        self.badge = TrainingBadge(self.training)
        self.page = TrainPage(self.document.history, self.training, self)
        self.surveys = SurveyStore(self.document)
        self.recordings = RecordingsController(self.document, self.surveys, self.page.recordings)
        self.project = ProjectController(self.document, self.page.project, settings, home)
        self.takes = TakesController(self.document, self.page.project.takes)
        self.launcher = TrainingLauncher(self.document, self.surveys, self.training, self.page.training)
        self.playback_bindings = PlaybackBindings(self.page.recordings, self.takes, self.training)
        self._bind()
        self._open_last(settings.recent_projects())

    def _bind(self) -> None:
        for notifier in (self.document, self.surveys, self.recordings, self.takes, self.launcher):
            notifier.notified.connect(self.notified)
        for player in (self.project, self.launcher):
            player.play_asked.connect(self.play_asked)
        self.launcher.first_model_listed.connect(self.first_model_written)
        self.training.model_ready.connect(self.model_written)
        self.project.summary_of = self._summary_of
        self.project.has_known_recordings = self.launcher.has_known_recordings
        self.project.vocoder_asked.connect(self.launcher.ask_for_vocoder)
        self.surveys.changed.connect(self.project.show)
        self.takes.preset_asked.connect(self.preset_asked)
        self.project.corpus_chosen.connect(self.recordings.choose)
        self.recordings.corpus_made.connect(self.project.choose)
        self.project.add_asked.connect(self.recordings.ask_for_corpus)
        self.project.continue_asked.connect(self.launcher.continue_with)
        self.page.training.help_asked.connect(self.recordings.ask_for_folder)
        self.page.recordings.train_asked.connect(self._show_setup)
        self.launcher.begun.connect(self.show_training)
        self.launcher.shown_asked.connect(self.training_asked)
        self.project.continue_asked.connect(self.show_training)
        self.launcher.summary_changed.connect(self.page.summary.set_text)

    def show_training(self) -> None:
        self.page.show_tab(TRAINING)

    @property
    def shows_training(self) -> bool:
        """Whether the page's current tab is that of the training."""
        return self.page.tab == TRAINING

    def _show_setup(self) -> None:
        """Shows the set-up of the next training, with a message where the chosen sound set is switched off."""
        self.page.training.show_next()
        self.show_training()
        corpus = self.recordings.corpus
        if corpus is not None and not is_on(corpus) and not self.document.read_only:
            sentence = tr("“{name}” is switched off; the training leaves it out.").format(name=corpus.name)
            switch_on = partial(self.project.switch_corpus, corpus.name, True)
            self.notified.emit(Message("info", sentence, tr("Switch on"), switch_on))

    def _summary_of(self, corpus: CorpusSpec) -> tuple[str, bool]:
        if self.surveys.busy:
            return "", False
        if self.surveys.missing(corpus):
            return tr("missing"), True
        return minutes(self.surveys.totals(corpus).seconds), False

    def _open_last(self, recent: Sequence[Path]) -> None:
        if not recent or not self.document.open(recent[0]):
            self.project.show()
            self.launcher.show()

    def set_at(self, widget: QWidget | None) -> tuple[str, QWidget] | None:
        """Name of the set of recordings that `widget` or one of its ancestors shows, and that widget."""
        while widget is not None:
            name = self._set_of(widget)
            if name:
                return name, widget
            widget = widget.parentWidget()
        return None

    def _set_of(self, widget: QWidget) -> str:
        """Name of the set of recordings that a widget shows; "" for none and for takes."""
        rows: dict[QWidget, str] = {row: str(row.item.key) for row in self.page.project.corpora.rows}
        name = self.recordings.name if widget is self.page.recordings.view else rows.get(widget, "")
        recordings = (corpus.name for corpus in self.document.corpora if corpus.kind == "recordings")
        return name if name in recordings else ""

    def close(self) -> None:
        """Suspends a running training and waits for files that are being written."""
        self.training.close()
        self.page.training.close_threads()
        self.surveys.close()
        self.takes.close()
        self.document.close()
