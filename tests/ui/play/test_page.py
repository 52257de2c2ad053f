"""Columns of the Play page hold any number of panels."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from distill_app.ui.play.page import _Column


def test_a_column_stacks_its_panels_and_one_takes_the_spare_height(qtbot: QtBot) -> None:
    panels = [QWidget() for _ in range(3)]
    for panel in panels:
        panel.setMinimumHeight(40)
    column = _Column(panels, growing=panels[1])
    qtbot.addWidget(column)
    column.resize(200, 600)
    column.show()
    qtbot.waitExposed(column)
    assert [panel.y() for panel in panels] == sorted({panel.y() for panel in panels})
    assert [panel.height() for panel in (panels[0], panels[2])] == [40, 40]
    assert panels[1].height() > 400
