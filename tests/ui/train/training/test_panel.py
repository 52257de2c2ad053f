"""Training panel with a fake training: every state and every button."""

import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from distill_app.common.training_paths import LOCK
from distill_app.training.run.spec import EmbeddedVocoderSpec, ModelSpec, TrainingOptions
from distill_app.ui.dialogs.prompts import ConfirmDialog, DetailsDialog
from distill_app.ui.train.training.duration_dialog import DurationDialog
from distill_app.ui.train.training.form import TrainingForm
from distill_app.ui.train.training.setup_panel import TrainingSummary
from tests.ui.train import fake_training_cli
from tests.ui.train.conftest import Stage

LEFT = Qt.MouseButton.LeftButton


def click(widget: QWidget) -> None:
    assert widget.isVisible()
    QTest.mouseClick(widget, LEFT)


def test_during_training_everything_is_shown(stage: Stage) -> None:
    training = stage.begin("hold")
    panel = stage.panel
    stage.until(lambda: training.history.seconds > 60)
    assert training.state == "training"
    assert stage.actions == ["Pause", "Finish now", "Save and stop"]
    assert panel.status.title.text() == "“Forest”"
    assert "left" in panel.status.left.text()
    assert 0.1 < panel.status.bar.fraction < 0.9
    for fact in ("epoch", "error", "best", "loss"):
        assert fact in panel.status.facts.text()
    assert "Processor · 1 core · about 905 MB of memory" in panel.status.machine.text()
    assert panel.status.skipped.text() == "2 files skipped"
    assert panel.history.demos.list.count() >= 2
    stage.until(lambda: panel.history.pictures.reconstruction.picture is not None)
    assert panel.history.curve.read_out(50).startswith("0:50 · error")


def test_of_a_model_the_facts_say_in_words_what_it_has_come_to(stage: Stage) -> None:
    stage.begin("first")
    stage.until(lambda: stage.training.history.seconds > 90)
    facts = stage.panel.status.facts.text()
    for fact in ("20 recordings, 1:15 min", "1:14 min of sound in the model", "% better than the first model"):
        assert fact in facts
    assert "loss" not in facts


def test_a_paused_training_waits_and_resumes(stage: Stage) -> None:
    training = stage.begin("hold")
    stage.until(lambda: training.history.seconds > 20)
    click(stage.panel.action_buttons.buttons["pause"])
    stage.until_state("paused")
    seconds = training.history.seconds
    assert stage.actions == ["Resume", "Finish now", "Save and stop"]
    click(stage.panel.action_buttons.buttons["continue"])
    stage.until(lambda: training.history.seconds > seconds)
    assert training.state == "training"


def test_the_plateau_hint_has_the_button_to_finish(stage: Stage) -> None:
    stage.begin("plateau")
    stage.until(lambda: stage.panel.status.notice.isVisible())
    assert "hardly improves" in stage.panel.status.notice.sentence
    with stage.qtbot.waitSignal(stage.training.model_ready, timeout=60_000) as ready:
        click(stage.panel.status.notice.button)
    assert ready.args == [stage.spec.out]
    assert stage.training.state == "stopped"
    assert stage.panel.status.result.text().startswith("8 sliders: ")
    assert stage.actions == ["Open in Play", "Train longer…", "Fine-tune vocoder…", "New training"]


def test_on_a_small_screen_the_pictures_scroll_and_the_buttons_stay(stage: Stage) -> None:
    """A window of 928 × 440 leaves 560 × 324 pixels."""
    panel = stage.panel
    stage.begin("hold")
    stage.until(lambda: panel.history.pictures.isVisible())
    assert panel.minimumSizeHint().width() <= 560
    assert panel.minimumSizeHint().height() <= 324
    panel.resize(560, 324)
    stage.until(lambda: panel._pictures.verticalScrollBar().maximum() > 0)
    for button in panel.action_buttons.buttons.values():
        if button.isVisible():
            assert panel.rect().contains(QRect(button.mapTo(panel, QPoint()), button.size()))


