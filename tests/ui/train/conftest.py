"""A fake training and the panel that shows it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.spec import ModelSpec
from distill_app.ui.train.training import error_plot  # noqa: F401 - imported before a test, which then need not wait
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.panel import TrainingPanel
from distill_app.ui.train.training.setup_panel import TrainingSummary
from tests.ui.train import fake_training_cli

WAIT_MS_MAX = 60_000
Start = Callable[[str], TrainingController]


class Stage:
    """Training panel with a fake training of any scenario."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.training = TrainingController()
        self.panel = TrainingPanel(self.training)
        self.panel.show_summary(TrainingSummary("Forest", ("20 recordings",), 75.0, ""))
        self.spec = ModelSpec((CorpusSpec.of(folder),), folder / "Forest.distillgan", minutes=fake_training_cli.MINUTES)
        qtbot.addWidget(self.panel)
        self.panel.resize(848, 640)
        self.panel.show()

    def begin(self, scenario: str) -> TrainingController:
        self.training._program = (sys.executable, fake_training_cli.__file__, scenario)
        self.training.start(self.spec)
        return self.training

    def until(self, holds: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(holds()), timeout=WAIT_MS_MAX)

    def until_state(self, *states: str) -> None:
        self.until(lambda: self.training.state in states)

    @property
    def actions(self) -> list[str]:
        """Texts of the visible buttons."""
        return [button.text() for button in self.panel.action_buttons.buttons.values() if button.isVisible()]

    def close(self) -> None:
        self.panel.close_threads()
        run = self.training._run
        self.training.close()
        if run is not None:
            run.process.cancel()
            assert run.process.wait(60)


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(qtbot, tmp_path)
    yield stage
    stage.close()
