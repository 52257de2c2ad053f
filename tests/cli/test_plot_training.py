"""The plot of a training log shows its figures."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from distill_app.cli.plot_training import Panel, draw_curves

PANELS = (Panel("Loss", "loss"), Panel("Mel", "mel", "held_out_mel"), Panel("Nothing", "nothing"))
LINE, DOT = "#3070c0", "#d06020"


def places(path: Path, colour: str) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the pixels that have nearly this colour."""
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    wanted = np.array([QColor(colour).red(), QColor(colour).green(), QColor(colour).blue()])
    down, right = np.nonzero(np.abs(pixels[..., :3].astype(int) - wanted).max(axis=2) < 40)
    return down, right


def test_there_is_a_panel_per_figure_and_dots_for_validation(qtbot: QtBot, tmp_path: Path) -> None:
    rows = [{"hours": 0.1 * step, "loss": 3.0 - 0.1 * step, "mel": 1.0 / (step + 1)} for step in range(20)]
    draw_curves(rows, PANELS, tmp_path / "alone.png")
    draw_curves([*rows, {"hours": 1.0, "held_out_mel": 0.5}], PANELS, tmp_path / "both.png")
    for name, dots in (("alone", 0), ("both", 1)):
        image, lines = QImage(str(tmp_path / f"{name}.png")), places(tmp_path / f"{name}.png", LINE)[0]
        assert (image.width(), image.height()) == (1_000, 400)
        assert min(lines) < 200 < max(lines)
        assert (len(places(tmp_path / f"{name}.png", DOT)[0]) > 0) == dots
    assert all(places(tmp_path / "both.png", DOT)[0] > 200)


def test_a_dot_lies_at_its_hour_and_value(qtbot: QtBot, tmp_path: Path) -> None:
    rows = [{"hours": float(hours), "held_out_mel": 1.0 + hours} for hours in (0, 1, 2)]
    draw_curves(rows, PANELS, tmp_path / "dots.png")
    down, right = places(tmp_path / "dots.png", DOT)
    parts = [right < 300, (right >= 300) & (right < 700), right >= 700]
    across = np.diff([right[part].mean() for part in parts])
    up = -np.diff([down[part].mean() for part in parts])
    assert across == pytest.approx(across.mean(), abs=1.5)
    assert across.mean() > 400
    assert up == pytest.approx(up.mean(), abs=1.5)
    assert up.mean() > 40


def test_the_first_steps_do_not_press_the_rest_flat(qtbot: QtBot, tmp_path: Path) -> None:
    rows = [{"hours": 0.1 * step, "loss": 1_000.0 if step == 0 else 1.0 + step % 2} for step in range(100)]
    draw_curves(rows, PANELS, tmp_path / "spike.png")
    down, right = places(tmp_path / "spike.png", LINE)
    assert np.ptp(down[right > 200]) > 80
    assert max(right) > 900


def test_validation_values_are_shown_however_high(qtbot: QtBot, tmp_path: Path) -> None:
    rows = [{"hours": 0.1 * step, "mel": 1.0} for step in range(100)]
    draw_curves([*rows, {"hours": 5.0, "held_out_mel": 50.0}], PANELS, tmp_path / "high.png")
    assert max(places(tmp_path / "high.png", DOT)[0]) < min(places(tmp_path / "high.png", LINE)[0]) - 80


def test_hours_are_hours_however_short_the_training(qtbot: QtBot, tmp_path: Path) -> None:
    for name, hours in (("short", 0.4), ("long", 400.0)):
        draw_curves([{"hours": share * hours, "loss": 1.0} for share in (0.0, 1.0)], PANELS, tmp_path / f"{name}.png")
    numbers = [QImage(str(tmp_path / f"{name}.png")).copy(0, 0, 1_000, 175) for name in ("short", "long")]
    assert numbers[0] != numbers[1]  # they differ in nothing else


def test_an_empty_and_a_constant_log_can_be_plotted(qtbot: QtBot, tmp_path: Path) -> None:
    draw_curves([], PANELS, tmp_path / "empty.png")
    draw_curves([{"hours": 0.0, "loss": 1.0}] * 2, PANELS, tmp_path / "still.png")
    assert not QImage(str(tmp_path / "empty.png")).isNull()
    assert not QImage(str(tmp_path / "still.png")).isNull()


def test_figures_that_are_not_finite_are_skipped(qtbot: QtBot, tmp_path: Path) -> None:
    bad = [{"hours": 0.1, "loss": float("nan"), "held_out_mel": float("nan")}, {"hours": float("inf"), "loss": 1.0}]
    draw_curves(bad, PANELS, tmp_path / "none.png")
    draw_curves([*bad, {"hours": 0.2, "held_out_mel": 0.5}], PANELS, tmp_path / "one.png")
    assert not len(places(tmp_path / "none.png", DOT)[0])
    assert len(places(tmp_path / "one.png", DOT)[0])


def test_a_folder_that_is_not_there_is_an_oserror(qtbot: QtBot, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        draw_curves([{"hours": 1.0, "loss": 1.0}], PANELS, tmp_path / "nowhere" / "log.png")


CODE = """
import sys
from pathlib import Path
from distill_app.cli.plot_training import Panel, draw_curves
assert "pyqtgraph" not in sys.modules
rows = [{"hours": 0.1 * step, "loss": 1.0 / (step + 1)} for step in range(9)]
draw_curves(rows, [Panel("Loss", "loss")], Path(sys.argv[1]))
"""


def test_plotting_needs_no_display(tmp_path: Path) -> None:
    screens = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    environment = {name: value for name, value in os.environ.items() if name not in screens}
    command = [sys.executable, "-W", "error", "-c", CODE, str(tmp_path / "log.png")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(places(tmp_path / "log.png", LINE)[0]) > 500
