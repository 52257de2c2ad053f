"""Commands of the menu bar, and when each is available."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from distill_app.common.paths import STARTER_MODEL
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.main_window import PLAY, TRAIN, MainWindow
from distill_app.ui.common.actions import Command, add_commands
from distill_app.ui.dialogs.about import AboutDialog
from distill_app.ui.dialogs.shortcuts import ShortcutsDialog
from distill_app.ui.translation import tr

if TYPE_CHECKING:
    from distill_app.ui.train.project.controller import ProjectController
    from distill_app.ui.train.recordings.controller import RecordingsController

_MODEL_COMMANDS = ("randomize", "centre_sliders", "new_seed", "compare_a", "compare_b")
_SOUND_COMMANDS = ("export", "restart", "keep_take")
_JUMPS = ("jump_back", "jump_ahead")


def install_commands(controller: AppController) -> dict[str, QAction]:
    """Fills the menu bar of the controller's window. Returns the actions by command id."""

    def show_shortcuts() -> None:
        titles = {command.text: actions[command.id] for command in commands}
        ShortcutsDialog(titles, controller.window).open()

    commands = [
        *_file(controller),
        *_edit(controller),
        *_view(controller),
        *_play(controller),
        *_train(controller),
        *_help(controller.window, show_shortcuts),
    ]
    actions = add_commands(controller.window, commands)
    _follow_state(controller, actions)
    _insert_menu(controller.vocoders.menu, actions["export"])
    return actions


def _insert_menu(menu: QMenu, before: QAction) -> None:
    for holder in before.associatedObjects():
        if isinstance(holder, QMenu):
            holder.insertMenu(before, menu)


def _file(controller: AppController) -> list[Command]:
    menu, models = tr("File"), controller.models
    open_starter = partial(models.open, STARTER_MODEL)
    return [
        Command("open_model", menu, tr("Open model…"), "Ctrl+O", models.ask),
        Command("open_starter", menu, tr("Open starter model"), "", open_starter, ends_group=True),
        Command("export", menu, tr("Export…"), "Ctrl+E", controller.export, ends_group=True),
        Command("quit", menu, tr("Quit"), "Ctrl+Q", controller.window.close),
    ]


def _edit(controller: AppController) -> list[Command]:
    menu, window, session = tr("Edit"), controller.window, controller.session
    return [
        Command("undo", menu, tr("Undo"), "Ctrl+Z", window.undo),
        Command("redo", menu, tr("Redo"), "Ctrl+Shift+Z | Ctrl+Y", window.redo, ends_group=True),
        Command("randomize", menu, tr("Randomize"), "R", window.play.slider_panel.randomize.click),
        Command("centre_sliders", menu, tr("Centre sliders"), "Ctrl+0", session.centre),
        Command("new_seed", menu, tr("New seed"), "N", session.new_seed, ends_group=True),
        Command("compare_a", menu, tr("Compare: sound A"), "A", lambda: session.choose_slot("A")),
        Command("compare_b", menu, tr("Compare: sound B"), "B", lambda: session.choose_slot("B"), ends_group=True),
        Command("preferences", menu, tr("Preferences…"), "Ctrl+,", controller.show_preferences),
    ]


def _view(controller: AppController) -> list[Command]:
    menu, pages, picture = tr("View"), controller.window.pages, controller.window.play.picture
    return [
        Command("play_page", menu, tr("Play page"), "Ctrl+1", lambda: pages.show_page(PLAY)),
        Command("train_page", menu, tr("Train page"), "Ctrl+2", lambda: pages.show_page(TRAIN), ends_group=True),
        Command("live_or_overview", menu, tr("Live or overview"), "V", picture.toggle_live),
    ]


def _play(controller: AppController) -> list[Command]:
    menu, picture = tr("Play"), controller.window.play.picture
    return [
        Command("play", menu, tr("Play or stop"), "space", controller.toggle_playing),
        Command("loop", menu, tr("Loop"), "L", lambda: controller.set_looping(not controller.looping)),
        Command("endless", menu, tr("Endless (∞)"), "E", controller.window.play.transport.endless.click),
        Command("mute", menu, tr("Mute"), "M", controller.volume.toggle_mute, ends_group=True),
        Command("restart", menu, tr("Play from the beginning"), "Ctrl+Home", lambda: controller.seek(0.0)),
        Command("jump_back", menu, tr("Jump back"), "Ctrl+Left", lambda: controller.jump(-1)),
        Command("jump_ahead", menu, tr("Jump ahead"), "Ctrl+Right", lambda: controller.jump(1), ends_group=True),
        Command("keep_take", menu, tr("Keep take"), "K", controller.keep_take, ends_group=True),
        Command("clear_clip_light", menu, tr("Clear the clip light"), "C", picture.meter.clear, ends_group=True),
        Command("cancel", menu, tr("Cancel"), "esc", controller.escape),
    ]


