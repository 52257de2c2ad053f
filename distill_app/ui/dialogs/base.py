"""Base class of all dialogs: margins, rows that scroll on small screens, buttons at the lower right."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from distill_app.ui.common.screen_fit import fit_to_screen, usable_size
from distill_app.ui.style.theme import CONTROL_HEIGHT, GRID, font
from distill_app.ui.widgets.controls import Button, tight

_INSET, _BAR, _BESIDE = 3 * GRID, 8, 12
"""Margin, width of a scroll bar, and space reserved for it at the right of the rows, in pixels."""


class Dialog(QDialog):
    """A column of rows that scrolls where the screen is too small, above a row of buttons that does not."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        body = _Body()
        self.rows = body.rows
        self.buttons = tight(QHBoxLayout())
        self.buttons.addStretch()
        column = QVBoxLayout(self)
        self.buttons.setContentsMargins(0, 0, _BESIDE, 0)
        column.setContentsMargins(_INSET, _INSET, _INSET - _BESIDE, _INSET)
        column.setSpacing(_INSET)
        column.addWidget(body, 1)
        column.addLayout(self.buttons)

    def add_button(self, text: str, role: str = "") -> Button:
        button = Button(text, role)
        self.buttons.addWidget(button)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)  # centres the dialog over its parent
        fit_to_screen(self)


class _Body(QScrollArea):
    """Scroll area that is as large as its rows, up to the size of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self._content = QWidget()
        self.rows = tight(QVBoxLayout(self._content), 2 * GRID)
        self.setWidget(self._content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._content.installEventFilter(self)
        self.verticalScrollBar().rangeChanged.connect(self._keep_edge)
        self._keep_edge(0, 0)

    def _keep_edge(self, low: int, high: int) -> None:
        """Keeps the right edge of the rows in place when the scroll bar appears."""
        self.rows.setContentsMargins(0, 0, _BESIDE - (_BAR if high > low else 0), 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lets the dialog grow with its rows."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return self._bounded(self.rows.totalSizeHint())

    def minimumSizeHint(self) -> QSize:
        return self._bounded(self.rows.totalMinimumSize())

    def hasHeightForWidth(self) -> bool:
        return self.rows.hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:
        return min(self.rows.totalHeightForWidth(width), self._room().height())

    def _bounded(self, size: QSize) -> QSize:
        return size.boundedTo(self._room())

    def _room(self) -> QSize:
        """Usable screen size less the dialog's margins and buttons."""
        return usable_size(self) - QSize(2 * _INSET - _BESIDE, 3 * _INSET + CONTROL_HEIGHT)


def plain(text: str, tone: str = "") -> QLabel:
    """Label with word wrap in the normal font."""
    label = QLabel(text)
    label.setFont(font())
    label.setWordWrap(True)
    if tone:
        label.setProperty("tone", tone)
    return label
