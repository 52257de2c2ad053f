"""Learning from the project: what would be learned, the start, and the model that comes of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.engine.training_request import TrainingRequest, VocoderRequest, Wish
from distill_app.errors import ProjectError
from distill_app.log import logger
from distill_app.models.header import SUFFIX as MODEL_SUFFIX
from distill_app.models.header import ModelHeader
from distill_app.project.corpora import CorpusChoice, read_corpora
from distill_app.project.file import OpenProject
from distill_app.project.format import MODELS
from distill_app.project.project import LearnedModel, free_name
from distill_app.training.places import SUFFIX as TRAINING_SUFFIX
from distill_app.ui.folders import file_name
from distill_app.ui.learn import edits
from distill_app.ui.learn.amounts import Amount, facts
from distill_app.ui.learn.desk import ProjectDesk
from distill_app.ui.learn.surveys import Surveys
from distill_app.ui.learn.training_file import read_training, training_file, write_training
from distill_app.ui.learn.training_panel import TrainingPanel
from distill_app.ui.learn.training_plan import Subject
from distill_app.ui.learn.training_standing import standing_of
from distill_app.ui.learning import Learning
from distill_app.ui.training_course import is_saved
from distill_app.ui.widgets.toast import Message
from distill_app.vocoders.own import listings_with

_READING = "The recordings are being read."
_NOTHING = "Add recordings, and leave some of them switched on."
_CHOOSE = "Choose a folder…"
_VOCODER = ".vocoder"


class Trainings(QObject):
    """Binds the panel and the training process to the desk."""

    told = Signal(object)
    """A Message."""
    play_asked = Signal(Path)
    """A model."""
    begun = Signal()
    """A training, by hand."""
    standing_changed = Signal(str)
    """How the training stands, in a few words; "" where there is none."""

    def __init__(self, desk: ProjectDesk, surveys: Surveys, learning: Learning, panel: TrainingPanel) -> None:
        super().__init__(panel)
        self._desk, self._surveys, self._learning, self._panel = desk, surveys, learning, panel
        self._begin_with: Path | None = None
        desk.changed.connect(self.show)
        surveys.begun.connect(self.show)
        surveys.changed.connect(self.show)
        desk.opened.connect(self._on_opened)
        learning.model_ready.connect(self._on_model)
        learning.told.connect(self.told)
        learning.changed.connect(self._show_standing)
        panel.begin_asked.connect(self.begin)
        panel.open_asked.connect(self.play_asked)

    # What would be learned

    def show(self) -> None:
        """Silently."""
        begun = f"goes on from “{self._begin_with.stem}”" if self._begin_with else ""
        amount = self._surveys.whole()
        self._panel.show_subject(Subject(self._name, (*facts(amount), begun), amount.seconds, *self._obstacle(amount)))

    def _obstacle(self, amount: Amount) -> tuple[str, str]:
        """Why nothing can be learned, and what helps."""
        if self._desk.read_only:
            return self._desk.read_only, ""
        if self._surveys.busy:
            return _READING, ""
        return ("", "") if amount.files else (_NOTHING, _CHOOSE)

    @property
    def _corpora(self) -> Sequence[CorpusChoice]:
        return [corpus for corpus in self._desk.corpora if edits.is_on(corpus)]

    @property
    def _name(self) -> str:
        """Of the model to come: the corpus's where there is one alone, else the project's."""
        if self._desk.project is None or self._folder is None:
            return ""
        corpora = self._corpora
        wanted = self._begin_with.stem if self._begin_with else corpora[0].name if len(corpora) == 1 else ""
        taken = {path.stem for path in self._folder.glob(f"*{MODEL_SUFFIX}")}
        taken |= {path.stem for path in self._folder.glob(f"*{TRAINING_SUFFIX}")}
        return free_name(file_name(wanted or self._desk.project.name, "Model"), taken)

    @property
    def _folder(self) -> Path | None:
        return None if self._desk.folder is None else self._desk.folder / MODELS

    # The start

    def continue_with(self, model: Path) -> None:
        """The next training goes on from this model."""
        self._begin_with = model
        self._learning.clear()
        self.show()

    def begin(self, wish: Wish) -> None:
        """Learns from all that is switched on, as the hand has chosen."""
        if self._folder is None or self._learning.running:
            return
        model = self._folder / f"{self._name}{MODEL_SUFFIX}"
        request = TrainingRequest(
            corpora=training_file(model),
            out=model,
            minutes=wish.minutes,
            device=wish.device,
            threads=wish.threads,
            begin_with=self._begin_with,
        )
        try:
            self._folder.mkdir(exist_ok=True)
            write_training(request, self._corpora)
        except (ProjectError, OSError) as error:
            self.told.emit(Message("error", str(error)))
            return
        self._begin_with = None
        self._learning.start(request)
        self.begun.emit()

    def _on_opened(self) -> None:
        """A training of the project that was broken off is offered again; else one that was stopped and kept."""
        self._begin_with = None
        if not self._learning.running and not self._desk.read_only:
            self._learning.clear()
            self._remember()

    def _remember(self) -> None:
        folders = sorted(self._folder.glob(f"*{TRAINING_SUFFIX}")) if self._folder else []
        known = [request for request in map(_asked_for, folders) if request is not None]
        for request in sorted(known, key=lambda request: is_saved(request.checkpoint)):
            if self._learning.remember(request):
                return

    # What comes of it

    def _show_standing(self) -> None:
        idle = self._learning.state == "idle"
        self.standing_changed.emit("" if idle else f"Training: {standing_of(self._learning).stage}")

    def _on_model(self, path: Path) -> None:
        request = self._learning.request
        play = partial(self.play_asked.emit, path)
        if isinstance(request, VocoderRequest):
            self.told.emit(Message("done", vocoder_words(path.stem, self._learning.header), "Play it", play))
            return
        trouble = self._list(self._learned(request)) if isinstance(request, TrainingRequest) else ""
        if trouble:
            self.told.emit(Message("error", f"“{path.stem}” is learned, but not listed. {trouble}", "Play it", play))
            return
        self.told.emit(Message("done", f"“{path.stem}” is learned.", "Play it", play))

    def _list(self, model: LearnedModel) -> str:
        """In the project that it was learned for, which may not be the one that is open; a sentence where it cannot."""
        if model.file.parent == self._folder:
            self._desk.note(lambda project: project.with_model(model))
            return self._desk.read_only
        try:
            with OpenProject(model.file.parent.parent) as elsewhere:
                elsewhere.save(elsewhere.project.with_model(model))
        except ProjectError as error:
            return str(error)
        return ""

    def _learned(self, request: TrainingRequest) -> LearnedModel:
        return LearnedModel(
            request.out, _names(training_file(request.out)), request.minutes, None, request.seed, datetime.now(UTC)
        )


def _asked_for(folder: Path) -> TrainingRequest | VocoderRequest | None:
    """What a training that keeps its files in `folder` was asked for; None where nobody knows."""
    name = folder.name.removesuffix(TRAINING_SUFFIX)
    model = folder.with_name(f"{name.removesuffix(_VOCODER)}{MODEL_SUFFIX}")
    request = read_training(model)
    if request is None or not name.endswith(_VOCODER):
        return request
    return VocoderRequest(model, request.corpora, device=request.device, threads=request.threads)


def vocoder_words(name: str, header: ModelHeader | None) -> str:
    """What came of a vocoder's training, and whether it plays unasked."""
    auto, *owns = listings_with(None if header is None else header.vocoder)
    if not owns or not owns[0].ready:
        return owns[0].reason if owns else f"“{name}” has a vocoder of its own."
    plays = "Auto plays it." if auto.verdict else "Auto goes on with the built-in one."
    return f"The vocoder of “{name}” is {owns[0].verdict}. {plays}"


def _names(corpora: Path) -> tuple[str, ...]:
    try:
        return tuple(corpus.name for corpus in read_corpora(corpora))
    except ProjectError as error:
        logger.warning("what the model was learned from: %s", error)
        return ()
