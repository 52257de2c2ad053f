"""PNG files with spectrograms, drawn by the window's widget."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from distill_app.dsp.spectrogram import Spectrogram

if TYPE_CHECKING:
    from PySide6.QtGui import QImage, QPalette

_SHADES = 32


def draw_sheet(pictures: Mapping[str, Spectrogram], path: Path, width: int, height: int, columns: int) -> None:
    """Draws spectrograms of that size by their titles, so many side by side.

    Raises OSError if the file cannot be written.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QWidget

    from distill_app.ui.style.theme import apply_theme
    from distill_app.ui.widgets.spectrogram_view import SpectrogramView

    app = QApplication.instance() or QApplication([path.name])
    assert isinstance(app, QApplication)
    apply_theme(app)
    sheet = QWidget()
    grid = QGridLayout(sheet)
    for number, (title, picture) in enumerate(pictures.items()):
        row, column = divmod(number, columns)
        view = SpectrogramView()
        view.setFixedSize(width, height)
        view.set_picture(picture)
        grid.addWidget(QLabel(title), 2 * row, column)
        grid.addWidget(view, 2 * row + 1, column)
    sheet.show()
    app.processEvents()
    if not _indexed(sheet.grab().toImage(), app.palette()).save(str(path)):
        raise OSError(f"{path} cannot be written: the disk may be full")
    sheet.close()


def _indexed(image: "QImage", palette: "QPalette") -> "QImage":
    """Image of the spectrograms' colours, every second, and shades from background to text: a third of the bytes."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor, QImage

    from distill_app.ui.style.colormap import color_table

    ends = (brush.color() for brush in (palette.window(), palette.windowText()))
    dark, light = (np.array((each.red(), each.green(), each.blue())) for each in ends)
    shades = [QColor(*rgb).rgb() for rgb in np.linspace(dark, light, _SHADES).astype(int).tolist()]
    flags = Qt.ImageConversionFlag.AvoidDither | Qt.ImageConversionFlag.ThresholdDither
    return image.convertToFormat(QImage.Format.Format_Indexed8, [*color_table()[::2], *shades], flags)
