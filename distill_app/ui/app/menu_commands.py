"""The menu bar's lines: what each command does to the studio."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from distill_app.common.paths import STARTER_MODEL
from distill_app.ui.app.main_window import LEARN, PLAY, MainWindow
from distill_app.ui.common.actions import Command, add_commands
from distill_app.ui.dialogs.about import AboutDialog
from distill_app.ui.dialogs.shortcuts import ShortcutsDialog

if TYPE_CHECKING:
    from distill_app.ui.app.controller import AppController

_OF_A_MODEL = ("Surprise me", "Centre sliders", "New seed", "Compare: sound A", "Compare: sound B")
_OF_A_SOUND = ("Export…", "Jump back", "Jump ahead", "Keep take")
_OF_THE_PICTURE = ("Live or whole picture", "Clear the clip light")


def install_commands(controller: "AppController") -> dict[str, QAction]:
    """Fills the menu bar; the actions by their first text."""
    actions = add_commands(
        controller.window,
        [
            *_file(controller),
            *_edit(controller),
            *_view(controller),
            *_play(controller),
            *_train_page(controller),
            *_help(controller),
        ],
    )
    _follow_state(controller, actions)
    _insert_menu(controller.vocoders.menu, actions["Export…"])
    return actions


def _insert_menu(menu: QMenu, before: QAction) -> None:
    for holder in before.associatedObjects():
        if isinstance(holder, QMenu):
            holder.insertMenu(before, menu)


def _file(controller: "AppController") -> list[Command]:
    return [
        Command("File", "Open model…", "Ctrl+O", controller.models.ask),
        Command("File", "Open starter model", "", lambda: controller.models.open(STARTER_MODEL), ends_group=True),
        Command("File", "Export…", "Ctrl+E", controller.export, ends_group=True),
        Command("File", "Quit", "Ctrl+Q", controller.window.close),
    ]


def _edit(controller: "AppController") -> list[Command]:
    window, session = controller.window, controller.session
    return [
        Command("Edit", "Undo", "Ctrl+Z", window.undo),
        Command("Edit", "Redo", "Ctrl+Shift+Z | Ctrl+Y", window.redo, ends_group=True),
        Command("Edit", "Surprise me", "R", window.play.shape.surprise.click),
        Command("Edit", "Centre sliders", "Ctrl+0", session.centre),
        Command("Edit", "New seed", "N", session.new_seed, ends_group=True),
        Command("Edit", "Compare: sound A", "A", lambda: session.choose_slot("A")),
        Command("Edit", "Compare: sound B", "B", lambda: session.choose_slot("B"), ends_group=True),
        Command("Edit", "Preferences…", "Ctrl+,", controller.show_preferences),
    ]


def _view(controller: "AppController") -> list[Command]:
    pages = controller.window.pages
    return [
        Command("View", "Play page", "Ctrl+1", lambda: pages.show_page(PLAY)),
        Command("View", "Learn page", "Ctrl+2", lambda: pages.show_page(LEARN)),
    ]


def _train_page(controller: "AppController") -> list[Command]:
    side = controller.train_integration
    return [
        Command("Learn", "Recordings or training", "Ctrl+T", side.toggle_tab, ends_group=True),
        Command("Learn", "Add folder…", "Ctrl+Shift+A", lambda: side.train_page.recordings.ask_for_folder()),
        Command("Learn", "Add files…", "", lambda: side.train_page.recordings.ask_for_files()),
        Command(
            "Learn", "Add corpus…", "Ctrl+Shift+C", lambda: side.train_page.recordings.ask_for_corpus(), ends_group=True
        ),
        Command("Learn", "New project…", "Ctrl+Shift+N", lambda: side.train_page.project.ask_for_new()),
        Command("Learn", "Open project…", "Ctrl+Shift+O", lambda: side.train_page.project.ask_for_project()),
    ]


def _play(controller: "AppController") -> list[Command]:
    return [
        Command("Play", "Play or stop", "Space", controller.toggle_playing),
        Command("Play", "Loop", "L", lambda: controller.set_looping(not controller.looping)),
        Command("Play", "Mute", "M", controller.volume.toggle_mute, ends_group=True),
        Command("Play", "Jump back", "Ctrl+Left", lambda: controller.jump(-1)),
        Command("Play", "Jump ahead", "Ctrl+Right", lambda: controller.jump(1), ends_group=True),
        Command("Play", "Keep take", "K", controller.keep_take, ends_group=True),
        Command("Play", "Live or whole picture", "V", controller.window.play.picture.toggle_live),
        Command("Play", "Clear the clip light", "C", controller.window.play.picture.meter.clear, ends_group=True),
        Command("Play", "Cancel", "Esc", controller.escape),
    ]


def _help(controller: "AppController") -> list[Command]:
    window = controller.window
    return [
        Command("Help", "Keyboard shortcuts", "F1 | ?", lambda: ShortcutsDialog(controller.actions, window).open()),
        Command("Help", "About Distill", "", lambda: AboutDialog(window).open()),
    ]


def _follow_state(controller: "AppController", actions: dict[str, QAction]) -> None:
    """Commands that mean nothing now are grey; undo says what it takes back."""
    histories = controller.window.histories
    undo, redo = actions["Undo"], actions["Redo"]
    undo.setEnabled(histories.canUndo())
    redo.setEnabled(histories.canRedo())
    histories.canUndoChanged.connect(undo.setEnabled)
    histories.canRedoChanged.connect(redo.setEnabled)
    histories.undoTextChanged.connect(_Namer("Undo", undo).name)
    histories.redoTextChanged.connect(_Namer("Redo", redo).name)
    actions["Loop"].setCheckable(True)
    actions["Loop"].setChecked(controller.looping)
    controller.looping_changed.connect(actions["Loop"].setChecked)
    actions["Mute"].setCheckable(True)
    controller.volume.changed.connect(lambda: actions["Mute"].setChecked(controller.volume.muted))
    enabler = _Enabler(controller.window, actions)
    controller.window.play.enabled.connect(enabler.show)
    controller.window.pages.changed.connect(enabler.show)
    enabler.show()


class _Enabler(QObject):
    """Greys what needs a model, a sound or the other page."""

    def __init__(self, window: MainWindow, actions: dict[str, QAction]) -> None:
        super().__init__(window)
        self._window, self._actions = window, actions

    def show(self) -> None:
        page, learning = self._window.play, self._window.pages.title == LEARN
        self._enable(page.has_model and not learning, _OF_A_MODEL)
        self._enable(page.has_sound, _OF_A_SOUND)
        self._enable(not learning, _OF_THE_PICTURE)
        self._enable(page.has_model or learning, ["Play or stop"])

    def _enable(self, enabled: bool, names: Iterable[str]) -> None:
        for name in names:
            self._actions[name].setEnabled(enabled)


class _Namer(QObject):
    """Appends words to a command's text; Qt ends the connection when the command goes."""

    def __init__(self, verb: str, action: QAction) -> None:
        super().__init__(action)
        self._verb, self._action = verb, action

    def name(self, words: str) -> None:
        self._action.setText(f"{self._verb} {words}".strip())
