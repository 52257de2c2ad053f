"""Text, buttons and notice for every state of a training."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from distill_app.training.run.spec import ModelSpec
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.format import clock_of
from distill_app.ui.train.training.state import PendingCommand
from distill_app.ui.translation import tr
from distill_app.ui.widgets.notice import NoticeKind

TrainingAction = Literal[
    "pause", "continue", "stop", "suspend", "cancel", "resume", "discard", "retry", "play", "extend", "vocoder", "new"
]

PRIMARY: tuple[TrainingAction, ...] = ("continue", "resume", "retry", "play")
"""Actions whose buttons are emphasised."""


class StateView(NamedTuple):
    """Display of a state.

    Args:
        stage: the state in a word or two.
        actions: actions that are possible, in the order of their buttons.
        notice: kind and text of a message.
    """

    stage: str
    actions: Sequence[TrainingAction]
    notice: tuple[NoticeKind, str] | None = None


def titles() -> dict[TrainingAction, str]:
    """Texts of the buttons."""
    return {
        "pause": tr("Pause"),
        "continue": tr("Resume"),
        "stop": tr("Finish now"),
        "suspend": tr("Save and stop"),
        "cancel": tr("Cancel"),
        "resume": tr("Resume"),
        "discard": tr("Discard…"),
        "retry": tr("Try again"),
        "play": tr("Open in Play"),
        "extend": tr("Train longer…"),
        "vocoder": tr("Fine-tune vocoder…"),
        "new": tr("New training"),
    }


def tips() -> dict[TrainingAction, str]:
    """Tool tips of the buttons that have one."""
    return {
        "pause": tr("Frees the processor until you resume"),
        "stop": tr("Ends the training and makes a model of the best state so far"),
        "suspend": tr("Saves the state of the training, to resume another day"),
        "extend": tr("Continues from the same state"),
        "vocoder": tr("Trains a vocoder for this model on the same recordings"),
        "new": tr("Back to the set-up; nothing is removed"),
    }


def state_view(training: TrainingController) -> StateView:
    """Display of every state but "idle"."""
    return _running(training) if training.running else _ended(training)


def _running(training: TrainingController) -> StateView:
    stage = _pending_text(training.pending) or _stage(training)
    if training.pending in ("stop", "suspend"):
        return StateView(stage, ())
    match training.state:
        case "starting" | "scanning":
            return StateView(stage, ("cancel",))
        case "training":
            return StateView(stage, ("pause", "stop", "suspend"))
        case "paused":
            return StateView(
                tr("Paused"), ("continue", "stop", "suspend") if training.stoppable else ("continue", "suspend")
            )
        case "analysing":
            return StateView(stage, ("pause", "suspend"))
    return StateView(stage, ())


def _pending_text(command: PendingCommand) -> str:
    texts: dict[PendingCommand, str] = {
        "pause": tr("Pausing"),
        "continue": tr("Resuming"),
        "stop": tr("Finishing with the best state so far"),
        "suspend": tr("Saving and stopping"),
    }
    return texts.get(command, "")


def _stage(training: TrainingController) -> str:
    """The stage; outside the steps of a model's training the message of the process."""
    line = training.history.status
    if line is None:
        return tr("Starting")
    has_figures = training.state == "training" and line.error_db is not None
    return tr("Training") if has_figures and isinstance(training.spec, ModelSpec) else line.message


def _ended(training: TrainingController) -> StateView:
    match training.state:
        case "finished" | "stopped":
            return _saved(training)
        case "stopped_saved":
            return _saved(training, "discard")
        case "interrupted":
            time = clock_of(training.history.seconds)
            sentence = tr("Interrupted at {time}; you can resume.").format(time=time)
            return StateView(tr("Interrupted"), ("resume", "discard"), ("info", sentence))
        case "suspended":
            return _suspended(training)
        case "died":
            actions: Sequence[TrainingAction] = ("resume", "discard") if training.resumable else ("retry", "new")
            return StateView(tr("Ended unexpectedly"), actions, ("error", _error(training)))
    actions = ("retry", "discard") if training.resumable else ("retry", "new")
    return StateView(tr("Failed"), actions, ("error", _error(training)))


def _error(training: TrainingController) -> str:
    """Error message without the options of the command line."""
    sentence = "" if training.end is None else training.end.sentence
    return sentence.replace(" without --resume", "").replace(" with --resume", "")


def _saved(training: TrainingController, *last: TrainingAction) -> StateView:
    actions: list[TrainingAction] = ["play"]
    if training.can_extend:
        actions.append("extend")
    if isinstance(training.spec, ModelSpec):
        actions.append("vocoder")
    return StateView(tr("Finished") if training.state == "finished" else tr("Finished early"), (*actions, "new", *last))


def _suspended(training: TrainingController) -> StateView:
    if not training.resumable:
        return StateView(tr("Cancelled"), ("retry", "new"), ("info", tr("No model was written.")))
    sentence = tr("Saved at {time}; you can resume at any time.").format(time=clock_of(training.history.seconds))
    return StateView(tr("Saved and stopped"), ("resume", "new", "discard"), ("info", sentence))
