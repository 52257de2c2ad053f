"""Labels, buttons and surfaces in the app's type and measures."""

from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from distill_app.ui.style import icons
from distill_app.ui.style.theme import GRID, caption_font, font, strong_font, title_font

_Layout = TypeVar("_Layout", bound=QLayout)


class Title(QLabel):
    """A card's heading."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(title_font())


class Caption(QLabel):
    """Small muted text."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(caption_font())
        self.setProperty("tone", "muted")


class ElidedLabel(QLabel):
    """One line that ends in … where there is no room; the whole text is the tool tip."""

    def __init__(self, parent: QWidget | None = None, tone: str = "muted") -> None:
        super().__init__(parent)
        self.setFont(caption_font())
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = ""

    def set_text(self, text: str) -> None:
        if text != self._whole:
            self._whole = text
            self._show()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: object) -> None:
        self._show()

    def _show(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


class Button(QPushButton):
    """A push button that Enter presses too: Space belongs to playing."""

    def __init__(self, text: str = "", role: str = "", tip: str = "", icon: str = "") -> None:
        super().__init__(text)
        self.setFont(strong_font())
        self.setProperty("role", role)
        self.setToolTip(tip)
        self.setAccessibleName(text or tip.split(" (")[0])
        self.setAutoDefault(False)
        self.setIconSize(QSize(16, 16))
        if icon:
            self.set_icon(icon)

    def set_icon(self, name: str, token: str = "") -> None:
        quiet = "window" if self.property("role") == "primary" else "text"
        self.setIcon(icons.icon(name, token or quiet))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.isEnabled():
            self.click()
        else:
            super().keyPressEvent(event)


class Card(QFrame):
    """A panel: 16 px inside, 8 px between its rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "card")
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        self.rows.setSpacing(GRID)


def labelled(text: str, control: QWidget) -> QVBoxLayout:
    """A control under its caption, 4 px apart; the caption is its name for assistive technology too."""
    label = Caption(text)
    label.setFixedHeight(16)
    label.setBuddy(control)
    control.setAccessibleName(text)
    control.setFont(font())
    column = QVBoxLayout()
    column.setSpacing(GRID // 2)
    column.addWidget(label)
    column.addWidget(control)
    return column


def tight(layout: _Layout, spacing: int = GRID) -> _Layout:
    """A layout without margins."""
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout


def restyle(widget: QWidget) -> None:
    """Lets the style sheet look at its properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
