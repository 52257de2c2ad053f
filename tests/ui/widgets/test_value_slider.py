"""The slider under real mouse and key events."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from distill_app.dsp.descriptors import DESCRIPTORS
from distill_app.models.axis import Axis
from distill_app.ui.play.descriptor_help import effect, effect_of
from distill_app.ui.play.latent_slider import LatentSlider
from distill_app.ui.style.theme import TOKENS
from distill_app.ui.widgets.field_hint import FieldHint
from distill_app.ui.widgets.value_editor import ValueEditor
from tests.ui.style.test_theme import contrast

LEFT, NONE, SHIFT, CONTROL = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
AXIS = Axis("Brightness", "centroid", 0.95, -2.0, 0.0, 1.0)


class SignalledValues:
    """Values that a slider signalled."""

    def __init__(self, slider: LatentSlider) -> None:
        self.moved: list[float] = []
        self.released: list[float] = []
        slider.moved.connect(self.moved.append)
        slider.released.connect(self.released.append)


@pytest.fixture
def slider(qtbot: QtBot) -> LatentSlider:
    slider = LatentSlider(AXIS)
    slider.resize(316, 44)  # 300 pixels of travel: one pixel is 0.01
    qtbot.addWidget(slider)
    slider.show()
    qtbot.waitExposed(slider)
    return slider


@pytest.fixture
def signalled(slider: LatentSlider) -> SignalledValues:
    return SignalledValues(slider)


def drag(qtbot: QtBot, slider: LatentSlider, *xs: int, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.mousePress(slider, LEFT, modifier, QPoint(xs[0], 32))
    for x in xs[1:]:
        move(slider, x, modifier)
    QTest.mouseRelease(slider, LEFT, modifier, QPoint(xs[-1], 32))


def move(slider: LatentSlider, x: int, modifier: Qt.KeyboardModifier) -> None:
    """`qtbot.mouseMove` cannot hold a modifier."""
    place = QPointF(x, 32)
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, slider.mapToGlobal(place), Qt.MouseButton.NoButton, LEFT, modifier
    )
    QApplication.sendEvent(slider, event)


def wheel(widget: QWidget, notches: int) -> None:
    """Sends a wheel event through the window, which passes it to the widget under the pointer."""
    window = widget.window()
    place = widget.mapTo(window, QPoint(40, 10))
    QTest.wheelEvent(window.windowHandle(), QPointF(place), QPoint(0, 120 * notches))


def test_a_drag_is_relative_and_signals_once_at_its_end(
    qtbot: QtBot, slider: LatentSlider, signalled: SignalledValues
) -> None:
    drag(qtbot, slider, 20, 40, 62)
    assert slider.current() == pytest.approx(0.42)
    assert signalled.moved == pytest.approx([0.2, 0.42])
    assert signalled.released == pytest.approx([0.42])


def test_a_click_moves_nothing(qtbot: QtBot, slider: LatentSlider, signalled: SignalledValues) -> None:
    QTest.mouseClick(slider, LEFT, pos=QPoint(300, 32))
    assert slider.current() == 0
    assert signalled.moved == signalled.released == []


@pytest.mark.parametrize("modifier", [SHIFT, CONTROL])
def test_fine_drag_is_a_tenth(qtbot: QtBot, slider: LatentSlider, modifier: Qt.KeyboardModifier) -> None:
    drag(qtbot, slider, 100, 200, modifier=modifier)
    assert slider.current() == pytest.approx(0.1)


def test_changing_to_fine_within_a_drag_does_not_jump(
    qtbot: QtBot, slider: LatentSlider, signalled: SignalledValues
) -> None:
    QTest.mousePress(slider, LEFT, NONE, QPoint(100, 32))
    move(slider, 150, NONE)
    QTest.keyPress(slider, Qt.Key.Key_Shift)
    assert signalled.released == []
    move(slider, 151, SHIFT)
    QTest.mouseRelease(slider, LEFT, SHIFT, QPoint(151, 32))
    assert slider.current() == pytest.approx(0.5)
    assert signalled.released == pytest.approx([0.5])


def test_the_range_ends_at_one_and_a_half(qtbot: QtBot, slider: LatentSlider) -> None:
    drag(qtbot, slider, 10, 900)
    assert slider.current() == 1.5
    drag(qtbot, slider, 900, -900)
    assert slider.current() == -1.5


def test_double_click_recentres_as_one_gesture(qtbot: QtBot, slider: LatentSlider, signalled: SignalledValues) -> None:
    slider.set_current(0.7)
    QTest.mouseClick(slider, LEFT, pos=QPoint(60, 32))
    QTest.mouseDClick(slider, LEFT, pos=QPoint(60, 32))
    assert slider.current() == 0
    assert signalled.released == [0]


def test_setting_a_value_emits_nothing(slider: LatentSlider, signalled: SignalledValues) -> None:
    slider.set_current(0.5)
    slider.set_locked(True)
    assert signalled.moved == signalled.released == []


def test_wheel_only_with_focus(qtbot: QtBot, slider: LatentSlider, signalled: SignalledValues) -> None:
    slider.clearFocus()
    wheel(slider, 1)
    assert slider.current() == 0
    slider.setFocus()
    wheel(slider, 3)
    assert slider.current() == pytest.approx(0.06)
    qtbot.waitUntil(lambda: len(signalled.released) == 1, timeout=60_000)


def test_wheel_without_focus_scrolls_the_panel(qtbot: QtBot) -> None:
    area, content = QScrollArea(), QWidget()
    column = QVBoxLayout(content)
    sliders = [LatentSlider(AXIS) for _ in range(12)]
    for item in sliders:
        column.addWidget(item)
    area.setWidget(content)
    area.resize(300, 200)
    qtbot.addWidget(area)
    area.show()
    qtbot.waitExposed(area)
    area.setFocus()
    wheel(sliders[0], -2)
    assert area.verticalScrollBar().value() > 0
    assert sliders[0].current() == 0


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Qt.Key.Key_Right, NONE, 0.05),
        (Qt.Key.Key_Up, NONE, 0.05),
        (Qt.Key.Key_Left, NONE, -0.05),
        (Qt.Key.Key_Right, SHIFT, 0.01),
        (Qt.Key.Key_PageUp, NONE, 0.25),
        (Qt.Key.Key_PageDown, NONE, -0.25),
    ],
)
def test_keys(qtbot: QtBot, slider: LatentSlider, key: Qt.Key, modifier: Qt.KeyboardModifier, expected: float) -> None:
    QTest.keyClick(slider, key, modifier)
    assert slider.current() == pytest.approx(expected)


def test_a_burst_of_keys_is_one_gesture(qtbot: QtBot, slider: LatentSlider, signalled: SignalledValues) -> None:
    for _ in range(4):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert signalled.released == []
    qtbot.waitUntil(lambda: bool(signalled.released), timeout=60_000)
    assert signalled.released == pytest.approx([0.2])


def test_home_recentres(qtbot: QtBot, slider: LatentSlider, signalled: SignalledValues) -> None:
    slider.set_current(-0.4)
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert (slider.current(), signalled.released) == (0, [0])


def type_value(qtbot: QtBot, slider: LatentSlider, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    QTest.keyClick(slider, Qt.Key.Key_Return)
    editor = slider.findChild(ValueEditor)
    assert isinstance(editor, ValueEditor)
    editor.insert(text)  # over the selection, as a key or a paste does
    QTest.keyClick(editor, end)


@pytest.mark.parametrize(("text", "value"), [("0.8", 0.8), ("-1,25", -1.25), ("−0.3", -0.3), ("+1.5", 1.5)])
def test_typing_a_number(
    qtbot: QtBot, slider: LatentSlider, signalled: SignalledValues, text: str, value: float
) -> None:
    type_value(qtbot, slider, text)
    assert slider.current() == pytest.approx(value)
    assert signalled.released == pytest.approx([value])


@pytest.mark.parametrize("text", ["abc", "1.2.3", "0,1,2", ""])
def test_typing_nonsense_changes_nothing(
    qtbot: QtBot, slider: LatentSlider, signalled: SignalledValues, text: str
) -> None:
    slider.set_current(0.4)
    type_value(qtbot, slider, text or " ")
    assert (slider.current(), signalled.released) == (0.4, [])


def hint(widget: QWidget) -> str:
    """Text of the hint shown beside a field; "" where none is."""
    shown = widget.window().findChild(FieldHint)
    return shown.text() if isinstance(shown, FieldHint) and shown.isVisible() else ""


@pytest.mark.parametrize(("text", "value"), [("99", 1.5), ("2", 1.5), ("-1,6", -1.5)])
def test_a_typed_number_out_of_range_is_clamped_with_a_hint(
    slider: LatentSlider, signalled: SignalledValues, qtbot: QtBot, text: str, value: float
) -> None:
    type_value(qtbot, slider, text)
    assert (slider.current(), signalled.released) == (value, [value])
    assert hint(slider) == f"Set to {slider.scale.text(value)}: the range is −1.50 to +1.50."
    type_value(qtbot, slider, "0.5")
    assert hint(slider) == "", "what is typed next is another matter"


def test_text_that_is_no_number_is_refused_with_a_hint(slider: LatentSlider, qtbot: QtBot) -> None:
    type_value(qtbot, slider, "loud")
    assert hint(slider) == "“loud” is not a number; type one from −1.50 to +1.50."


def test_one_click_on_the_value_starts_typing(slider: LatentSlider, signalled: SignalledValues) -> None:
    slider.set_current(0.4)
    QTest.mouseClick(slider, LEFT, pos=slider.painter.value_rect(slider.rect()).center())
    editor = slider.findChild(ValueEditor)
    assert isinstance(editor, ValueEditor)
    QTest.keyClicks(editor, "0,7")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert (slider.current(), signalled.released) == (0.7, [0.7])


def test_a_drag_that_begins_on_the_value_moves_the_slider(slider: LatentSlider, qtbot: QtBot) -> None:
    start = slider.painter.value_rect(slider.rect()).center()
    QTest.mousePress(slider, LEFT, NONE, start)
    move(slider, start.x() - 60, NONE)
    QTest.mouseRelease(slider, LEFT, NONE, QPoint(start.x() - 60, 8))
    assert slider.current() == pytest.approx(-0.6)
    assert slider.findChild(ValueEditor) is None


def test_escape_discards_typed_text(qtbot: QtBot, slider: LatentSlider, signalled: SignalledValues) -> None:
    type_value(qtbot, slider, "0.9", Qt.Key.Key_Escape)
    assert (slider.current(), signalled.released) == (0, [])


def test_a_digit_begins_typing(qtbot: QtBot, slider: LatentSlider) -> None:
    QTest.keyClick(slider, Qt.Key.Key_0)
    editor = slider.findChild(ValueEditor)
    assert isinstance(editor, ValueEditor)
    QTest.keyClicks(editor, ".6")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert slider.current() == pytest.approx(0.6)


def test_menu_resets_and_locks(slider: LatentSlider, signalled: SignalledValues) -> None:
    locks: list[bool] = []
    slider.lock_toggled.connect(locks.append)
    slider.set_current(0.5)
    actions = {action.text(): action for action in slider.menu().actions()}
    assert list(actions) == ["Reset", "Enter value…", "Lock", "Pin among the first"]
    actions["Reset"].trigger()
    actions["Lock"].trigger()
    assert (slider.current(), slider.locked, locks) == (0, True, [True])
    assert signalled.released == [0]


def test_assistive_technology_reads_and_moves_it(slider: LatentSlider, signalled: SignalledValues) -> None:
    face = QAccessible.queryAccessibleInterface(slider)
    assert face.text(QAccessible.Text.Name) == "Brightness"
    assert face.role() == QAccessible.Role.Slider
    slider.set_current(1.2)
    assert "+1.20" in face.text(QAccessible.Text.Description)
    assert "out of range" in face.text(QAccessible.Text.Description)
    slider.setValue(30)  # what the value interface does
    assert signalled.released == [0.3]


def test_a_value_out_of_range_looks_different(slider: LatentSlider) -> None:
    slider.set_current(0.99)
    within = slider.grab().toImage()
    slider.set_current(1.2)
    caution = [color for color in colors(slider) if color == "#f2c14e"]
    assert caution
    assert slider.grab().toImage() != within


def colors(slider: LatentSlider) -> list[str]:
    image = slider.grab().toImage()
    return [image.pixelColor(x, 32).name() for x in range(image.width())]


def test_tool_tip_says_what_it_moves(slider: LatentSlider) -> None:
    assert "brighter" in slider.toolTip()
    assert "centroid" not in slider.toolTip()
    assert "±1.5" in slider.toolTip()


def test_every_descriptor_has_its_own_help_text() -> None:
    words = [effect(descriptor.id) for descriptor in DESCRIPTORS]
    assert len({*words, effect("")}) == len(DESCRIPTORS) + 1


def test_a_slider_named_by_its_ends_says_what_they_sound_like() -> None:
    axis = Axis("glass ↔ kick", "", None, -1.0, 0.0, 1.0, low_end="glass", high_end="kick")
    assert effect_of(axis) == "To the left: more like glass. To the right: more like kick."
    assert effect_of(replace(axis, high_end="")) == effect("")


def test_two_quick_clicks_on_the_lock_move_nothing(slider: LatentSlider, signalled: SignalledValues) -> None:
    locks: list[bool] = []
    slider.lock_toggled.connect(locks.append)
    slider.set_current(0.7)
    slider.set_locked(True)
    mark = slider.painter.mark_rect(slider.rect()).center()
    QTest.mouseClick(slider, LEFT, pos=mark)
    slider.painter.mark = "unlock"
    QTest.mouseDClick(slider, LEFT, pos=mark)
    assert (slider.current(), slider.locked, locks) == (0.7, True, [False, True])
    assert signalled.released == []


def track_colors(slider: LatentSlider, left: float, right: float) -> list[str]:
    """Colours of the pixels in the middle of the track between two values."""
    face, image = slider.painter, slider.grab().toImage()
    xs = range(round(face.x(slider.rect(), left)) + 3, round(face.x(slider.rect(), right)) - 3)
    return [image.pixelColor(x, face.style.track_y).name() for x in xs]


def test_the_track_can_be_seen_and_is_hatched_out_of_range(slider: LatentSlider) -> None:
    """WCAG 2, 1.4.11 and 1.4.1: 3:1 for what is needed to use it, and nothing shown by colour alone."""
    slider.setStyleSheet(f"background: {TOKENS.panel}")
    slider.set_current(0.5)
    assert all(contrast(color, TOKENS.panel) >= 3 for color in track_colors(slider, -1.0, -0.1))
    for low, high in ((-1.5, -1.0), (1.0, 1.5)):
        color_indices = [contrast(color, TOKENS.panel) for color in track_colors(slider, low, high)]
        assert max(color_indices) >= 3
        stripes = sum(before < 2 <= after for before, after in pairwise(color_indices))
        assert stripes >= 5, "stripes, not one colour"
