"""Preferences about playing, and their page: preview on release and automatic latency."""

from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from distill_app.ui.dialogs.base import plain
from distill_app.ui.style.theme import GRID, font
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Title, tight

_BOX_WIDTH = 26
"""Width of a check box without its text, which the explanation is aligned to."""


@dataclass
class PlayPreferences:
    """Preferences about playing; changes apply at once.

    Args:
        preview_on_release: whether a slider released while nothing plays triggers one playback.
        adapt_latency: whether underflows raise the latency without a question.
    """

    preview_on_release: bool = True
    adapt_latency: bool = False


class PlayPreferencesPage(QWidget):
    """Page “Playing” of the Preferences; edits `preferences` in place."""

    def __init__(self, preferences: PlayPreferences) -> None:
        super().__init__()
        self._preferences = preferences
        self.preview, self.adapt = QCheckBox(tr("Preview on release")), QCheckBox(tr("Adapt latency automatically"))
        self.preview.setChecked(preferences.preview_on_release)
        self.adapt.setChecked(preferences.adapt_latency)
        self._build()
        self.preview.toggled.connect(self._on_changed)
        self.adapt.toggled.connect(self._on_changed)
        self.setFocusProxy(self.preview)

    def _build(self) -> None:
        preview = tr(
            "While nothing plays, a slider that you let go of is heard once: a sound with a length from beginning to "
            "end, an endless one for four seconds."
        )
        adapt = tr(
            "After three underflows within a minute a safer latency is taken without a question, never while a take or "
            "an export is written. The status bar has the way back."
        )
        rows = tight(QVBoxLayout(self), 2 * GRID)
        for title, box, text in ((tr("Sliders"), self.preview, preview), (tr("Latency"), self.adapt, adapt)):
            box.setFont(font())
            section = tight(QVBoxLayout(), GRID // 2)
            section.addWidget(Title(title))
            section.addWidget(box)
            explained = plain(text, "muted")
            explained.setContentsMargins(_BOX_WIDTH, 0, 0, 0)
            section.addWidget(explained)
            rows.addLayout(section)
        rows.addStretch()

    def _on_changed(self) -> None:
        self._preferences.preview_on_release = self.preview.isChecked()
        self._preferences.adapt_latency = self.adapt.isChecked()
