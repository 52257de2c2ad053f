"""Menu bar, shortcuts and the list of mouse and key gestures."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from distill_app.ui.translation import tr

_ROLES = {
    "quit": QAction.MenuRole.QuitRole,
    "preferences": QAction.MenuRole.PreferencesRole,
    "about": QAction.MenuRole.AboutRole,
}


@dataclass(frozen=True)
class Command:
    """Menu item and its shortcuts.

    Args:
        id: object name of the action, the same in every language.
        menu: title of the menu.
        text: title of the item.
        keys: shortcuts, separated by " | "; "" for none.
        run: called when the item is chosen.
        ends_group: whether a separator follows.
    """

    id: str
    menu: str
    text: str
    keys: str
    run: Callable[[], object]
    ends_group: bool = False


def add_commands(window: QMainWindow, commands: list[Command]) -> dict[str, QAction]:
    """Builds the menus in the order of the commands. Returns the actions by command id."""
    actions = {command.id: _action(window, command) for command in commands}
    menus = {title: window.menuBar().addMenu(title) for title in dict.fromkeys(command.menu for command in commands)}
    window.addActions(list(actions.values()))
    for command in commands:
        menus[command.menu].addAction(actions[command.id])
        if command.ends_group:
            menus[command.menu].addSeparator()
    return actions


def _action(window: QMainWindow, command: Command) -> QAction:
    action = QAction(command.text, window)
    action.setObjectName(command.id)
    if command.keys:
        action.setShortcuts([QKeySequence(keys) for keys in command.keys.split(" | ")])
    action.triggered.connect(lambda: command.run())
    action.setMenuRole(_ROLES.get(command.id, QAction.MenuRole.NoRole))
    return action


def gestures() -> tuple[tuple[str, str], ...]:
    """Mouse and key gestures on sliders, pictures and lists: the gesture and its effect."""
    return (
        (tr("Drag"), tr("move a slider from where it is")),
        (tr("Shift or Ctrl + drag"), tr("a tenth as fast")),
        (tr("Double-click · Home"), tr("back to 0")),
        (tr("Arrows"), tr("small steps; with Shift the smallest")),
        (tr("Page Up · Page Down"), tr("large steps")),
        (tr("Enter, a digit, or a click"), tr("on a value: type another")),
        (tr("Wheel"), tr("move the slider that has the focus, else scroll")),
        (tr("Right click"), tr("reset, type, lock, pin")),
        (tr("Click in the picture"), tr("play from there")),
        (tr("Enter on a demo"), tr("preview it")),
        (tr("A · B on a demo"), tr("preview the recording, or its reconstruction")),
        (tr("Drop a model"), tr("open it")),
        (tr("Drop recordings"), tr("add them to a sound set")),
        (tr("Drop a vocoder's folder"), tr("import it")),
        (tr("Enter · Space"), tr("on a recording: preview, or stop")),
        (tr("X"), tr("on recordings: exclude or include them")),
        (tr("Delete"), tr("on recordings of a folder: exclude them")),
        (tr("Delete"), tr("on other recordings, sound sets, models, takes: remove")),
        (tr("Arrow over the picture"), tr("drag the sound into a DAW or a folder; a click exports it")),
    )
