"""Access to the commands of the menu bar."""

from PySide6.QtGui import QAction

from distill_app.ui.app.controller import AppController


def command(controller: AppController, command_id: str) -> QAction:
    """Menu item by its command id."""
    found = controller.window.findChild(QAction, command_id)
    assert isinstance(found, QAction), command_id
    return found
