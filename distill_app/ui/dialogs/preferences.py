"""Preferences dialog with one page for each group of settings; every change is applied at once."""

from collections.abc import Mapping

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QWidget

from distill_app.ui.common.screen_fit import usable_size
from distill_app.ui.dialogs.base import Dialog
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, tight

_SIZE = QSize(560, 552)
"""Fixed size, so that nothing moves under the pointer; smaller only on a small screen."""


class PreferencesDialog(Dialog):
    """Shows the first page; a row of buttons changes to the others.

    Args:
        pages: pages by title.
    """

    def __init__(self, pages: Mapping[str, QWidget], parent: QWidget | None) -> None:
        super().__init__(tr("Preferences"), parent)
        self.setFixedSize(_SIZE.boundedTo(usable_size(self)))
        self.tabs = {title: Button(title, "segment") for title in pages}
        self._stack = QStackedWidget()
        self.rows.addLayout(self._header())
        self.rows.addWidget(self._stack, 1)
        for title, page in pages.items():
            self._stack.addWidget(page)
            self.tabs[title].clicked.connect(lambda _=False, page=page: self._stack.setCurrentWidget(page))
        self.close_button = self.add_button(tr("Close"), "primary")
        self.close_button.clicked.connect(self.accept)
        next(iter(self.tabs.values())).setChecked(True)
        next(iter(pages.values())).setFocus()

    def _header(self) -> QHBoxLayout:
        group, row = QButtonGroup(self), tight(QHBoxLayout(), 0)
        for button in self.tabs.values():
            button.setCheckable(True)
            group.addButton(button)
            row.addWidget(button)
        row.addStretch()
        return row
