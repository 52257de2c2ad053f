"""The training that runs beside the window, in a process of its own: what the hand asks of it, and how it stands."""

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
from distill_app.ui.train.training.history import TrainingHistory, interrupted_history
from distill_app.ui.train.training.process_adapter import TrainingRun
from distill_app.ui.train.training.state import RUNNING, PendingCommand, State, state_of
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message
from distill_app.workers.training.process import PROGRAM, TrainingEnd


def already_running() -> str:
    """Message for a second training."""
    return tr("A training is running; it has to end before another one starts.")


class TrainingController(QObject):
    """At most one training at a time. What it tells arrives at most four times a second.

    Args:
        program: what understands `distill`'s arguments.
    """

    changed = Signal()
    """Any of the properties."""
    model_ready = Signal(Path)
    """A model was written, or a vocoder into it."""
    play_asked = Signal(Path)
    """A sound to hear, at the place where another one of the same length plays."""
    silence_asked = Signal()
    """What was asked for by `play_asked` is to stop."""
    ended = Signal(object)
    """A TrainingEnd, after a run."""
    notified = Signal(object)
    """A Message."""

    def __init__(self, parent: QObject | None = None, program: Sequence[str] = PROGRAM) -> None:
        super().__init__(parent)
        self.state: State = "idle"
        self.pending: PendingCommand = ""
        """What was asked of it and not done yet."""
        self.spec: ModelSpec | EmbeddedVocoderSpec | None = None
        self.history = TrainingHistory()
        self.end: TrainingEnd | None = None
        """How the last run ended."""
        self.header: ModelHeader | None = None
        """Of the model that the last run has written."""
        self.playing: Path | None = None
        """The sound that plays now, if any."""
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
        """Whether `resume` goes on where it was."""
        ended_midway = not self.running and self.end is not None and self.end.resumable
        return self.state in ("interrupted", "stopped_saved") or ended_midway

    # What the hand asks for

    def start(self, spec: ModelSpec | EmbeddedVocoderSpec) -> None:
        """Starts a training, or resumes one where the specification says so."""
        if self.running:
            self.notified.emit(Message("info", already_running()))
            return
        self.history = self._history_of(spec)
        self.spec, self.end, self.header, self.pending = spec, None, None, ""
        try:
            run = self._run = TrainingRun(spec, self._program, self)
        except OSError as error:
            logger.warning("training cannot be started", exc_info=error)
            sentence = tr("The training program cannot be started ({reason}); install Distill again.")
            sentence = sentence.format(reason=error.strerror or error)
            self._finish(TrainingEnd("failed", sentence, spec.checkpoint.is_file()))
            return
        run.statuses_received.connect(self._on_events)
        run.ended.connect(self._finish)
        self._set("starting")

    def remember(self, spec: ModelSpec | EmbeddedVocoderSpec) -> bool:
        """Whether there is one to go on with, broken off by a crash, a reboot or the hand, or stopped and kept."""
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
        """Learns no more; the best so far becomes a model."""
        if self._run is not None and self.stoppable:
            self._run.process.stop()
            self._ask("stop")

    def suspend(self) -> None:
        """Puts it aside, to be resumed."""
        if self._run is None:
            return
        if self.state in ("starting", "scanning"):
            self._run.process.cancel()
            self._ask("suspend")
        elif self.state in ("training", "paused", "analysing"):
            self._run.process.suspend()
            self._ask("suspend")

    def resume(self) -> None:
        """Goes on where it was, for the rest of its time."""
        if self.resumable and self.spec is not None:
            self.start(replace(self.spec, resume=True))

    @property
    def can_extend(self) -> bool:
        """Whether what has been kept can go on from the same place."""
        possible = self.resumable or isinstance(self.spec, ModelSpec)
        return self.state in ("finished", "stopped", "stopped_saved") and possible

    def extend(self, options: TrainingOptions) -> None:
        """For so much more: of what was stopped from where it stands, of what is finished from its model."""
        if not self.can_extend or self.spec is None:
            return
        spec = replace(self.spec, device=options.device, threads=options.threads)
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
        """After a failure: what it had come to is kept."""
        if not self.running and self.spec is not None:
            self.start(replace(self.spec, resume=self.resumable))

    # What is heard of it

    def play(self, path: Path | None) -> None:
        """A sound, at the place where another one of the same length plays; None for silence."""
        if path is None:
            self.silence_asked.emit()
        else:
            self.play_asked.emit(path)

    def show_playing(self, path: Path | None) -> None:
        """Told by whoever plays: which sound it is now."""
        if path != self.playing:
            self.playing = path
            self.changed.emit()

    # How it is given up

    def discard(self) -> None:
        """Gives up what could be resumed, for good; ask before."""
        if self.running or self.spec is None:
            return
        try:
            discard_training(self.spec.checkpoint)
        except TrainingError as error:
            self.notified.emit(Message("error", str(error)))
            return
        self.clear()

    def clear(self) -> None:
        """Back to the beginning; what is on the disk stays."""
        if not self.running:
            self.spec, self.end, self.header, self.history = None, None, None, TrainingHistory()
            self._set("idle")

    def close(self) -> None:
        """The window goes: a training is put aside, a model being saved is saved all the same."""
        if self._run is not None:
            self._run.close()
            self._run.process.suspend()

    # How it goes

    def _history_of(self, spec: ModelSpec | EmbeddedVocoderSpec) -> TrainingHistory:
        """What is shown of it when it begins: where it goes on, what it had come to by then."""
        kept = interrupted_history(spec.checkpoint) if spec.resume else None
        if kept is None:
            return TrainingHistory()
        known = self.spec is not None and self.spec.checkpoint == spec.checkpoint and self.history.status
        return self.history.until(kept.seconds) if known else kept

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
