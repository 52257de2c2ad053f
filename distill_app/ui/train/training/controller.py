"""Controller of the training process: passes the user's commands on and keeps its state."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.common.errors import TrainingError
from distill_app.common.logging_setup import logger
from distill_app.models.header import ModelHeader
from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.discard import discard_training
from distill_app.training.run.spec import EmbeddedVocoderSpec, ModelSpec, TrainingOptions
from distill_app.training.run.status import TrainingStatus
from distill_app.ui.common.model_headers import header_of
from distill_app.ui.train.training.format import already_running
from distill_app.ui.train.training.history import TrainingHistory, interrupted_history, resumed_history
from distill_app.ui.train.training.process_adapter import TrainingRun
from distill_app.ui.train.training.state import RUNNING, PendingCommand, State, state_of
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message
from distill_app.workers.training.process import PROGRAM, TrainingEnd


class TrainingController(QObject):
    """Runs at most one training at a time; its status changes at most four times a second.

    Args:
        program: command line of `distill`.
    """

    changed = Signal()
    """A property has changed."""
    first_model_ready = Signal(Path)
    """The first model was written, and the training goes on."""
    model_ready = Signal(Path)
    """A model was written, or a vocoder was embedded into it."""
    play_asked = Signal(Path)
    """The user wants to play this file, from the position of another one of the same length."""
    silence_asked = Signal()
    """The user wants to stop the file."""
    ended = Signal(object)
    """A TrainingEnd, after a run."""
    notified = Signal(object)
    """A Message."""

    def __init__(self, parent: QObject | None = None, program: Sequence[str] = PROGRAM) -> None:
        super().__init__(parent)
        self.state: State = "idle"
        self.pending: PendingCommand = ""
        """The command that was sent and not carried out yet."""
        self.spec: ModelSpec | EmbeddedVocoderSpec | None = None
        self.history = TrainingHistory()
        self.end: TrainingEnd | None = None
        """End of the last run."""
        self.header: ModelHeader | None = None
        """Header of the model that the last run has written."""
        self.playing: Path | None = None
        """The demo that plays."""
        self._program = program
        self._run: TrainingRun | None = None

    @property
    def running(self) -> bool:
        return self.state in RUNNING

    @property
    def stoppable(self) -> bool:
        """Whether there is learning that can still be stopped, or a pause in it."""
        line = self.history.status
        return self.state in ("training", "paused") and line is not None and line.stage == "train"

    @property
    def resumable(self) -> bool:
        """Whether the training can be resumed."""
        ended_midway = not self.running and self.end is not None and self.end.resumable
        return self.state in ("interrupted", "stopped_saved") or ended_midway

    # Commands of the user

    def start(self, spec: ModelSpec | EmbeddedVocoderSpec) -> None:
        """Starts a training, or resumes one where the specification says so."""
        if self.running:
            self.notified.emit(Message("info", already_running()))
            return
        is_known = self.spec is not None and self.spec.checkpoint == spec.checkpoint
        self.history = resumed_history(spec.checkpoint, self.history if is_known else None, spec.resume)
        self.spec, self.end, self.header, self.pending = spec, None, None, ""
        try:
            run = self._run = TrainingRun(spec, self._program, self)
        except OSError as error:
            logger.warning("training cannot be started", exc_info=error)
            cannot = tr("The training program cannot be started ({reason}); install Distill again.")
            sentence = cannot.format(reason=error.strerror or error)
            self._finish(TrainingEnd("failed", sentence, spec.checkpoint.is_file()))
            return
        run.statuses_received.connect(self._on_events)
        run.ended.connect(self._finish)
        self._set("starting")

    def remember(self, spec: ModelSpec | EmbeddedVocoderSpec) -> bool:
        """Shows a training found on the disk, interrupted or finished early; returns False where there is none."""
        history = None if self.running else interrupted_history(spec.checkpoint)
        if history is None:
            self.clear()
            return False
        self.spec, self.end, self.history = spec, None, history
        self.header = header_of(spec.out) if history.saved else None
        self._set("interrupted" if self.header is None else "stopped_saved")
        return True

    def pause(self) -> None:
        if self._run is not None and self.state in ("training", "analysing"):
            self._run.process.pause()
            self._ask("pause")

    def unpause(self) -> None:
        if self._run is not None and self.state == "paused":
            self._run.process.resume()
            self._ask("continue")

    def finish_now(self) -> None:
        """Ends the training and makes a model of the best state so far."""
        if self._run is not None and self.stoppable:
            self._run.process.stop()
            self._ask("stop")

    def suspend(self) -> None:
        """Saves the state of the training and stops it, to be resumed later."""
        if self._run is None:
            return
        if self.state in ("starting", "scanning"):
            self._run.process.cancel()
            self._ask("suspend")
        elif self.state in ("training", "paused", "analysing"):
            self._run.process.suspend()
            self._ask("suspend")

    def resume(self) -> None:
        """Continues a training for the rest of its time."""
        if self.resumable and self.spec is not None:
            self.start(replace(self.spec, resume=True))

    @property
    def can_extend(self) -> bool:
        """Whether a saved training can be continued from the same state."""
        possible = self.resumable or isinstance(self.spec, ModelSpec)
        return self.state in ("finished", "stopped", "stopped_saved") and possible

    def extend(self, options: TrainingOptions) -> None:
        """For so much more: of what was stopped from where it stands, of what is finished from its model."""
        if not self.can_extend or self.spec is None:
            return
        spec = replace(self.spec, device=options.device, threads=options.threads)
        if isinstance(spec, ModelSpec):
            spec = replace(spec, ends_early=options.ends_early)
        if self.resumable:
            minutes = self.history.seconds / 60 + options.minutes
            self.start(replace(spec, resume=True, minutes=minutes))
        elif isinstance(spec, ModelSpec):
            self.start(replace(spec, begin_with=spec.out, resume=False, minutes=options.minutes))

    def train_vocoder(self, model: Path, corpora: tuple[CorpusSpec, ...], options: TrainingOptions) -> None:
        """Trains a vocoder of the model's own.

        Args:
            corpora: recordings that the model was trained on.
        """
        minutes, device, threads = options.minutes, options.device, options.threads
        self.start(EmbeddedVocoderSpec(corpora, model, minutes, device=device, threads=threads))

    def retry(self) -> None:
        """Starts a failed training again, from its checkpoint where there is one."""
        if not self.running and self.spec is not None:
            self.start(replace(self.spec, resume=self.resumable))

    # Playback of demos

    def play(self, path: Path | None) -> None:
        """A sound, at the place where another one of the same length plays; None for silence."""
        if path is None:
            self.silence_asked.emit()
        else:
            self.play_asked.emit(path)

    def show_playing(self, path: Path | None) -> None:
        """Sets the sound that plays; called by the file player."""
        if path != self.playing:
            self.playing = path
            self.changed.emit()

    # Discarding and closing

    def discard(self) -> None:
        """Deletes a training that could be resumed; ask the user first."""
        if self.running or self.spec is None:
            return
        try:
            discard_training(self.spec.checkpoint)
        except TrainingError as error:
            self.notified.emit(Message("error", str(error)))
            return
        self.clear()

    def clear(self) -> None:
        """Forgets an ended training; its files stay."""
        if not self.running:
            self.spec, self.end, self.header, self.history = None, None, None, TrainingHistory()
            self._set("idle")

    def close(self) -> None:
        """Suspends a running training; a model that is being saved is still completed."""
        if self._run is not None:
            self._run.close()
            self._run.process.suspend()

    def _ask(self, pending: PendingCommand) -> None:
        self.pending = pending
        self.changed.emit()

    def _set(self, state: State) -> None:
        self.state = state
        self.changed.emit()

    def _on_events(self, lines: Sequence[TrainingStatus]) -> None:
        for line in lines:
            self.history.add(line)
        self._show(lines[-1])
        for line in lines:
            if line.first_model is not None:
                self.first_model_ready.emit(Path(line.first_model))

    def _show(self, line: TrainingStatus) -> None:
        done = {"pause": line.paused, "continue": not line.paused, "stop": line.stage != "train"}
        if done.get(self.pending, False):
            self.pending = ""
        self._set(state_of(line))

    def _finish(self, end: TrainingEnd) -> None:
        spec, self.end, self.pending = self.spec, end, ""
        if self._run is not None:
            self._run.deleteLater()
            self._run = None
        written = spec.out if spec is not None and end.outcome in ("finished", "stopped") else None
        self.header = None if written is None else header_of(written)
        self._set(end.outcome)
        if written is not None:
            self.model_ready.emit(written)
        self.ended.emit(end)
