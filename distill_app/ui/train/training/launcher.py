"""Learning from the project: what would be learned, the start, and the model that comes of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.common.errors import ProjectError
from distill_app.common.training_paths import SUFFIX as TRAINING_SUFFIX
from distill_app.models.header import SUFFIX as MODEL_SUFFIX
from distill_app.models.header import ModelHeader
from distill_app.project.corpora import CorpusSpec, read_corpora
from distill_app.project.paths import file_name
from distill_app.project.project import ModelEntry, unique_name
from distill_app.project.serialization import MODELS
from distill_app.project.storage import ProjectFile
from distill_app.training.run.spec import EmbeddedVocoderSpec, ModelSpec, TrainingOptions
from distill_app.ui.train.project import edits
from distill_app.ui.train.project.document import ProjectDocument
from distill_app.ui.train.recordings.survey_store import SurveyStore
from distill_app.ui.train.recordings.totals import CorpusTotals, facts
from distill_app.ui.train.training.controller import UNDER_WAY, TrainingController
from distill_app.ui.train.training.format import title_of
from distill_app.ui.train.training.history import is_saved
from distill_app.ui.train.training.panel import TrainingPanel
from distill_app.ui.train.training.request_file import spec_in, training_file, write_spec
from distill_app.ui.train.training.setup_panel import TrainingSummary
from distill_app.ui.train.training.state_presenter import state_view
from distill_app.ui.train.training.trained_sources import has_known_recordings, sources_of, write_known_recordings
from distill_app.ui.widgets.toast import Message
from distill_app.vocoders.embedded.vocoder import embedded_entries
from distill_app.workers.training.process import TrainingEnd

_READING = "The recordings are being read."
_NOTHING = "Add recordings, and leave some of them switched on."
_CHOOSE = "Choose a folder…"


class TrainingLauncher(QObject):
    """Binds the panel and the training process to the desk."""

    notified = Signal(object)
    """A Message."""
    play_asked = Signal(Path)
    """A model."""
    begun = Signal()
    """A training, by hand."""
    shown_asked = Signal()
    """The training is to be seen."""
    summary_changed = Signal(str)
    """How the training stands, in a few words; "" where there is none."""

    def __init__(
        self, document: ProjectDocument, surveys: SurveyStore, training: TrainingController, panel: TrainingPanel
    ) -> None:
        super().__init__(panel)
        self._document, self._surveys, self._training, self._panel = document, surveys, training, panel
        self._begin_with: Path | None = None
        self._subject: frozenset[Path] = frozenset()
        self._shown: ModelSpec | EmbeddedVocoderSpec | None = None
        document.changed.connect(self.show)
        surveys.begun.connect(self.show)
        surveys.changed.connect(self.show)
        document.opened.connect(self._on_opened)
        training.model_ready.connect(self._on_model)
        training.notified.connect(self.notified)
        training.changed.connect(self._show_summary)
        training.ended.connect(self._on_end)
        panel.begin_asked.connect(self.begin)
        panel.open_asked.connect(self.play_asked)

    # What would be learned

    def show(self) -> None:
        """Silently."""
        begun = f"goes on from “{self._begin_with.stem}”" if self._begin_with else ""
        amount = self._surveys.all_totals()
        notified = (*facts(amount), self._several, begun)
        self._turn_to(sources_of(self._corpora))
        self._shown = spec = self._training.spec
        trained = sources_of(() if spec is None else spec.corpora) == self._subject
        self._panel.show_summary(
            TrainingSummary(self._name, notified, amount.seconds, *self._obstacle(amount)), trained
        )

    def _turn_to(self, subject: frozenset[Path]) -> None:
        """A training that has ended makes room where something else would be learned next."""
        if subject != self._subject:
            self._subject = subject
            self._panel.show_next()

    @property
    def _several(self) -> str:
        """`from Drums, Bells` where it is more than one corpus."""
        names = [corpus.name for corpus in self._corpora]
        return f"from {', '.join(names)}" if len(names) > 1 else ""

    def _obstacle(self, amount: CorpusTotals) -> tuple[str, str]:
        """Why nothing can be learned, and what helps."""
        if self._document.read_only:
            return self._document.read_only, ""
        if self._surveys.busy:
            return _READING, ""
        return ("", "") if amount.files else (_NOTHING, _CHOOSE)

    @property
    def _corpora(self) -> Sequence[CorpusSpec]:
        return [corpus for corpus in self._document.corpora if edits.is_on(corpus)]

    @property
    def _name(self) -> str:
        """Name of the next model, which no other model or training has."""
        if self._document.project is None or self._folder is None:
            return ""
        names = [corpus.name for corpus in self._corpora]
        wanted = self._begin_with.stem if self._begin_with else _model_title(self._document.project.name, names)
        taken = {path.stem for path in self._folder.glob(f"*{MODEL_SUFFIX}")}
        taken |= {path.stem for path in self._folder.glob(f"*{TRAINING_SUFFIX}")}
        return unique_name(file_name(wanted, "Model"), taken)

    @property
    def _folder(self) -> Path | None:
        return None if self._document.folder is None else self._document.folder / MODELS

    # The start

    def continue_with(self, model: Path) -> None:
        """The next training goes on from this model."""
        self._begin_with = model
        self._training.clear()
        self.show()

    def begin(self, options: TrainingOptions) -> None:
        """Learns from all that is switched on, as the hand has chosen."""
        if self._folder is None or self._training.running:
            return
        model = self._folder / f"{self._name}{MODEL_SUFFIX}"
        spec = ModelSpec(
            corpora=tuple(self._corpora),
            out=model,
            minutes=options.minutes,
            device=options.device,
            threads=options.threads,
            name=model.stem,
            begin_with=self._begin_with,
            demos=True,
        )
        try:
            self._folder.mkdir(exist_ok=True)
            write_spec(spec)
        except (ProjectError, OSError) as error:
            self.notified.emit(Message("error", str(error)))
            return
        self._begin_with = None
        self._training.start(spec)
        self.begun.emit()

    def has_known_recordings(self, model: ModelEntry) -> bool:
        """Whether a vocoder of the model's own can be trained on what it has learned from."""
        return not self._document.read_only and has_known_recordings(model, self._document.project)

    def ask_for_vocoder(self, model: Path) -> None:
        """Asks how long a vocoder of its own is to be trained for a model of the project."""
        if self._training.running or self._document.project is None:
            self.notified.emit(Message("info", UNDER_WAY))
            return
        try:
            write_known_recordings(model, self._document.project)
            corpora = read_corpora(training_file(model))
        except ProjectError as error:
            self.notified.emit(Message("error", str(error)))
            return
        self.shown_asked.emit()
        self._panel.training_actions.ask_for_vocoder(model, corpora)

    def _on_opened(self) -> None:
        """A training of the project that was broken off is offered again; else one that was stopped and kept."""
        self._begin_with = None
        if not self._training.running and not self._document.read_only:
            self._training.clear()
            self._remember()

    def _remember(self) -> None:
        folders = sorted(self._folder.glob(f"*{TRAINING_SUFFIX}")) if self._folder else []
        known = [spec for spec in map(spec_in, folders) if spec is not None]
        for spec in sorted(known, key=lambda spec: is_saved(spec.checkpoint)):
            if self._training.remember(spec):
                return

    # What comes of it

    def _show_summary(self) -> None:
        if self._training.spec is not self._shown:
            self.show()
        idle = self._training.state == "idle"
        self.summary_changed.emit("" if idle else f"Training: {state_view(self._training).stage}")

    def _on_end(self, end: TrainingEnd) -> None:
        """Reports a training that ended without a model, where the panel that says so is not seen."""
        notice = state_view(self._training).notice
        if end.outcome in ("failed", "died") and notice is not None and not self._panel.isVisible():
            words = f"{title_of(self._training.spec)}: {notice[1]}"
            self.notified.emit(Message("error", words, "Show", self.shown_asked.emit))

    def _on_model(self, path: Path) -> None:
        spec = self._training.spec
        play = partial(self.play_asked.emit, path)
        if isinstance(spec, EmbeddedVocoderSpec):
            self.notified.emit(Message("done", vocoder_words(path.stem, self._training.header), "Play it", play))
            return
        trouble = self._list(_entry(spec)) if isinstance(spec, ModelSpec) else ""
        if trouble:
            self.notified.emit(
                Message("error", f"“{path.stem}” is learned, but not listed. {trouble}", "Play it", play)
            )
            return
        self.notified.emit(Message("done", f"“{path.stem}” is learned.", "Play it", play))

    def _list(self, model: ModelEntry) -> str:
        """In the project that it was learned for, which may not be the one that is open; a sentence where it cannot."""
        if model.file.parent == self._folder:
            self._document.apply_without_undo(lambda project: project.with_model(model))
            return self._document.read_only
        try:
            with ProjectFile(model.file.parent.parent) as elsewhere:
                elsewhere.save(elsewhere.project.with_model(model))
        except ProjectError as error:
            return str(error)
        return ""


def _entry(spec: ModelSpec) -> ModelEntry:
    """Entry of the project for a trained model."""
    names = tuple(corpus.name for corpus in spec.corpora)
    return ModelEntry(spec.out, names, spec.minutes, None, spec.seed, datetime.now(UTC))


def _model_title(project: str, corpora: Sequence[str]) -> str:
    """The corpus's name where there is one alone, else the project's, unless that is the name of one of several."""
    if len(corpora) == 1:
        return corpora[0]
    if project not in corpora:
        return project
    return " and ".join(corpora) if len(corpora) == 2 else f"{corpora[0]} and {len(corpora) - 1} more"


def vocoder_words(name: str, header: ModelHeader | None) -> str:
    """What came of a vocoder's training, and whether it plays unasked."""
    auto, *owns = embedded_entries(None if header is None else header.vocoder)
    if not owns or not owns[0].ready:
        return owns[0].reason if owns else f"“{name}” has a vocoder of its own."
    plays = "Auto plays it." if auto.verdict else "Auto goes on with the built-in one."
    return f"The vocoder of “{name}” is {owns[0].verdict}. {plays}"