def test_a_stopped_training_shows_it_until_the_analysis_ends(stage: Stage) -> None:
    training = stage.begin("held analysis")
    stage.until(lambda: training.history.seconds > 20)
    click(stage.panel.action_buttons.buttons["stop"])
    assert stage.panel.status.stage.toolTip() or "Finishing" in stage.panel.status.stage.text()
    assert stage.actions == []
    stage.until_state("analysing")
    assert "Analysing: slider" in stage.panel.status.stage.text()
    assert stage.actions == ["Pause", "Save and stop"]
    (stage.spec.checkpoint.parent / "go").touch()
    stage.until_state("stopped")
    assert training.resumable
    assert not stage.panel.status.bar.isVisible()


def test_a_finished_training_has_a_model_to_play(stage: Stage) -> None:
    stage.spec = replace(stage.spec, minutes=0.5)
    stage.begin("run")
    stage.until_state("finished")
    assert "validation error" in stage.panel.status.facts.text()
    with stage.qtbot.waitSignal(stage.panel.open_asked, timeout=60_000) as asked:
        click(stage.panel.action_buttons.buttons["play"])
    assert asked.args == [stage.spec.out]
    click(stage.panel.action_buttons.buttons["new"])
    assert stage.panel.setup.isVisible()


def test_a_suspended_training_resumes(stage: Stage) -> None:
    training = stage.begin("run")
    stage.until(lambda: training.history.seconds > 100)
    click(stage.panel.action_buttons.buttons["suspend"])
    stage.until_state("suspended")
    assert "you can resume at any time" in stage.panel.status.notice.sentence
    assert stage.actions == ["Resume", "Discard…", "New training"]
    left = training.history.errors.points[-1][0]
    click(stage.panel.action_buttons.buttons["resume"])
    assert training.spec == replace(stage.spec, resume=True)
    stage.until(lambda: training.history.errors.points[-1][0] > left)
    assert training.history.errors.points[0][0] < 10


def test_suspending_during_the_analysis_loses_nothing(stage: Stage) -> None:
    stage.spec = replace(stage.spec, minutes=0.5)
    stage.begin("analysing")
    stage.until_state("analysing")
    click(stage.panel.action_buttons.buttons["suspend"])
    stage.until_state("suspended")
    assert "you can resume at any time" in stage.panel.status.notice.sentence


def test_cancelling_while_it_reads_leaves_nothing(stage: Stage) -> None:
    stage.begin("stuck")
    assert stage.actions == ["Cancel"]
    click(stage.panel.action_buttons.buttons["cancel"])
    stage.until_state("suspended")
    assert "No model was written" in stage.panel.status.notice.sentence
    assert stage.actions == ["Try again", "New training"]


def test_a_failure_is_one_sentence_and_can_be_retried(stage: Stage) -> None:
    stage.begin("failed")
    stage.until_state("failed")
    assert stage.panel.status.notice.sentence == "The disk is full; free some space or choose another place."
    assert stage.actions == ["Try again", "New training"]
    stage.training._program = (sys.executable, fake_training_cli.__file__, "run")
    click(stage.panel.action_buttons.buttons["retry"])
    stage.until(lambda: stage.training.history.seconds > 0)


def test_command_line_options_are_left_out_of_messages(stage: Stage) -> None:
    stage.begin("others")
    stage.until_state("failed")
    assert stage.panel.status.notice.sentence == "The recordings are others; put them back, or start anew."


def test_a_crashed_training_resumes_from_its_checkpoint(stage: Stage) -> None:
    training = stage.begin("died")
    stage.until_state("died")
    assert "you can resume from there" in stage.panel.status.notice.sentence
    assert stage.actions == ["Resume", "Discard…"]
    click(stage.panel.action_buttons.buttons["resume"])
    assert training.running
    assert training.history.losses.points[-1][0] <= training.history.seconds <= 105


def test_a_missing_program_is_reported(stage: Stage) -> None:
    stage.training._program = ("/nowhere/distill",)
    stage.training.start(stage.spec)
    assert stage.training.state == "failed"
    assert "cannot be started" in stage.panel.status.notice.sentence


def test_a_full_disk_at_a_checkpoint_is_a_warning_during_training(stage: Stage) -> None:
    training = stage.begin("trouble")
    stage.until(lambda: stage.panel.status.trouble.isVisible())
    assert stage.panel.status.trouble.sentence == fake_training_cli.TROUBLE
    assert training.state == "training"


