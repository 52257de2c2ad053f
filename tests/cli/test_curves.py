"""The picture of a log shows its figures."""

from pathlib import Path

from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from distill_app.cli.curves import Panel, draw_curves

PANELS = (Panel("Loss", "loss"), Panel("Mel", "mel", "held_out_mel"), Panel("Nothing", "nothing"))


def colours(path: Path) -> set[str]:
    image = QImage(str(path))
    return {QColor(image.pixel(x, y)).name() for x in range(0, image.width()) for y in range(0, image.height(), 3)}


def test_a_panel_per_figure_that_there_is_and_dots_for_what_is_held_out(qtbot: QtBot, tmp_path: Path) -> None:
    rows = [{"hours": 0.1 * step, "loss": 3.0 - 0.1 * step, "mel": 1.0 / (step + 1)} for step in range(20)]
    draw_curves(rows, PANELS, tmp_path / "alone.png")
    draw_curves([*rows, {"hours": 1.0, "held_out_mel": 0.5}], PANELS, tmp_path / "both.png")
    sizes = [QImage(str(tmp_path / f"{name}.png")).height() for name in ("alone", "both")]
    assert sizes == [380, 380]
    assert "#d06020" in colours(tmp_path / "both.png")
    assert "#d06020" not in colours(tmp_path / "alone.png")


def test_an_empty_log_and_one_that_never_moves_are_pictures_too(qtbot: QtBot, tmp_path: Path) -> None:
    draw_curves([], PANELS, tmp_path / "empty.png")
    draw_curves([{"hours": 0.0, "loss": 1.0}] * 2, PANELS, tmp_path / "still.png")
    assert not QImage(str(tmp_path / "empty.png")).isNull()
    assert not QImage(str(tmp_path / "still.png")).isNull()
