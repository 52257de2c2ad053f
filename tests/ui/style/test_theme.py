"""Colours that can be read, fonts and icons that are there."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication

from distill_app.common.paths import RESOURCES
from distill_app.ui.style import icons
from distill_app.ui.style.theme import TOKENS, font, style_sheet


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2."""
    parts = [QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF()]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("surface", ["window", "panel", "raised", "hover"])
@pytest.mark.parametrize(
    ("token", "least"),
    [("text", 7), ("muted", 4.5), ("control", 3), ("focus", 4.5), ("danger", 4.5), ("caution", 4.5), ("good", 4.5)],
)
def test_contrast_on_every_surface(token: str, least: float, surface: str) -> None:
    values = asdict(TOKENS)
    assert contrast(values[token], values[surface]) >= least


@pytest.mark.parametrize("surface", ["window", "panel", "raised"])
@pytest.mark.parametrize("token", ["track", "out_of_range", "accent", "control"])
def test_the_parts_of_a_slider_have_contrast(token: str, surface: str) -> None:
    values = asdict(TOKENS)
    assert contrast(values[token], values[surface]) >= 3


@pytest.mark.parametrize("token", ["accent", "accent_hover", "accent_pressed"])
def test_ink_on_the_accent(token: str) -> None:
    assert contrast(asdict(TOKENS)[token], TOKENS.window) >= 7


def test_every_styled_control_has_disabled_and_focus() -> None:
    sheet = style_sheet(RESOURCES / "theme")
    for control in ("QPushButton", "QComboBox", "QSpinBox", "QDoubleSpinBox", "QLineEdit"):
        assert f"{control}:disabled" in sheet
        assert f"{control}:focus" in sheet
    for role in set(re.findall(r'QPushButton\[role="(\w+)"\]', sheet)) - {"icon"}:
        assert f'QPushButton[role="{role}"]:disabled' in sheet
        assert f'QPushButton[role="{role}"]:focus' in sheet


def test_style_sheet_images_exist_and_use_token_colours() -> None:
    images = re.findall(r'url\("([^"]+)"\)', style_sheet(RESOURCES / "theme"))
    assert images
    known = {value.lower() for value in asdict(TOKENS).values()}
    for image in images:
        colours = re.findall(r'stroke="(#\w{6})"', (RESOURCES / "theme" / image).read_text())
        assert colours
        assert {colour.lower() for colour in colours} <= known


def test_inter_is_bundled_with_its_licence_and_has_tabular_figures(qapp: QApplication) -> None:
    for weight in (QFont.Weight.Normal, QFont.Weight.Medium, QFont.Weight.DemiBold):
        assert QFontInfo(font(13, weight)).family().startswith("Inter")
    assert "SIL OPEN FONT LICENSE" in (RESOURCES / "fonts" / "OFL.txt").read_text().upper()
    metrics = QFontMetricsF(font())
    assert {round(metrics.horizontalAdvance(digit), 3) for digit in "0123456789"} == {
        round(metrics.horizontalAdvance("0"), 3)
    }


@pytest.mark.parametrize("path", sorted((RESOURCES / "icons").glob("*.svg")), ids=lambda path: path.stem)
@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
def test_icons_draw_in_their_colour_at_every_scale(qapp: QApplication, path: Path, scale: float) -> None:
    drawn = icons.pixmap(path.stem, "accent", 16, scale)
    assert drawn.width() == round(16 * scale)
    image = drawn.toImage()
    shown = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    solid = [color for color in shown if color.alpha() > 200]
    assert solid
    if path.stem != "app":
        assert all(abs(color.hue() - QColor(TOKENS.accent).hue()) <= 6 for color in solid)
