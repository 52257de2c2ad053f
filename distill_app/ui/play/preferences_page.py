"""Page “Playing” of the Preferences: preview on release and automatic latency."""

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from distill_app.ui.dialogs.base import plain
from distill_app.ui.play.play_preferences import PlayPreferences
from distill_app.ui.style.theme import GRID, font
from distill_app.ui.widgets.controls import Title, tight

_PREVIEW = "While nothing plays, a slider that you let go of is heard once, from beginning to end."
_ADAPT = (
    "After three underflows within a minute a safer latency is taken without a question, never while a take or an "
    "export is written. The status bar has the way back."
)


class PlayPreferencesPage(QWidget):
    """Changes `preferences` at once."""

    def __init__(self, preferences: PlayPreferences) -> None:
        super().__init__()
        self._preferences = preferences
        self.preview, self.adapt = QCheckBox("Preview on release"), QCheckBox("Adapt latency automatically")
        self.preview.setChecked(preferences.preview_on_release)
        self.adapt.setChecked(preferences.adapt_latency)
        self._build()
        self.preview.toggled.connect(self._on_changed)
        self.adapt.toggled.connect(self._on_changed)
        self.setFocusProxy(self.preview)

    def _build(self) -> None:
        rows = tight(QVBoxLayout(self), 2 * GRID)
        for title, box, words in (("Sliders", self.preview, _PREVIEW), ("Latency", self.adapt, _ADAPT)):
            box.setFont(font())
            rows.addWidget(Title(title))
            rows.addWidget(box)
            rows.addWidget(plain(words, "muted"))
        rows.addStretch()

    def _on_changed(self) -> None:
        self._preferences.preview_on_release = self.preview.isChecked()
        self._preferences.adapt_latency = self.adapt.isChecked()
