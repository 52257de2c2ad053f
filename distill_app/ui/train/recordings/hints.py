"""Words that help over the recordings of a corpus, with what can be done about each of them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from distill_app.corpus.survey import Survey, SurveyedFile
from distill_app.corpus.survey_hints import Hint, Topic, hints
from distill_app.project.corpora import Mode
from distill_app.ui.style.format import counted
from distill_app.ui.train.recordings.hint_list import HintItem
from distill_app.ui.translation import tr

_LINES_MAX = 3
_UNSAID: tuple[Topic, ...] = ("stereo", "channels")
"""What nobody has to do anything about."""


class HintActions(Protocol):
    """Who does what a line offers."""

    def set_mode(self, mode: Mode) -> None: ...

    def learn_from(self, files: Sequence[Path], wanted: bool) -> None: ...

    def ask_to_locate(self, source: Path) -> None: ...

    def leave_out_source(self, source: Path) -> None: ...

    def show_skipped(self) -> None: ...


def hint_items(
    rows: Sequence[SurveyedFile], missing: Sequence[Path], read_only: bool, actions: HintActions
) -> list[HintItem]:
    """The most pressing lines, without buttons where nothing can be changed.

    Args:
        rows: of one corpus.
        missing: its sources that are not there.
    """
    found = [hint for hint in hints(Survey(tuple(rows), ())) if hint.topic not in _UNSAID]
    lines = [
        *(_missing(source, actions) for source in missing),
        *_skipped(rows, actions),
        *(_line(hint, actions) for hint in found),
    ]
    return [line.without_actions() if read_only else line for line in lines[:_LINES_MAX]]


def _missing(source: Path, actions: HintActions) -> HintItem:
    words = f"“{source.name}” is not where it was, in {source.parent}."
    return HintItem(
        words, "Locate…", partial(actions.ask_to_locate, source), "Leave out", partial(actions.leave_out_source, source)
    )


def _skipped(rows: Sequence[SurveyedFile], actions: HintActions) -> list[HintItem]:
    skipped = [row for row in rows if row.reason]
    if not skipped:
        return []
    words = (
        skipped[0].reason
        if len(skipped) == 1
        else counted(len(skipped), tr("{count} file skipped"), tr("{count} files skipped"))
    )
    return [HintItem(words, "Show", actions.show_skipped)]


def _line(hint: Hint, actions: HintActions) -> HintItem:
    offers: dict[Topic, tuple[str, Callable[[], object]]] = {
        "one-shots": ("Learn one-shots", partial(actions.set_mode, "one-shots")),
        "textures": ("Learn textures", partial(actions.set_mode, "textures")),
        "same": ("Keep one of them", partial(actions.learn_from, hint.files[1:], False)),
        "missing": ("Leave out", partial(actions.learn_from, hint.files, False)),
        "clipped": ("Leave out", partial(actions.learn_from, hint.files, False)),
        "silence": ("Leave out", partial(actions.learn_from, hint.files, False)),
        "quiet": ("Leave out", partial(actions.learn_from, hint.files, False)),
    }
    action, act = offers.get(hint.topic, ("", None))
    return HintItem(hint.sentence, action, act)
