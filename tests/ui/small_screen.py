"""Program run by test_small_screen: prints window and dialog geometries on a small screen as JSON."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRect, QSettings
from PySide6.QtWidgets import QApplication, QWidget

from distill_app.common.paths import STARTER_MODEL
from distill_app.common.settings import Settings
from distill_app.training.run.spec import TrainingOptions
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.menu_commands import install_commands
from distill_app.ui.app.sound_preferences import SoundPreferences
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.dialogs.about import AboutDialog
from distill_app.ui.dialogs.base import Dialog
from distill_app.ui.dialogs.preferences import PreferencesDialog
from distill_app.ui.dialogs.prompts import ConfirmDialog, ConflictDialog, DetailsDialog, NameDialog
from distill_app.ui.dialogs.shortcuts import ShortcutsDialog
from distill_app.ui.play.export_dialog import ExportDialog
from distill_app.ui.play.length_dialog import LengthDialog
from distill_app.ui.play.preferences_page import PlayPreferencesPage
from distill_app.ui.style.theme import apply_theme
from distill_app.ui.train.training.duration_dialog import DurationDialog
from distill_app.ui.train.training.form import TrainingForm
from distill_app.ui.vocoders.license_agreement import DownloadOffer, LicenceDialog, LicenseAgreementDialog
from distill_app.ui.widgets.controls import Button
from tests.ui.fake_player import FakePlayer

LONG = "The message is a sentence that is long enough to be wrapped. " * 6
PLACE = Path("/home/somebody") / "a folder with a long name" / "sound.wav"


def dialogs(controller: AppController) -> dict[type[Dialog], Callable[[], Dialog]]:
    """Factories of all dialogs, filled with long texts."""
    window, player = controller.window, FakePlayer()
    offer = DownloadOffer("BigVGAN", LONG, "44.1 kHz", "489 MB", "MIT", LONG, "https://example.org", PLACE)
    pages = {
        "Sound": SoundPreferences(player, lambda: player.status),
        "Playing": PlayPreferencesPage(controller.preferences),
        "Compute": controller.compute_settings.page(),
    }
    export = ExportDialog(4.0, PLACE, Settings(), window)
    export.offer("0:12.00", loop=True, stereo=True)
    return {
        AboutDialog: lambda: AboutDialog(window),
        LicenseAgreementDialog: lambda: LicenseAgreementDialog(offer, window),
        LicenceDialog: lambda: LicenceDialog("MIT", 50 * LONG, window),
        ConfirmDialog: lambda: ConfirmDialog("Close while it learns?", 4 * LONG, "Close", window),
        ConflictDialog: lambda: ConflictDialog(
            "Project changed", "Another program has changed this project", LONG, window
        ),
        DetailsDialog: lambda: DetailsDialog(LONG, 50 * LONG, window),
        ExportDialog: lambda: export,
        LengthDialog: lambda: LengthDialog("0:12.00", 8.0, print, window),
        DurationDialog: lambda: DurationDialog(
            "Learn longer?", LONG, "Learn", TrainingForm(TrainingOptions(5.0), ("cpu", "cuda")), lambda _: None, window
        ),
        NameDialog: lambda: NameDialog("Rename", "Rename", "Wood", lambda _: LONG, window),
        PreferencesDialog: lambda: PreferencesDialog(pages, window),
        ShortcutsDialog: lambda: ShortcutsDialog({action.text(): action for action in window.actions()}, window),
    }


def settle() -> None:
    for _ in range(4):
        QApplication.processEvents()


def cut_off(dialog: Dialog) -> list[str]:
    """Texts of the buttons at the bottom that lie partly outside the dialog."""
    foot = [button for button in dialog.findChildren(Button) if button.parent() is dialog]
    places = {button.text(): QRect(button.pos(), button.size()) for button in foot}
    return [text for text, place in places.items() if not dialog.rect().contains(place)]


def outside(widget: QWidget, screen: QRect) -> list[int]:
    """Frame rectangle of a window that lies partly off the screen; [] for others."""
    frame = widget.frameGeometry()
    return [] if screen.contains(frame) else [frame.x(), frame.y(), frame.width(), frame.height()]


def main(folder: Path) -> None:
    app = QApplication([])
    apply_theme(app)
    window_settings = WindowSettings(QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
    controller = AppController(window_settings)
    install_commands(controller)
    controller.window.show()
    controller.models.open(STARTER_MODEL)
    settle()
    screen = controller.window.screen().availableGeometry()
    report: dict[str, Any] = {"screen": [screen.width(), screen.height()], "window": outside(controller.window, screen)}
    kinds = dialogs(controller)
    report["missing"] = [kind.__name__ for kind in set(Dialog.__subclasses__()) - set(kinds)]
    for kind, make in kinds.items():
        dialog = make()
        dialog.open()
        settle()
        report[kind.__name__] = [*outside(dialog, screen), *cut_off(dialog)]
        dialog.done(0)
    controller.close()
    print(json.dumps(report))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
