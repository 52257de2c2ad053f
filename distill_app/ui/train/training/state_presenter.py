"""How each state of a training is put to the person: what stands there, and what the hand can do."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.format import clock_of
from distill_app.ui.train.training.history import TrainingHistory
from distill_app.ui.widgets.notice import NoticeKind
from distill_app.workers.training.request import TrainingRequest

TrainingAction = Literal[
    "pause", "go on", "stop", "leave", "cancel", "resume", "discard", "again", "play", "more", "vocoder", "new"
]

TITLES: dict[TrainingAction, str] = {
    "pause": "Pause",
    "go on": "Go on",
    "stop": "Stop and keep",
    "leave": "Put aside",
    "cancel": "Cancel",
    "resume": "Go on",
    "discard": "Discard…",
    "again": "Try again",
    "play": "Play it",
    "more": "Learn more…",
    "vocoder": "Train a vocoder of its own…",
    "new": "New training",
}
PRIMARY: tuple[TrainingAction, ...] = ("go on", "resume", "again", "play")
"""What most people want where it can be done."""
TIPS: dict[TrainingAction, str] = {
    "pause": "It waits, and leaves the processor to you",
    "stop": "Learns no more; the best so far becomes a model",
    "leave": "It is written down where it stands, and can go on another day",
    "more": "Goes on from the same place",
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
    "leave": "Putting aside",
}


def state_view(learning: TrainingController) -> StateView:
    """Of all states but "idle"."""
    if learning.running:
        return _running(learning)
    return _ended(learning)


def _running(learning: TrainingController) -> StateView:
    words = _ASKED.get(learning.asked) or _stage(learning)
    if learning.asked in ("stop", "leave"):
        return StateView(words, ())
    match learning.state:
        case "starting" | "scanning":
            return StateView(words, ("cancel",))
        case "learning":
            return StateView(words, ("pause", "stop", "leave"))
        case "paused":
            return StateView("Paused", ("go on", "stop", "leave") if learning.learning else ("go on", "leave"))
        case "finding":
            return StateView(words, ("pause", "leave"))
    return StateView(words, ())


def _stage(learning: TrainingController) -> str:
    """A model's figures stand below it; a vocoder says how near it is."""
    line = learning.history.line
    if line is None:
        return "Starting"
    figures = learning.state == "learning" and line.error_db is not None
    return "Learning" if figures and isinstance(learning.request, TrainingRequest) else line.message


def _ended(learning: TrainingController) -> StateView:
    match learning.state:
        case "finished" | "stopped":
            return _kept(learning)
        case "kept":
            return _kept(learning, "discard")
        case "remembered":
            return _broken_off(learning.history)
        case "left":
            return _left(learning)
        case "died":
            actions: Sequence[TrainingAction] = ("resume", "discard") if learning.resumable else ("again", "new")
            return StateView("Ended unexpectedly", actions, ("error", _sentence(learning)))
    return StateView(
        "Not trained", ("again", "discard") if learning.resumable else ("again", "new"), ("error", _sentence(learning))
    )


def _sentence(learning: TrainingController) -> str:
    """Without the words for the command line."""
    sentence = "" if learning.end is None else learning.end.sentence
    return sentence.replace(" without --resume", "").replace(" with --resume", "")


def _kept(learning: TrainingController, *last: TrainingAction) -> StateView:
    actions: list[TrainingAction] = ["play"]
    if learning.can_learn_more:
        actions.append("more")
    if isinstance(learning.request, TrainingRequest):
        actions.append("vocoder")
    return StateView("Finished" if learning.state == "finished" else "Stopped and kept", (*actions, "new", *last))


def _broken_off(history: TrainingHistory) -> StateView:
    sentence = f"This training was broken off after {clock_of(history.seconds)} of learning; it can go on from there."
    return StateView("Not finished", ("resume", "discard"), ("info", sentence))


def _left(learning: TrainingController) -> StateView:
    if not learning.resumable:
        return StateView("Cancelled", ("again", "new"), ("info", "Nothing was learned yet; no model was written."))
    after = clock_of(learning.history.seconds)
    sentence = f"Put aside after {after} of learning; nothing is lost, and it can go on at any time."
    return StateView("Put aside", ("resume", "new", "discard"), ("info", sentence))
