"""Targets of dropped files: models are opened, vocoders imported, recordings added to sound sets."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from distill_app.ui.app.drop_content import DropContent, classify_drop
from distill_app.ui.app.drop_zone import DropTarget, TargetAt
from distill_app.ui.app.train_integration import TrainIntegration
from distill_app.ui.app.vocoder_controller import VocoderController
from distill_app.ui.train.project.sound_sets import new_sets
from distill_app.ui.translation import tr

_NAMES_MAX = 3


class DropTargets:
    """Drop targets of one window.

    Args:
        window: gives the coordinates of the targets.
        pages: highlighted where a drop concerns the whole page.
    """

    def __init__(self, train: TrainIntegration, vocoders: VocoderController, window: QWidget, pages: QWidget) -> None:
        self._train, self._vocoders, self._window, self._pages = train, vocoders, window, pages

    def for_paths(self, paths: Sequence[Path]) -> TargetAt:
        """Function from a point of the window to the target there; no file is opened."""
        content = classify_drop(paths, self._train.is_shown)
        return partial(self._at, content, _new_sets_text(content.recordings))

    def _at(self, content: DropContent, new_sets_text: str, point: QPoint) -> DropTarget | None:
        if content.model is not None:
            text = tr("Open “{name}”").format(name=content.model.stem)
            return self._page(text, partial(self._train.play_model, content.model))
        if content.vocoder is not None:
            text = tr("Import the vocoder “{name}”").format(name=content.vocoder.name)
            return self._page(text, partial(self._vocoders.import_folder, content.vocoder))
        return self._recordings(content.recordings, new_sets_text, point) if content.recordings else None

    def _recordings(self, paths: Sequence[Path], new_sets_text: str, point: QPoint) -> DropTarget | None:
        """Target for the set under the pointer, or for new ones; None in a read-only project."""
        if self._train.read_only:
            return None
        found = self._train.set_at(self._window.childAt(point))
        if found is None:
            return self._page(new_sets_text, partial(self._train.add_recordings, paths))
        name, widget = found
        text = tr("Add to: {name}").format(name=name)
        return DropTarget(text, self._rect(widget), partial(self._train.add_recordings, paths, name))

    def _page(self, text: str, act: Callable[[], object]) -> DropTarget:
        return DropTarget(text, self._rect(self._pages), act)

    def _rect(self, widget: QWidget) -> QRect:
        return QRect(widget.mapTo(self._window, QPoint()), widget.size())


def _new_sets_text(paths: Sequence[Path]) -> str:
    """`Add as a new set: Drums`, `Add as 4 new sets: Drums, Bells, Wood, …`."""
    names = [each.name for each in new_sets(paths)]
    if len(names) == 1:
        return tr("Add as a new set: {name}").format(name=names[0])
    more = ["…"] if len(names) > _NAMES_MAX else []
    listed = ", ".join(names[:_NAMES_MAX] + more)
    return tr("Add as {count} new sets: {names}").format(count=len(names), names=listed)
