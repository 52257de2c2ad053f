"""How each state of a training is put to the person: what stands there, and what the hand can do."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from distill_app.training.run.spec import ModelSpec
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.format import clock_of
from distill_app.ui.train.training.history import TrainingHistory
from distill_app.ui.widgets.notice import NoticeKind

TrainingAction = Literal[
    "pause", "continue", "stop", "suspend", "cancel", "resume", "discard", "retry", "play", "extend", "vocoder", "new"
]

TITLES: dict[TrainingAction, str] = {
    "pause": "Pause",
    "continue": "Go on",
    "stop": "Stop and keep",
    "suspend": "Put aside",
    "cancel": "Cancel",
    "resume": "Go on",
    "discard": "Discard…",
    "retry": "Try again",
    "play": "Play it",
    "extend": "Learn more…",
    "vocoder": "Train a vocoder of its own…",
    "new": "New training",
}
PRIMARY: tuple[TrainingAction, ...] = ("continue", "resume", "retry", "play")
"""What most people want where it can be done."""
TIPS: dict[TrainingAction, str] = {
    "pause": "It waits, and leaves the processor to you",
    "stop": "Learns no more; the best so far becomes a model",
    "suspend": "It is written down where it stands, and can go on another day",
    "extend": "Goes on from the same place",
    "vocoder": "Fine-tunes the voice that sings this model, on the same recordings",
    "new": "Back to the beginning; nothing is removed",
}


class StateView(NamedTuple):
    """Words and buttons.

    Args:
        stage: in words.
        deeds: what the hand can do.
        notice: its kind and its sentence.
    """

    stage: str
    actions: Sequence[TrainingAction]
    notice: tuple[NoticeKind, str] | None = None


_ASKED = {
    "pause": "Pausing",
    "continue": "Going on",
    "stop": "Stopping: the best so far is kept",
    "suspend": "Putting aside",
}


def state_view(training: TrainingController) -> StateView:
    """Of all states but "idle"."""
    if training.running:
        return _running(training)
    return _ended(training)


def _running(training: TrainingController) -> StateView:
    words = _ASKED.get(training.pending) or _stage(training)
    if training.pending in ("stop", "suspend"):
        return StateView(words, ())
    match training.state:
        case "starting" | "scanning":
            return StateView(words, ("cancel",))
        case "training":
            return StateView(words, ("pause", "stop", "suspend"))
        case "paused":
            return StateView(
                "Paused", ("continue", "stop", "suspend") if training.stoppable else ("continue", "suspend")
            )
        case "analysing":
            return StateView(words, ("pause", "suspend"))
    return StateView(words, ())


def _stage(training: TrainingController) -> str:
    """A model's figures stand below it; a vocoder says how near it is."""
    line = training.history.line
    if line is None:
        return "Starting"
    figures = training.state == "training" and line.error_db is not None
    return "Learning" if figures and isinstance(training.spec, ModelSpec) else line.message


def _ended(training: TrainingController) -> StateView:
    match training.state:
        case "finished" | "stopped":
            return _kept(training)
        case "stopped_saved":
            return _kept(training, "discard")
        case "interrupted":
            return _broken_off(training.history)
        case "suspended":
            return _left(training)
        case "died":
            actions: Sequence[TrainingAction] = ("resume", "discard") if training.resumable else ("retry", "new")
            return StateView("Ended unexpectedly", actions, ("error", _sentence(training)))
    return StateView(
        "Not trained", ("retry", "discard") if training.resumable else ("retry", "new"), ("error", _sentence(training))
    )


def _sentence(training: TrainingController) -> str:
    """Without the words for the command line."""
    sentence = "" if training.end is None else training.end.sentence
    return sentence.replace(" without --resume", "").replace(" with --resume", "")


def _kept(training: TrainingController, *last: TrainingAction) -> StateView:
    actions: list[TrainingAction] = ["play"]
    if training.can_extend:
        actions.append("extend")
    if isinstance(training.spec, ModelSpec):
        actions.append("vocoder")
    return StateView("Finished" if training.state == "finished" else "Stopped and kept", (*actions, "new", *last))


def _broken_off(history: TrainingHistory) -> StateView:
    sentence = f"This training was broken off after {clock_of(history.seconds)} of learning; it can go on from there."
    return StateView("Not finished", ("resume", "discard"), ("info", sentence))


def _left(training: TrainingController) -> StateView:
    if not training.resumable:
        return StateView("Cancelled", ("retry", "new"), ("info", "Nothing was learned yet; no model was written."))
    after = clock_of(training.history.seconds)
    sentence = f"Put aside after {after} of learning; nothing is lost, and it can go on at any time."
    return StateView("Put aside", ("resume", "new", "discard"), ("info", sentence))
