"""The Learn page and what stands behind it: built when it is first needed."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from distill_app.project.corpora import CorpusChoice
from distill_app.ui.common.folders import projects_folder
from distill_app.ui.common.window_settings import WindowMemory
from distill_app.ui.train.page import LearnPage
from distill_app.ui.train.playback_bindings import Hearing
from distill_app.ui.train.project.controller import ProjectHand
from distill_app.ui.train.project.document import ProjectDesk
from distill_app.ui.train.project.edits import is_on
from distill_app.ui.train.recordings.controller import RecordingsHand
from distill_app.ui.train.recordings.survey_store import Surveys
from distill_app.ui.train.recordings.totals import minutes
from distill_app.ui.train.takes.controller import Takes
from distill_app.ui.train.training.badge import TrainingBadge
from distill_app.ui.train.training.controller import Learning
from distill_app.ui.train.training.launcher import Trainings
from distill_app.ui.widgets.toast import Message
from distill_app.workers.rendering.messages import RenderResult


class Learn(QObject):
    """Ties the page's parts to the project; opens the project of last time.

    Args:
        home: where projects are made that nobody has given a place; a folder in the person's documents if None.
    """

    told = Signal(object)
    """A Message."""
    play_asked = Signal(Path)
    """A model."""
    preset_asked = Signal(object)
    """A RenderRequest."""
    training_asked = Signal()
    """The training is to be seen."""

    def __init__(self, memory: WindowMemory, parent: QObject | None = None, home: Path | None = None) -> None:
        super().__init__(parent)
        home = home or projects_folder()
        self.desk, self.learning = ProjectDesk(home, self), Learning(self)
        self.badge = TrainingBadge(self.learning)
        self.page = LearnPage(self.desk.history, self.learning, self)
        self.surveys = Surveys(self.desk)
        self.recordings = RecordingsHand(self.desk, self.surveys, self.page.recordings)
        self.project = ProjectHand(self.desk, self.page.project, memory, home)
        self.takes = Takes(self.desk, self.page.project.takes)
        self.trainings = Trainings(self.desk, self.surveys, self.learning, self.page.training)
        self.hearing = Hearing(self.page.recordings, self.takes, self.learning)
        self._bind()
        self._open_last(memory.recent_projects())

    def _bind(self) -> None:
        for teller in (self.desk, self.surveys, self.recordings, self.takes, self.trainings):
            teller.told.connect(self.told)
        for player in (self.project, self.trainings):
            player.play_asked.connect(self.play_asked)
        self.project.facts_of = self._facts
        self.project.has_known_recordings = self.trainings.has_known_recordings
        self.project.vocoder_asked.connect(self.trainings.ask_for_vocoder)
        self.surveys.changed.connect(self.project.show)
        self.takes.preset_asked.connect(self.preset_asked)
        self.project.corpus_chosen.connect(self.recordings.choose)
        self.recordings.corpus_made.connect(self.project.choose)
        self.project.add_asked.connect(self.recordings.ask_for_corpus)
        self.project.continue_asked.connect(self.trainings.continue_with)
        self.page.training.help_asked.connect(self.recordings.ask_for_folder)
        self.page.recordings.learn_asked.connect(self._show_plan)
        self.trainings.begun.connect(lambda: self.page.show_tab("Training"))
        self.trainings.shown_asked.connect(self.training_asked)
        self.project.continue_asked.connect(lambda: self.page.show_tab("Training"))
        self.trainings.standing_changed.connect(self.page.standing.set_text)

    def _show_plan(self) -> None:
        """Show the training tab for the chosen corpus, with a message where that is switched off."""
        self.page.training.turn_to_subject()
        self.page.show_tab("Training")
        corpus = self.recordings.corpus
        if corpus is not None and not is_on(corpus) and not self.desk.read_only:
            words = f"“{corpus.name}” is switched off and not learned from."
            switch_on = partial(self.project.switch_corpus, corpus.name, True)
            self.told.emit(Message("info", words, "Switch it on", switch_on))

    def _facts(self, corpus: CorpusChoice) -> tuple[str, bool]:
        if self.surveys.busy:
            return "", False
        if self.surveys.missing(corpus):
            return "missing", True
        return minutes(self.surveys.amount(corpus).seconds), False

    def _open_last(self, recent: Sequence[Path]) -> None:
        if not recent or not self.desk.open(recent[0]):
            self.project.show()
            self.trainings.show()

    def set_at(self, widget: QWidget | None) -> tuple[str, QWidget] | None:
        """The set of recordings that `widget` or a widget around it stands for, and that widget."""
        while widget is not None:
            name = self._set_of(widget)
            if name:
                return name, widget
            widget = widget.parentWidget()
        return None

    def _set_of(self, widget: QWidget) -> str:
        """ "" where it stands for none, or for one of takes."""
        rows: dict[QWidget, str] = {row: str(row.item.key) for row in self.page.project.corpora.rows}
        name = self.recordings.name if widget is self.page.recordings.view else rows.get(widget, "")
        recordings = (corpus.name for corpus in self.desk.corpora if corpus.kind == "recordings")
        return name if name in recordings else ""

    def keep(self, result: RenderResult, title: str) -> None:
        """The sound that is heard, as a take."""
        self.takes.keep(result, title)

    def close(self) -> None:
        """A training is put aside; what is being written is waited for."""
        self.learning.close()
        self.page.training.close_threads()
        self.surveys.close()
        self.takes.close()
        self.desk.close()
