"""Words that help over the recordings of a corpus, with what can be done about each of them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from distill_app.corpus.survey import Survey, SurveyedFile
from distill_app.corpus.survey_hints import Hint as Found
from distill_app.corpus.survey_hints import Topic, hints
from distill_app.project.corpora import Mode
from distill_app.ui.style.format import counted
from distill_app.ui.train.recordings.hint_list import Hint

_LINES_MAX = 3
_UNSAID: tuple[Topic, ...] = ("stereo", "channels")
"""What nobody has to do anything about."""


class Hand(Protocol):
    """Who does what a line offers."""

    def set_mode(self, mode: Mode) -> None: ...

    def learn_from(self, files: Sequence[Path], wanted: bool) -> None: ...

    def ask_to_locate(self, source: Path) -> None: ...

    def leave_out_source(self, source: Path) -> None: ...

    def show_skipped(self) -> None: ...


def advice(rows: Sequence[SurveyedFile], missing: Sequence[Path], read_only: bool, hand: Hand) -> list[Hint]:
    """The most pressing lines, without buttons where nothing can be changed.

    Args:
        rows: of one corpus.
        missing: its sources that are not there.
    """
    found = [hint for hint in hints(Survey(tuple(rows), ())) if hint.topic not in _UNSAID]
    lines = [
        *(_missing(source, hand) for source in missing),
        *_skipped(rows, hand),
        *(_line(hint, hand) for hint in found),
    ]
    return [line.without_acts() if read_only else line for line in lines[:_LINES_MAX]]


def _missing(source: Path, hand: Hand) -> Hint:
    words = f"“{source.name}” is not where it was, in {source.parent}."
    return Hint(
        words, "Locate…", partial(hand.ask_to_locate, source), "Leave out", partial(hand.leave_out_source, source)
    )


def _skipped(rows: Sequence[SurveyedFile], hand: Hand) -> list[Hint]:
    skipped = [row for row in rows if row.reason]
    if not skipped:
        return []
    words = skipped[0].reason if len(skipped) == 1 else f"{counted(len(skipped), 'file')} cannot be learned from."
    return [Hint(words, "Show", hand.show_skipped)]


def _line(hint: Found, hand: Hand) -> Hint:
    offers: dict[Topic, tuple[str, Callable[[], object]]] = {
        "one-shots": ("Learn one-shots", partial(hand.set_mode, "one-shots")),
        "textures": ("Learn textures", partial(hand.set_mode, "textures")),
        "same": ("Keep one of them", partial(hand.learn_from, hint.files[1:], False)),
        "missing": ("Leave out", partial(hand.learn_from, hint.files, False)),
        "clipped": ("Leave out", partial(hand.learn_from, hint.files, False)),
        "silence": ("Leave out", partial(hand.learn_from, hint.files, False)),
        "quiet": ("Leave out", partial(hand.learn_from, hint.files, False)),
    }
    action, act = offers.get(hint.topic, ("", None))
    return Hint(hint.sentence, action, act)
