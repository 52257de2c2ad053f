"""The menu bar and every shortcut."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow


@dataclass(frozen=True)
class Command:
    """One line of a menu: where it stands, what it says, its keys and what it does."""

    menu: str
    text: str
    keys: str
    act: Callable[[], object]
    ends_group: bool = False


def add_commands(window: QMainWindow, commands: list[Command]) -> dict[str, QAction]:
    """Builds the menus in the order of the commands; the actions by their text."""
    actions = {command.text: _action(window, command) for command in commands}
    menus = {name: window.menuBar().addMenu(name) for name in dict.fromkeys(command.menu for command in commands)}
    window.addActions(list(actions.values()))
    for command in commands:
        menus[command.menu].addAction(actions[command.text])
        if command.ends_group:
            menus[command.menu].addSeparator()
    return actions


def _action(window: QMainWindow, command: Command) -> QAction:
    action = QAction(command.text, window)
    if command.keys:
        action.setShortcuts([QKeySequence(keys) for keys in command.keys.split(" | ")])
    action.triggered.connect(lambda: command.act())
    if command.text == "Quit":
        action.setMenuRole(QAction.MenuRole.QuitRole)
    elif command.text == "Preferences…":
        action.setMenuRole(QAction.MenuRole.PreferencesRole)
    elif command.text == "About Distill":
        action.setMenuRole(QAction.MenuRole.AboutRole)
    return action


GESTURES: tuple[tuple[str, str], ...] = (
    ("Drag", "move a slider from where it is"),
    ("Shift or Ctrl + drag", "a tenth as fast"),
    ("Double-click · Home", "back to 0"),
    ("Arrows", "small steps; with Shift the smallest"),
    ("Page Up · Page Down", "large steps"),
    ("Enter, a digit, or a click", "on a value: type another"),
    ("Wheel", "move the slider that has the focus, else scroll"),
    ("Right click", "reset, type, lock"),
    ("Click in the picture", "play from there"),
    ("Enter on a demo", "hear what a training has come to"),
    ("A · B on a demo", "hear the recording, or what was rebuilt of it"),
    ("Drop a model", "open it"),
    ("Drop recordings", "learn from them"),
    ("Drop a vocoder's folder", "import it"),
    ("Enter · Space", "on a recording: listen, or stop"),
    ("X", "on recordings: learn from them, or leave them out"),
    ("Delete", "on recordings of a folder: leave them out"),
    ("Delete", "on other recordings, corpora, models, takes: remove"),
    ("Arrow over the picture", "drag the sound into a DAW or a folder; a click exports it"),
)
"""Mouse and key gestures on sliders, pictures and lists, as the shortcuts page lists them."""