def test_a_crashed_training_is_offered_and_discarded_after_confirmation(stage: Stage) -> None:
    stage.begin("died")
    stage.until_state("died")
    stage.training.clear()
    assert stage.training.remember(stage.spec)
    panel = stage.panel
    assert "Interrupted at 1:42" in panel.status.notice.sentence
    assert panel.history.demos.list.count() == 3
    assert panel.history.curve.isVisible()
    click(panel.action_buttons.buttons["discard"])
    dialog = panel.findChild(ConfirmDialog)
    assert dialog is not None
    click(dialog.cancel)
    assert stage.spec.checkpoint.is_file()
    click(panel.action_buttons.buttons["discard"])
    click([each for each in panel.findChildren(ConfirmDialog) if each.isVisible()][-1].confirm)
    assert not stage.spec.checkpoint.parent.exists()
    assert stage.training.state == "idle"
    assert not stage.training.remember(stage.spec)


def test_a_training_of_another_window_is_not_discarded(stage: Stage) -> None:
    stage.begin("died")
    stage.until_state("died")
    with (
        FileLock(stage.spec.checkpoint.with_name(LOCK)),
        stage.qtbot.waitSignal(stage.training.notified, timeout=60_000) as notified,
    ):
        stage.training.discard()
    assert "another window" in notified.args[0].sentence
    assert stage.spec.checkpoint.is_file()


def test_a_stopped_training_can_be_continued(stage: Stage) -> None:
    training = stage.begin("run")
    stage.until(lambda: training.history.seconds >= 30)
    training.finish_now()
    stage.until_state("stopped")
    learned = training.history.seconds
    click(stage.panel.action_buttons.buttons["extend"])
    dialog = stage.panel.findChild(DurationDialog)
    assert dialog is not None
    dialog.form.minutes.setValue(10)
    dialog.form.cores.addItem("9 cores", 9)
    dialog.form.cores.show_data(9)
    click(dialog.confirm)
    assert isinstance(training.spec, ModelSpec)
    assert training.spec.resume
    assert training.spec.threads == 9
    assert training.spec.minutes == pytest.approx(10 + learned / 60)


def test_a_finished_training_can_be_continued_from_its_model(stage: Stage) -> None:
    stage.spec = replace(stage.spec, minutes=0.2)
    training = stage.begin("run")
    stage.until_state("finished")
    training.extend(TrainingOptions(3.0))
    assert training.spec == replace(stage.spec, begin_with=stage.spec.out, minutes=3)


def test_a_vocoder_is_fine_tuned_in_the_same_panel(stage: Stage) -> None:
    stage.spec = replace(stage.spec, minutes=0.2)
    training = stage.begin("run")
    stage.until_state("finished")
    click(stage.panel.action_buttons.buttons["vocoder"])
    dialog = stage.panel.findChild(DurationDialog)
    assert dialog is not None
    QTest.keyClick(dialog.form.minutes, Qt.Key.Key_Return)
    assert training.spec == EmbeddedVocoderSpec(stage.spec.corpora, stage.spec.out, 30.0)
    assert not stage.panel.history.demos.list.demos
    assert not stage.panel.history.pictures.isVisible(), "a vocoder makes no demos, and black pictures say nothing"
    assert stage.panel.status.title.text() == "A vocoder for “Forest”"
    stage.until(lambda: training.history.seconds > 10)
    training.finish_now()
    stage.until_state("stopped")
    assert stage.panel.status.result.text() == "8.1 % nearer than built-in. Auto uses it."


def test_a_demo_is_played_and_compared_with_the_keys(stage: Stage) -> None:
    training = stage.begin("hold")
    stage.until(lambda: len(training.history.demos) == 3)
    training.pause()
    stage.until_state("paused")
    demos, folder = stage.panel.history.demos, stage.spec.checkpoint.parent
    asked: list[Path] = []
    training.play_asked.connect(asked.append)
    demos.list.setFocus()
    QTest.keyClick(demos.list, Qt.Key.Key_Down)
    QTest.keyClick(demos.list, Qt.Key.Key_Return)
    training.show_playing(asked[-1])
    assert demos.play.text() == "Stop"
    for key in (Qt.Key.Key_A, Qt.Key.Key_B):
        QTest.keyClick(demos.list, key)
    assert asked == [folder / "demo-00050.wav", folder / "original.wav", folder / "demo-00050.wav"]
    QTest.keyClick(demos.list, Qt.Key.Key_Down)
    assert asked[-1] == folder / "demo-00010.wav"
    with stage.qtbot.waitSignal(training.silence_asked, timeout=60_000):
        click(demos.play)


