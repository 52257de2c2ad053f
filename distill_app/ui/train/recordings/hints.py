"""Hints about the recordings of a sound set, each with an action that helps."""

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

_HINTS_MAX = 3
_HIDDEN_TOPICS: tuple[Topic, ...] = ("stereo", "channels")
"""Topics that call for no action."""


class HintActions(Protocol):
    """Actions that the hints offer."""

    def set_mode(self, mode: Mode) -> None: ...

    def set_included(self, files: Sequence[Path], included: bool) -> None: ...

    def ask_to_locate(self, source: Path) -> None: ...

    def remove_source(self, source: Path) -> None: ...

    def show_skipped(self) -> None: ...


def hint_items(
    rows: Sequence[SurveyedFile], missing: Sequence[Path], read_only: bool, actions: HintActions
) -> list[HintItem]:
    """The three most important hints; without buttons where nothing can be changed.

    Args:
        rows: files of one sound set.
        missing: sources of the sound set that do not exist.
    """
    found = [hint for hint in hints(Survey(tuple(rows), ())) if hint.topic not in _HIDDEN_TOPICS]
    items = [
        *(_missing(source, actions) for source in missing),
        *_skipped(rows, actions),
        *(_item(hint, actions) for hint in found),
    ]
    return [item.without_actions() if read_only else item for item in items[:_HINTS_MAX]]


def _missing(source: Path, actions: HintActions) -> HintItem:
    sentence = tr("“{name}” is not in {folder} any more.").format(name=source.name, folder=source.parent)
    locate, remove = partial(actions.ask_to_locate, source), partial(actions.remove_source, source)
    return HintItem(sentence, tr("Locate…"), locate, tr("Remove"), remove)


def _skipped(rows: Sequence[SurveyedFile], actions: HintActions) -> list[HintItem]:
    skipped = [row for row in rows if row.reason]
    if not skipped:
        return []
    count = counted(len(skipped), tr("{count} file skipped."), tr("{count} files skipped."))
    sentence = skipped[0].reason if len(skipped) == 1 else count
    return [HintItem(sentence, tr("Show"), actions.show_skipped)]


def _item(hint: Hint, actions: HintActions) -> HintItem:
    exclude = partial(actions.set_included, hint.files, False)
    offers: dict[Topic, tuple[str, Callable[[], object]]] = {
        "one-shots": (tr("Train on one-shots"), partial(actions.set_mode, "one-shots")),
        "textures": (tr("Train on textures"), partial(actions.set_mode, "textures")),
        "same": (tr("Keep one of them"), partial(actions.set_included, hint.files[1:], False)),
        "missing": (tr("Exclude"), exclude),
        "clipped": (tr("Exclude"), exclude),
        "silence": (tr("Exclude"), exclude),
        "quiet": (tr("Exclude"), exclude),
    }
    action, act = offers.get(hint.topic, ("", None))
    return HintItem(hint.sentence, action, act)
