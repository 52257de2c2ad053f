"""Targets of dropped files: models are opened, vocoders imported, recordings added to sound sets."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from distill_app.ui.app.drop_content import Dropped, meaning_of
from distill_app.ui.app.drop_zone import DropTarget, TargetAt
from distill_app.ui.app.main_window import MainWindow
from distill_app.ui.app.vocoder_controller import VocoderController
from distill_app.ui.train.project.sound_sets import new_sets

if TYPE_CHECKING:
    from distill_app.ui.app.learn_integration import TrainIntegration

_NAMES_MAX = 3


class DropTargets:
    """The targets of one window."""

    def __init__(self, side: "TrainIntegration", window: MainWindow, vocoders: VocoderController) -> None:
        self._side, self._window, self._vocoders = side, window, vocoders

    def for_paths(self, paths: Sequence[Path]) -> TargetAt:
        """Looks at the paths; nothing is opened."""
        dropped = meaning_of(paths, self._side.shows)
        return partial(self._at, dropped, _new_words(dropped.recordings))

    def _at(self, dropped: Dropped, new_words: str, place: QPoint) -> DropTarget | None:
        if dropped.model is not None:
            return self._page(f"Open “{dropped.model.stem}”", partial(self._side.play_model, dropped.model))
        if dropped.vocoder is not None:
            words = f"Import the vocoder “{dropped.vocoder.name}”"
            return self._page(words, partial(self._vocoders.import_folder, dropped.vocoder))
        return self._recordings(dropped.recordings, new_words, place) if dropped.recordings else None

    def _recordings(self, paths: Sequence[Path], new_words: str, place: QPoint) -> DropTarget | None:
        """Into the set under the pointer, or new ones; None in a project that cannot be changed."""
        if self._side.read_only:
            return None
        found = self._side.set_at(self._window.childAt(place))
        if found is None:
            return self._page(new_words, partial(self._side.add_recordings, paths))
        name, shown = found
        return DropTarget(f"Add to: {name}", self._place(shown), partial(self._side.add_recordings, paths, name))

    def _page(self, words: str, act: Callable[[], object]) -> DropTarget:
        return DropTarget(words, self._place(self._window.pages), act)

    def _place(self, widget: QWidget) -> QRect:
        return QRect(widget.mapTo(self._window, QPoint()), widget.size())


def _new_words(paths: Sequence[Path]) -> str:
    """`Add as a new set: Drums`, `Add as 4 new sets: Drums, Bells, Wood, …`."""
    names = [each.name for each in new_sets(paths)]
    if len(names) == 1:
        return f"Add as a new set: {names[0]}"
    more = ["…"] if len(names) > _NAMES_MAX else []
    return f"Add as {len(names)} new sets: {', '.join(names[:_NAMES_MAX] + more)}"