def test_the_newest_demo_is_selected_until_the_user_selects_another(stage: Stage) -> None:
    training = stage.begin("run")
    demos = stage.panel.history.demos.list
    stage.until(lambda: len(training.history.demos) == 2)
    assert demos.demo == training.history.demos[1]
    demos.setCurrentRow(1)
    stage.until(lambda: len(training.history.demos) == 3)
    assert demos.demo == training.history.demos[0]


def test_the_recordings_sound_is_kept_unless_the_user_says_no(stage: Stage) -> None:
    panel, box = stage.panel, stage.panel.setup.form.grain
    assert box.isVisibleTo(panel.setup)
    assert box.isChecked()
    assert "licence" in box.toolTip()
    box.click()
    with stage.qtbot.waitSignal(panel.begin_asked, timeout=60_000) as asked:
        click(panel.setup.begin)
    assert asked.args[0].grain is False


def test_a_longer_training_does_not_ask_for_the_recordings_sound_again(qtbot: QtBot) -> None:
    form = TrainingForm(TrainingOptions(5.0))
    qtbot.addWidget(form)
    form.show()
    assert not form.grain.isVisibleTo(form)


def test_the_user_sets_the_duration_before_the_start(stage: Stage) -> None:
    panel = stage.panel
    panel.setup.form.minutes.setValue(3)
    stage.until(lambda: "memory" in panel.setup.estimate.text())
    stage.until(lambda: "3:10 min" in panel.setup.estimate.text())
    with stage.qtbot.waitSignal(panel.begin_asked, timeout=60_000) as asked:
        click(panel.setup.begin)
    assert asked.args == [TrainingOptions(3.0)]
    panel.show_summary(TrainingSummary(obstacle="Drop a folder of your recordings here.", button="Add recordings…"))
    with stage.qtbot.waitSignal(panel.help_asked, timeout=60_000):
        click(panel.setup.empty.button)


def test_skipped_files_are_listed_in_full(stage: Stage) -> None:
    training = stage.begin("hold")
    stage.until(lambda: training.history.seconds > 0)
    click(stage.panel.status.skipped)
    dialog = stage.panel.findChild(DetailsDialog)
    assert dialog is not None
    assert "“b.wav” is shorter than 10 ms." in dialog.report.toPlainText()
    dialog.reject()


def test_a_flood_of_lines_reaches_the_window_four_times_a_second(stage: Stage) -> None:
    training = stage.begin("flood")
    stage.until(lambda: training.history.seconds > 5)
    shown: list[float] = []
    training.changed.connect(lambda: shown.append(time.monotonic()))
    begun = time.monotonic()
    stage.qtbot.wait(1500)
    assert len(shown) <= 4 * (time.monotonic() - begun) + 1


def test_a_second_training_is_refused(stage: Stage) -> None:
    training = stage.begin("run")
    with stage.qtbot.waitSignal(training.notified, timeout=60_000) as notified:
        training.start(stage.spec)
    assert "is running" in notified.args[0].sentence


def test_closing_the_window_suspends_the_training(stage: Stage) -> None:
    training = stage.begin("hold")
    stage.until(lambda: training.history.seconds > 20)
    assert training._run is not None
    process = training._run.process
    training.close()
    assert process.wait(60)
    assert stage.spec.checkpoint.is_file()


@pytest.mark.parametrize("word", ["Pause", "Resume"])
def test_the_focus_stays_where_the_button_was(stage: Stage, word: str) -> None:
    training = stage.begin("run")
    stage.panel.activateWindow()
    stage.until(lambda: training.history.seconds > 10)
    button = stage.panel.action_buttons.buttons["pause"]
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    stage.until_state("paused")
    assert stage.panel.action_buttons.buttons["continue"].hasFocus()
    if word == "Resume":
        QTest.keyClick(stage.panel.action_buttons.buttons["continue"], Qt.Key.Key_Return)
        stage.until_state("training")
        assert button.hasFocus()
