"""Icons loaded from SVG files on a 16 px grid and tinted with a theme colour."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from distill_app.common.paths import RESOURCES
from distill_app.ui.style.theme import color

_SCALES = (1.0, 1.25, 1.5, 2.0, 3.0)


def icon(name: str, token: str = "text") -> QIcon:
    """Icon in a token's colour and in the disabled colour, with a pixmap for every usual screen scale."""
    result = QIcon()
    for scale in _SCALES:
        result.addPixmap(pixmap(name, token, 16, scale))
        result.addPixmap(pixmap(name, "control", 16, scale), QIcon.Mode.Disabled)
    return result


@lru_cache(maxsize=256)
def pixmap(name: str, token: str, size: int, scale: float) -> QPixmap:
    """Pixmap of an icon, `size` logical pixels wide, for a screen of device pixel ratio `scale`."""
    svg = (RESOURCES / "icons" / f"{name}.svg").read_bytes()
    tinted = svg.replace(b"currentColor", color(token).name().encode())
    side = round(size * scale)
    result = QPixmap(side, side)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    QSvgRenderer(QByteArray(tinted)).render(painter, QRectF(0, 0, side, side))
    painter.end()
    result.setDevicePixelRatio(scale)
    return result
