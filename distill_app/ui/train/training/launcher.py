"""Start of trainings on the project's recordings, and entry of their models into the project."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.common.errors import ProjectError
from distill_app.common.training_paths import SUFFIX as TRAINING_SUFFIX
from distill_app.models.header import SUFFIX as MODEL_SUFFIX
from distill_app.project.corpora import CorpusSpec, read_corpora
from distill_app.project.paths import file_name
from distill_app.project.project import ModelEntry, unique_name
from distill_app.project.serialization import MODELS
from distill_app.project.storage import ProjectFile
from distill_app.training.run.spec import GRAIN_MINUTES, EmbeddedVocoderSpec, ModelSpec, TrainingOptions
from distill_app.ui.train.project import edits
from distill_app.ui.train.project.document import ProjectDocument
from distill_app.ui.train.recordings.survey_store import SurveyStore
from distill_app.ui.train.recordings.totals import CorpusTotals, facts
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.format import already_running, title_of, vocoder_sentence
from distill_app.ui.train.training.history import is_saved
from distill_app.ui.train.training.panel import TrainingPanel
from distill_app.ui.train.training.request_file import spec_in, training_file, write_spec
from distill_app.ui.train.training.setup_panel import TrainingSummary
from distill_app.ui.train.training.state_presenter import state_view
from distill_app.ui.train.training.trained_sources import has_known_recordings, sources_of, write_known_recordings
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message
from distill_app.workers.training.process import TrainingEnd


class TrainingLauncher(QObject):
    """Connects document, training panel and training process."""

    notified = Signal(object)
    """Carries a Message."""
    play_asked = Signal(Path)
    """The user wants to play this model."""
    begun = Signal()
    """The user has started a training."""
    first_model_listed = Signal(Path)
    """The training that runs has written its first model, which the project lists."""
    shown_asked = Signal()
    """The user wants to see the training."""
    summary_changed = Signal(str)
    """The state of the training has changed; carries a short text, "" where there is no training."""

    def __init__(
        self, document: ProjectDocument, surveys: SurveyStore, training: TrainingController, panel: TrainingPanel
    ) -> None:
        super().__init__(panel)
        self._document, self._surveys, self._training, self._panel = document, surveys, training, panel
        self._begin_with: Path | None = None
        self._sources: frozenset[Path] = frozenset()
        """Sources of the next training."""
        self._shown: ModelSpec | EmbeddedVocoderSpec | None = None
        document.changed.connect(self.show)
        surveys.begun.connect(self.show)
        surveys.changed.connect(self.show)
        document.opened.connect(self._on_opened)
        training.first_model_ready.connect(self._on_first_model)
        training.model_ready.connect(self._on_model)
        training.notified.connect(self.notified)
        training.changed.connect(self._show_summary)
        training.ended.connect(self._on_end)
        panel.begin_asked.connect(self.begin)
        panel.open_asked.connect(self.play_asked)

    def show(self) -> None:
        base = tr("continues “{name}”").format(name=self._begin_with.stem) if self._begin_with else ""
        totals = self._surveys.all_totals()
        self._set_sources(sources_of(self._corpora))
        self._shown = spec = self._training.spec
        trained = sources_of(() if spec is None else spec.corpora) == self._sources
        texts = (*facts(totals), self._set_names, base)
        self._panel.show_summary(TrainingSummary(self._name, texts, totals.seconds, *self._obstacle(totals)), trained)

    def _set_sources(self, sources: frozenset[Path]) -> None:
        """Shows the set-up instead of an ended training where other recordings were selected."""
        if sources != self._sources:
            self._sources = sources
            self._panel.show_next()

    @property
    def _set_names(self) -> str:
        """`from Drums, Bells`, "" for a single sound set."""
        names = [corpus.name for corpus in self._corpora]
        return tr("from {names}").format(names=", ".join(names)) if len(names) > 1 else ""

    def _obstacle(self, totals: CorpusTotals) -> tuple[str, str]:
        """Why no training can start, and the text of a button that helps."""
        if self._document.read_only:
            return self._document.read_only, ""
        if self._surveys.busy:
            return tr("The recordings are being read."), ""
        nothing = tr("Add recordings, and leave some of them switched on.")
        return ("", "") if totals.files else (nothing, tr("Choose a folder…"))

    @property
    def _corpora(self) -> Sequence[CorpusSpec]:
        return [corpus for corpus in self._document.corpora if edits.is_on(corpus)]

    @property
    def _name(self) -> str:
        """Name of the next model; no other model or training has it."""
        if self._document.project is None or self._folder is None:
            return ""
        names = [corpus.name for corpus in self._corpora]
        wanted = self._begin_with.stem if self._begin_with else _model_title(self._document.project.name, names)
        taken = {path.stem for path in self._folder.glob(f"*{MODEL_SUFFIX}")}
        taken |= {path.stem for path in self._folder.glob(f"*{TRAINING_SUFFIX}")}
        return unique_name(file_name(wanted, tr("Model")), taken)

    @property
    def _folder(self) -> Path | None:
        return None if self._document.folder is None else self._document.folder / MODELS

    def continue_with(self, model: Path) -> None:
        """Makes this model the start of the next training."""
        self._begin_with = model
        self._training.clear()
        self.show()

    def begin(self, options: TrainingOptions) -> None:
        """Starts a training on all sound sets that are switched on."""
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
            ends_early=options.ends_early,
            demos=True,
            grain_minutes=GRAIN_MINUTES if options.grain else 0.0,
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
        """Whether a vocoder can be fine-tuned on the recordings that the model was trained on."""
        return not self._document.read_only and has_known_recordings(model, self._document.project)

    def ask_for_vocoder(self, model: Path) -> None:
        """Asks how long to fine-tune a vocoder for a model of the project."""
        if self._training.running or self._document.project is None:
            self.notified.emit(Message("info", already_running()))
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
        """Offers an interrupted training of the project, else one that was finished early."""
        self._begin_with = None
        if not self._training.running and not self._document.read_only:
            self._training.clear()
            self._restore()

    def _restore(self) -> None:
        folders = sorted(self._folder.glob(f"*{TRAINING_SUFFIX}")) if self._folder else []
        known = [spec for spec in map(spec_in, folders) if spec is not None]
        for spec in sorted(known, key=lambda spec: is_saved(spec.checkpoint)):
            if self._training.remember(spec):
                return

    def _show_summary(self) -> None:
        if self._training.spec is not self._shown:
            self.show()
        idle, title = self._training.state == "idle", title_of(self._training.spec)
        self.summary_changed.emit("" if idle else f"{title}: {state_view(self._training).stage}")

    def _on_end(self, end: TrainingEnd) -> None:
        """Reports a training that ended without a model while the panel is hidden."""
        notice = state_view(self._training).notice
        if end.outcome in ("failed", "died") and notice is not None and not self._panel.isVisible():
            sentence = f"{title_of(self._training.spec)}: {notice[1]}"
            self.notified.emit(Message("error", sentence, tr("Show"), self.shown_asked.emit))

    def _on_first_model(self, path: Path) -> None:
        spec = self._training.spec
        if isinstance(spec, ModelSpec):
            self._add_to_project(_entry(spec))
            self.first_model_listed.emit(path)

    def _on_model(self, path: Path) -> None:
        spec, name = self._training.spec, path.stem
        error = self._add_to_project(_entry(spec)) if isinstance(spec, ModelSpec) else ""
        if isinstance(spec, EmbeddedVocoderSpec):
            sentence = vocoder_sentence(name, self._training.header)
        elif error:
            unlisted = tr("“{name}” is trained, but not in the list of models. {error}")
            sentence = unlisted.format(name=name, error=error)
        else:
            sentence = tr("“{name}” is trained.").format(name=name)
        play = partial(self.play_asked.emit, path)
        self.notified.emit(Message("error" if error else "done", sentence, tr("Open in Play"), play))

    def _add_to_project(self, model: ModelEntry) -> str:
        """Adds a model to its project, which may not be the open one; returns an error message, "" for none."""
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
    """Name of the only sound set, else of the project, unless one of several sound sets has that name."""
    if len(corpora) == 1:
        return corpora[0]
    if project not in corpora:
        return project
    if len(corpora) == 2:
        return tr("{first} and {second}").format(first=corpora[0], second=corpora[1])
    return tr("{first} and {count} more").format(first=corpora[0], count=len(corpora) - 1)
