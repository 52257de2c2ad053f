"""Menu entry with a caption and no action."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidgetAction

from distill_app.ui.style.theme import GRID
from distill_app.ui.widgets.controls import Caption


class MenuCaption(QWidgetAction):
    """Muted text, easier to read than a disabled command; hidden while it is empty."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._label = Caption()
        self._label.setContentsMargins(GRID + 4, GRID // 2, GRID + 4, GRID // 2)
        self.setDefaultWidget(self._label)

    def show_text(self, text: str) -> None:
        self._label.setText(text)
        self.setText(text)  # makes the menu measure it again
        self.setVisible(bool(text))
