"""A training as the window shows it, told by a program that learns nothing: every state, every button."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.ui.learn.conftest import Stage

LEFT = Qt.MouseButton.LeftButton


def click(widget: QWidget) -> None:
    assert widget.isVisible()
    QTest.mouseClick(widget, LEFT)


def test_while_it_learns_everything_is_shown(stage: Stage) -> None:
    learning = stage.begin("run")
    panel = stage.panel
    stage.until(lambda: learning.course.seconds > 60)
    assert learning.state == "learning"
    assert stage.deeds == ["Pause", "Stop and keep", "Put aside"]
    assert panel.status.title.text() == "“Forest”"
    assert "left" in panel.status.left.text()
    assert 0.1 < panel.status.bar.fraction < 0.9
    for fact in ("epoch", "error", "best", "nats"):
        assert fact in panel.status.facts.text()
    assert "Processor · 1 core · about 905 MB of memory" in panel.status.machine.text()
    assert panel.skipped.text() == "2 files are not learned from"
    assert panel.course.demos.list.count() >= 2
    stage.until(lambda: panel.course.pictures.rebuilt.picture is not None)
    assert panel.course.curve.read_out(50).startswith("0:50 · error")


def test_paused_it_waits_and_goes_on(stage: Stage) -> None:
    learning = stage.begin("run")
    stage.until(lambda: learning.course.seconds > 20)
    click(stage.panel.deeds.buttons["pause"])
    stage.until_state("paused")
    seconds = learning.course.seconds
    assert stage.deeds == ["Go on", "Stop and keep", "Put aside"]
    click(stage.panel.deeds.buttons["go on"])
    stage.until(lambda: learning.course.seconds > seconds)
    assert learning.state == "learning"


def test_the_hint_that_little_is_learned_has_the_button_right_there(stage: Stage) -> None:
    stage.begin("plateau")
    stage.until(lambda: stage.panel.status.notice.isVisible())
    assert "Little is still being learned" in stage.panel.status.notice.sentence
    with stage.qtbot.waitSignal(stage.learning.model_ready, timeout=20_000) as ready:
        click(stage.panel.status.notice.button)
    assert ready.args == [stage.request.out]
    assert stage.learning.state == "stopped"
    assert stage.panel.status.result.text().startswith("8 sliders: ")
    assert stage.deeds == ["Play it", "Learn more…", "Train a vocoder of its own…", "New training"]
