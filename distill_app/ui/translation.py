"""Translation of the window's text."""

from PySide6.QtCore import QCoreApplication

_CONTEXT = "Distill"


def tr(text: str) -> str:
    """Text in the language of the window; English where no translation is installed.

    Placeholders are filled in after the translation: `tr("{count} files").format(count=3)`.
    """
    return QCoreApplication.translate(_CONTEXT, text)
