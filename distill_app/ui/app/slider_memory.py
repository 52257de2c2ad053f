"""Remembers which groups of sliders are folded or opened, and which sliders are pinned."""

from functools import partial

from PySide6.QtCore import QObject

from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.play.slider_group import SliderGroup
from distill_app.ui.play.slider_panel import SliderPanel

_FOLDED, _OPEN = "folded", "open"


class SliderMemory(QObject):
    """Restores the arrangement of the sliders, and stores each change of it."""

    def __init__(self, panel: SliderPanel, settings: WindowSettings) -> None:
        super().__init__(panel)
        self._settings = settings
        for group in panel.groups:
            states = settings.names(_states_key(group))
            group.restore(_FOLDED in states, _OPEN in states, settings.names(_pins_key(group)))
            group.arranged.connect(partial(self._keep, group))

    def _keep(self, group: SliderGroup) -> None:
        states = {_FOLDED: group.is_folded, _OPEN: group.is_open}
        self._settings.keep_names(_states_key(group), (state for state, holds in states.items() if holds))
        self._settings.keep_names(_pins_key(group), group.pins)


def _states_key(group: SliderGroup) -> str:
    return f"sliders/{group.id}"


def _pins_key(group: SliderGroup) -> str:
    return f"sliders/{group.id}-pins"
