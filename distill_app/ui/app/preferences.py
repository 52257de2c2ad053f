"""The Preferences dialog with its pages."""

from PySide6.QtWidgets import QWidget

from distill_app.ui.app.output_status import OutputStatus
from distill_app.ui.dialogs.preferences import PreferencesDialog
from distill_app.ui.play.preferences_page import PlayPreferences, PlayPreferencesPage
from distill_app.ui.translation import tr
from distill_app.ui.vocoders.compute_settings import ComputeSettings


def open_preferences(
    output: OutputStatus, playing: PlayPreferences, compute_settings: ComputeSettings, parent: QWidget
) -> None:
    """Opens the Preferences dialog; its pages apply every change at once."""
    pages = {
        tr("Sound"): output.page(),
        tr("Playing"): PlayPreferencesPage(playing),
        tr("Compute"): compute_settings.page(),
    }
    dialog = PreferencesDialog(pages, parent)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
