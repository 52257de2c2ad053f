"""Colours, fonts, metrics and style sheet of the window. The accent colour is magma at 0.8."""

from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyleFactory, QWidget

from distill_app.common.paths import RESOURCES

GRID = 8
"""Base unit of all distances, in pixels."""
CONTROL_HEIGHT = 32


@dataclass(frozen=True)
class Tokens:
    """Colours by their purpose; tests check the contrast of each text colour on each surface."""

    window: str = "#15181C"
    panel: str = "#1B1F24"
    raised: str = "#242A31"
    hover: str = "#2C333B"
    pressed: str = "#20252B"
    text: str = "#E8EAED"
    muted: str = "#A3ACB6"
    control: str = "#7A8591"
    track: str = "#6B7580"
    out_of_range: str = "#B3944A"
    line: str = "#343C45"
    accent: str = "#FE9F6D"
    accent_hover: str = "#FFB188"
    accent_pressed: str = "#E88E5E"
    accent_soft: str = "#DE4968"
    focus: str = "#7CC4FF"
    good: str = "#5FD0A0"
    caution: str = "#F2C14E"
    danger: str = "#FF7A7A"


TOKENS = Tokens()


def color(token: str, alpha: float = 1.0) -> QColor:
    """Colour of a token, with an opacity of 0 … 1."""
    value = QColor(getattr(TOKENS, token))
    value.setAlphaF(alpha)
    return value


def apply_theme(app: QApplication) -> None:
    """Sets Fusion style, palette, font and style sheet of the whole application."""
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(_palette())
    load_fonts()
    app.setFont(font())
    app.setStyleSheet(style_sheet(RESOURCES / "theme"))


def style_sheet(folder: Path) -> str:
    """Style sheet with its `$tokens` filled in; `$folder` is the folder of its images."""
    template = Template((folder / "distill.qss").read_text("utf-8"))
    return template.substitute(asdict(TOKENS), folder=folder.as_posix())


def load_fonts() -> None:
    """Registers the bundled font Inter. Raises FileNotFoundError where it is missing."""
    for name in ("Regular", "Medium", "SemiBold"):
        path = RESOURCES / "fonts" / f"Inter-{name}.otf"
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise FileNotFoundError(path)


def font(pixels: int = 13, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Inter with tabular figures, so that changing numbers keep their width."""
    return QFont(_font(pixels, weight))


@lru_cache
def _font(pixels: int, weight: QFont.Weight) -> QFont:
    """Cached font: widgets ask for it at every paint event."""
    result = QFont("Inter")
    result.setPixelSize(pixels)
    result.setWeight(weight)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def caption_font() -> QFont:
    return font(12)


def strong_font() -> QFont:
    return font(13, QFont.Weight.Medium)


def title_font() -> QFont:
    return font(15, QFont.Weight.DemiBold)


def motion_ms(widget: QWidget, milliseconds: int) -> int:
    """Duration of an animation: `milliseconds`, or 0 where the system disables animations."""
    wanted = widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget)
    return milliseconds if wanted > 0 else 0


_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "raised",
    QPalette.ColorRole.AlternateBase: "panel",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "danger",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "window",
    QPalette.ColorRole.Link: "focus",
    QPalette.ColorRole.Light: "line",
    QPalette.ColorRole.Midlight: "line",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "window",
    QPalette.ColorRole.Shadow: "window",
    QPalette.ColorRole.Accent: "accent",
}
_DISABLED_TEXT = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


def _palette() -> QPalette:
    palette = QPalette()
    for role, token in _ROLES.items():
        palette.setColor(role, color(token))
    for role in _DISABLED_TEXT:
        palette.setColor(QPalette.ColorGroup.Disabled, role, color("control"))
    return palette