def _train(controller: AppController) -> list[Command]:
    """Commands of the Train page; the page is built when one of them is first chosen."""
    menu, train = tr("Train"), controller.train_integration

    def recordings() -> "RecordingsController":
        return train.train_page.recordings

    def ask_for_set() -> None:
        recordings().ask_for_corpus()

    def project() -> "ProjectController":
        return train.train_page.project

    return [
        Command("toggle_tab", menu, tr("Recordings or training"), "Ctrl+T", train.toggle_tab, ends_group=True),
        Command("add_folder", menu, tr("Add folder…"), "Ctrl+Shift+A", lambda: recordings().ask_for_folder()),
        Command("add_files", menu, tr("Add files…"), "", lambda: recordings().ask_for_files()),
        Command(
            "add_sound_set", menu, tr("Add sound set…"), "Ctrl+Shift+C", lambda: recordings().ask_for_corpus(), True
        ),
        Command("new_project", menu, tr("New project…"), "Ctrl+Shift+N", lambda: project().ask_for_new()),
        Command("open_project", menu, tr("Open project…"), "Ctrl+Shift+O", lambda: project().ask_for_project()),
    ]


def _help(window: MainWindow, show_shortcuts: Callable[[], None]) -> list[Command]:
    menu = tr("Help")
    return [
        Command("shortcuts", menu, tr("Keyboard shortcuts"), "F1 | ?", show_shortcuts),
        Command("about", menu, tr("About Distill"), "", lambda: AboutDialog(window).open()),
    ]


def _follow_state(controller: AppController, actions: dict[str, QAction]) -> None:
    """Keeps check marks, availability and the texts of undo and redo up to date."""
    _follow_history(controller.window, actions["undo"], actions["redo"])
    loop, mute, endless = actions["loop"], actions["mute"], actions["endless"]
    endless.setCheckable(True)
    controller.session.changed.connect(lambda: endless.setChecked(controller.session.config.endless))
    loop.setCheckable(True)
    loop.setChecked(controller.looping)
    controller.looping_changed.connect(loop.setChecked)
    mute.setCheckable(True)
    controller.volume.changed.connect(lambda: mute.setChecked(controller.volume.muted))
    enabler = _Enabler(controller.window, actions)
    controller.window.play.enabled.connect(enabler.update)
    controller.window.pages.changed.connect(enabler.update)
    enabler.update()


def _follow_history(window: MainWindow, undo: QAction, redo: QAction) -> None:
    histories = window.histories
    undo.setEnabled(histories.canUndo())
    redo.setEnabled(histories.canRedo())
    histories.canUndoChanged.connect(undo.setEnabled)
    histories.canRedoChanged.connect(redo.setEnabled)
    histories.undoTextChanged.connect(_TextSuffix(undo).show)
    histories.redoTextChanged.connect(_TextSuffix(redo).show)


class _Enabler(QObject):
    """Disables the commands that need a model, a sound or another page."""

    def __init__(self, window: MainWindow, actions: dict[str, QAction]) -> None:
        super().__init__(window)
        self._window, self._actions = window, actions

    def update(self) -> None:
        page, on_train_page = self._window.play, self._window.pages.current == TRAIN
        self._enable(page.has_model and not on_train_page, _MODEL_COMMANDS)
        self._enable(page.has_sound, _SOUND_COMMANDS)
        self._enable(not page.is_endless, ["loop"])
        self._enable(page.has_sound and not page.is_endless, _JUMPS)
        self._enable(not on_train_page, ["clear_clip_light"])
        self._enable(not on_train_page and not page.is_endless, ["live_or_overview"])
        self._enable(page.may_be_endless and not on_train_page, ["endless"])
        self._enable(page.has_model or on_train_page, ["play"])

    def _enable(self, enabled: bool, ids: Iterable[str]) -> None:
        for each in ids:
            self._actions[each].setEnabled(enabled)


class _TextSuffix(QObject):
    """Appends the name of an undo step to a command's text; ends with the action that owns it."""

    def __init__(self, action: QAction) -> None:
        super().__init__(action)
        self._text, self._action = action.text(), action

    def show(self, words: str) -> None:
        self._action.setText(f"{self._text} {words}".strip())
