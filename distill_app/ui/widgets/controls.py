"""Labels, buttons, cards and layout helpers with the theme's fonts and distances."""

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
    """One line of text, elided where there is no room; the whole text is then the tool tip."""

    def __init__(self, parent: QWidget | None = None, tone: str = "muted") -> None:
        super().__init__(parent)
        self.setFont(caption_font())
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._full_text = ""

    def set_text(self, text: str) -> None:
        if text != self._full_text:
            self._full_text = text
            self._show()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: object) -> None:
        self._show()

    def _show(self) -> None:
        shown = self.fontMetrics().elidedText(self._full_text, Qt.TextElideMode.ElideRight, self.width())
        self.setText(shown)
        self.setToolTip(self._full_text if shown != self._full_text else "")


class Button(QPushButton):
    """A push button that Enter presses too, because Space is the shortcut of Play."""

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
        default = "window" if self.property("role") == "primary" else "text"
        self.setIcon(icons.icon(name, token or default))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.isEnabled():
            self.click()
        else:
            super().keyPressEvent(event)


class Card(QFrame):
    """A panel with margins of 16 px and 8 px between its rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "card")
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        self.rows.setSpacing(GRID)


def labelled(text: str, control: QWidget) -> QVBoxLayout:
    """Column of a caption and a control; the caption is the control's accessible name too."""
    label = Caption(text)
    label.setFixedHeight(16)
    label.setBuddy(control)
    control.setAccessibleName(text or control.accessibleName())
    control.setFont(font())
    column = QVBoxLayout()
    column.setSpacing(GRID // 2)
    column.addWidget(label)
    column.addWidget(control)
    return column


def tight(layout: _Layout, spacing: int = GRID) -> _Layout:
    """Removes the margins of a layout and returns it."""
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout


def restyle(widget: QWidget) -> None:
    """Applies the style sheet again after a property has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
