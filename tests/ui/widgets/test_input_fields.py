"""Number fields accept a decimal comma in every locale, and show a hint where they correct what was typed."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from distill_app.ui.play.number_fields import SecondsSpinBox, SeedSpinBox
from distill_app.ui.train.training.minutes_field import MinutesSpinBox
from distill_app.ui.widgets.field_hint import FieldHint
from distill_app.ui.widgets.input_fields import NumberField
from distill_app.ui.widgets.volume_control import VOLUME

LEFT = Qt.MouseButton.LeftButton
FIELDS = {"length": SecondsSpinBox, "seed": SeedSpinBox, "minutes": MinutesSpinBox}


@pytest.fixture(params=["de_DE", "en_US", "fr_FR", "ar_EG"])
def country(request: pytest.FixtureRequest) -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield
    QLocale.setDefault(before)


class Form(QWidget):
    """Every kind of field, and the edits it signalled."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, NumberField] = {name: kind() for name, kind in FIELDS.items()}
        self.edits: list[float] = []
        column = QVBoxLayout(self)
        for field in self.fields.values():
            column.addWidget(field)
            field.edited.connect(self.edits.append)  # type: ignore[attr-defined]
        column.addStretch()

    @property
    def hint(self) -> str:
        shown = self.findChild(FieldHint)
        return shown.text() if isinstance(shown, FieldHint) and shown.isVisible() else ""


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    form = Form()
    form.resize(400, 300)
    qtbot.addWidget(form)
    form.show()
    qtbot.waitExposed(form)
    form.activateWindow()
    return form


def type_over(field: NumberField, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    """Clicks a field and types."""
    field.clearFocus()
    QTest.mouseClick(field.lineEdit(), LEFT, pos=QPoint(12, 8))
    QTest.keyClicks(field, text)
    QTest.keyClick(field, end)


@pytest.mark.parametrize("text", ["2,5", "2.5", "2,5 ", "2,50"])
@pytest.mark.parametrize(("name", "shown"), [("length", "2.50 s"), ("minutes", "2.5 min")])
@pytest.mark.usefixtures("country")
def test_comma_and_point_are_one(form: Form, name: str, shown: str, text: str) -> None:
    type_over(form.fields[name], text)
    assert form.edits == [2.5]
    assert (form.fields[name].text(), form.hint) == (shown, "")


@pytest.mark.parametrize(
    ("name", "text", "value", "shown"),
    [
        ("length", "1.234,5", 600.0, "Set to 600.00 s: the range is 0.10 s to 600.00 s."),
        ("length", "1,234.5", 600.0, "Set to 600.00 s: the range is 0.10 s to 600.00 s."),
        ("length", "0,01", 0.1, "Set to 0.10 s: the range is 0.10 s to 600.00 s."),
        ("length", "-3", 0.1, "Set to 0.10 s: the range is 0.10 s to 600.00 s."),
        ("seed", "9999999999", 999_999_999, "Set to 999999999: the range is 0 to 999999999."),
        ("minutes", "0", 0.1, "Set to 0.1 min: the range is 0.1 min to 10080.0 min."),
    ],
)
def test_a_value_out_of_range_is_clamped_with_a_hint(
    form: Form, name: str, text: str, value: float, shown: str
) -> None:
    form.fields[name].show_value(7)
    type_over(form.fields[name], text)
    assert form.edits == [value]
    assert form.hint == shown


@pytest.mark.parametrize(
    ("name", "text"), [("length", "1.2.3"), ("length", "1,2,3"), ("seed", "2,5"), ("seed", "1,234")]
)
def test_an_ambiguous_number_changes_nothing_with_a_hint(form: Form, name: str, text: str) -> None:
    field = form.fields[name]
    field.show_value(7)
    before = field.text()
    type_over(field, text)
    assert (field.text(), form.edits) == (before, [])
    assert form.hint.startswith(f"“{text}”")


def test_leaving_the_field_reads_it_as_enter_does(form: Form) -> None:
    form.fields["length"].show_value(7)
    type_over(form.fields["length"], "2,5", Qt.Key.Key_Tab)
    assert form.edits == [2.5]
    type_over(form.fields["length"], "900", Qt.Key.Key_Tab)
    assert form.edits == [2.5, 600.0]
    assert form.hint


def test_a_hint_lies_within_the_window_and_hides_on_typing(form: Form) -> None:
    field = form.fields["length"]
    type_over(field, "900")
    shown = form.findChild(FieldHint)
    assert isinstance(shown, FieldHint)
    assert form.rect().contains(shown.geometry())
    assert not shown.geometry().intersects(field.geometry())
    field.selectAll()
    QTest.keyClicks(field, "5")
    assert form.hint == ""


def test_a_second_click_puts_the_caret_where_it_is(form: Form) -> None:
    line = form.fields["length"].lineEdit()
    QTest.mouseClick(line, LEFT, pos=QPoint(12, 8))
    assert line.hasSelectedText()
    QTest.mouseClick(line, LEFT, pos=QPoint(12, 8))
    assert not line.hasSelectedText()


@pytest.mark.parametrize("x", [12, 60])
def test_a_double_click_on_the_number_or_its_unit_selects_the_number_to_type_another(form: Form, x: int) -> None:
    field = form.fields["minutes"]
    field.show_value(7)
    QTest.mouseClick(field.lineEdit(), LEFT, pos=QPoint(x, 8))
    QTest.mouseDClick(field.lineEdit(), LEFT, pos=QPoint(x, 8))
    QTest.keyClicks(field, "0,3")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (form.edits, form.hint) == ([0.3], "")


def test_a_hint_hides_with_its_field(form: Form) -> None:
    field = form.fields["length"]
    type_over(field, "900")
    assert form.hint
    form.fields["seed"].hide()
    assert form.hint
    field.hide()
    assert form.hint == ""


@pytest.mark.parametrize(
    ("text", "position", "hint"),
    [("-6,0", 10 ** (-6 / 60), ""), ("−18 dB", 10 ** (-18 / 60), ""), ("−∞", 0.0, ""), ("3", 1.0, "Set to 0.0 dB")],
)
def test_the_volume_reads_decibels(text: str, position: float, hint: str) -> None:
    typed = VOLUME.read(text)
    assert typed.value == pytest.approx(position)
    assert typed.hint.startswith(hint)
    assert bool(typed.hint) == bool(hint)
