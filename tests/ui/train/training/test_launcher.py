"""Learning from the window: the request, the model that appears, going on after a crash, and closing meanwhile."""

import json
import os
import re
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from distill_app.project.corpora import read_corpora
from distill_app.project.project import ModelEntry
from distill_app.project.storage import ProjectFile, read_project
from distill_app.ui.app.controller import AppController
from distill_app.ui.dialogs.prompts import ConfirmDialog
from distill_app.ui.train.controller import TrainPageController
from distill_app.ui.train.project.edits import with_corpus_on, without_corpus
from distill_app.ui.train.training.duration_dialog import DurationDialog
from distill_app.ui.train.training.request_file import read_training, training_file, write_training
from distill_app.workers.training.request import TrainingOptions, TrainingRequest, VocoderRequest
from tests.ui.train import fake_training_cli


@pytest.fixture
def learn(qtbot: QtBot, playing_controller: AppController, tmp_path: Path) -> TrainPageController:
    """With two corpora, one of them switched off."""
    learn = playing_controller.train_integration.learn
    playing_controller.window.pages.show_page("Learn")
    for name in ("Wood", "Stone"):
        path = tmp_path / name / "sound.wav"
        path.parent.mkdir()
        soundfile.write(path, 0.3 * np.random.default_rng(0).standard_normal(40_000), 22_050)
        learn.recordings.add([path.parent], new_corpus=True)
    learn.document.do("leave out", lambda project: with_corpus_on(project, "Stone", False))
    qtbot.waitUntil(lambda: not learn.surveys.busy, timeout=20_000)
    return learn


def begin(learn: TrainPageController, story: str) -> TrainingRequest:
    learn.learning._program = (sys.executable, fake_training_cli.__file__, story)
    learn.page.recordings.learn.click()
    learn.page.training.plan.begin.click()
    request = learn.learning.request
    assert isinstance(request, TrainingRequest)
    return request


def test_it_learns_from_what_is_switched_on_into_the_project(learn: TrainPageController) -> None:
    assert learn.page.training.plan.title.text() == "Learn “Wood”"
    assert learn.page.training.plan.facts.text().startswith("1 file · 0:02 min")
    request = begin(learn, "stuck")
    assert learn.document.folder is not None
    assert request.out == learn.document.folder / "models" / "Wood.distillgan"
    assert [corpus.name for corpus in read_corpora(training_file(request.out))] == ["Wood"]
    assert learn.page.tab == "Training"
    assert learn.page.summary.toolTip() or learn.page.summary.text().startswith("Training: ")
    learn.learning.leave()


def test_a_model_that_is_learned_appears_in_the_project_and_plays(
    qtbot: QtBot, playing_controller: AppController, learn: TrainPageController, tiny_model_path: Path
) -> None:
    request = begin(learn, "quick")
    request.out.write_bytes(tiny_model_path.read_bytes())
    learn.learning.model_ready.emit(request.out)
    assert [row.item.text for row in learn.page.project.models.rows] == ["Wood"]
    assert learn.document.project is not None
    assert learn.document.project.models[0].corpora == ("Wood",)
    toast = playing_controller.window.toast
    assert toast.message is not None
    assert toast.message.sentence == "“Wood” is learned."
    before = playing_controller.session.request
    toast._on_action()
    assert playing_controller.window.pages.title == "Play"
    assert playing_controller.session.request is not None
    assert playing_controller.session.request.model == request.out
    playing_controller.window.undo()
    assert playing_controller.session.request == before
    learn.learning.leave()


def test_a_model_that_is_learned_while_another_project_is_open_is_listed_in_its_own(
    learn: TrainPageController, playing_controller: AppController, tiny_model_path: Path
) -> None:
    request = begin(learn, "stuck")
    first = learn.document.folder
    assert first is not None
    assert learn.document.create_named("Untitled")
    assert learn.document.folder != first
    request.out.write_bytes(tiny_model_path.read_bytes())
    learn.learning.model_ready.emit(request.out)
    assert [model.file for model in read_project(first).project.models] == [request.out]
    assert not learn.page.project.models.rows
    toast = playing_controller.window.toast
    assert toast.message is not None
    assert toast.message.kind == "done"
    with ProjectFile(first):
        learn.learning.model_ready.emit(request.out)
    assert toast.message is not None
    assert "not listed" in toast.message.sentence
    assert "another window" in toast.message.sentence
    with ProjectFile(first):
        learn.document.open(first)
        learn.learning.model_ready.emit(request.out)
        assert "another window" in toast.message.sentence, "open here, and only to be looked at"
    learn.learning.leave()


def test_the_next_model_gets_a_name_of_its_own_and_can_go_on_from_the_first(
    learn: TrainPageController, tiny_model_path: Path
) -> None:
    assert learn.document.folder is not None
    first = learn.document.folder / "models" / "Wood.distillgan"
    first.write_bytes(tiny_model_path.read_bytes())
    learn.trainings.continue_with(first)
    assert learn.page.training.plan.title.text() == "Learn “Wood 2”"
    assert "goes on from “Wood”" in learn.page.training.plan.facts.text()
    request = begin(learn, "stuck")
    assert (request.out.name, request.begin_with) == ("Wood 2.distillgan", first)
    learn.learning.leave()


def train(qtbot: QtBot, learn: TrainPageController) -> TrainingRequest:
    """To the end, in a moment."""
    learn.page.training.plan.form.minutes.show_value(0.2)
    request = begin(learn, "run")
    qtbot.waitUntil(lambda: learn.learning.state == "finished", timeout=20_000)
    return request


def turn_to(learn: TrainPageController, name: str) -> None:
    """Only this set is learned from, and it shows."""
    for corpus in learn.document.corpora:
        learn.document.do("switch", partial(with_corpus_on, name=corpus.name, wanted=corpus.name == name))
    learn.project.choose(name)


def plan_shows(learn: TrainPageController) -> bool:
    return learn.page.training.plan.isVisibleTo(learn.page.training)


def test_for_another_set_there_is_its_set_up_and_not_what_came_of_the_last_one(
    qtbot: QtBot, learn: TrainPageController
) -> None:
    train(qtbot, learn)
    panel = learn.page.training
    assert panel.status.stage.text() == "Finished"
    assert not plan_shows(learn)
    turn_to(learn, "Stone")
    learn.page.recordings.learn.click()
    assert plan_shows(learn)
    assert panel.plan.title.text() == "Learn “Stone”"
    assert panel.plan.begin.isVisibleTo(panel)
    assert panel.plan.other.sentence == "“Wood”: Finished."
    assert [row.item.text for row in learn.page.project.models.rows] == ["Wood"]
    panel.plan.other.button.click()
    assert not plan_shows(learn)
    turn_to(learn, "Wood")
    learn.page.recordings.learn.click()
    assert not plan_shows(learn), "this one is of Wood"
    turn_to(learn, "Stone")
    assert plan_shows(learn)
    request = begin(learn, "stuck")
    assert request.out.stem == "Stone"
    learn.learning.leave()
    qtbot.waitUntil(lambda: not learn.learning.running, timeout=20_000)
    assert not plan_shows(learn), "how it ended is seen where it ran"


def test_a_training_of_another_set_shows_while_it_runs(learn: TrainPageController) -> None:
    begin(learn, "stuck")
    turn_to(learn, "Stone")
    learn.page.recordings.learn.click()
    assert not plan_shows(learn)
    assert learn.page.training.status.title.text() == "“Wood”"
    learn.learning.leave()


def test_of_several_sets_the_set_up_says_which(learn: TrainPageController) -> None:
    learn.document.do("learn from", lambda project: with_corpus_on(project, "Stone", True))
    plan = learn.page.training.plan
    assert "from Wood, Stone" in plan.facts.text()
    assert plan.title.text() == "Learn “Wood and Stone”", "the project is called like the first of them"
    learn.project._rename("Forest")
    assert plan.title.text() == "Learn “Forest”"


def test_learn_on_a_set_that_is_switched_off_says_so_and_offers_to_switch_it_on(
    playing_controller: AppController, learn: TrainPageController
) -> None:
    learn.project.choose("Stone")
    learn.page.recordings.learn.click()
    message = playing_controller.window.toast.message
    assert message is not None
    assert message.sentence == "“Stone” is switched off and not learned from."
    playing_controller.window.toast._on_action()
    assert "from Wood, Stone" in learn.page.training.plan.facts.text()


def of_an_earlier_session(learn: TrainPageController, model: Path) -> TrainingRequest:
    """A copy of the model in the project, learned from Wood; nothing is known of it but what the disk says."""
    assert learn.document.folder is not None
    out = learn.document.folder / "models" / "Wood.distillgan"
    out.write_bytes(model.read_bytes())
    request = TrainingRequest(training_file(out), out)
    write_training(request, [corpus for corpus in learn.document.corpora if corpus.name == "Wood"])
    learn.document.note(lambda project: project.with_model(ModelEntry(out, ("Wood",))))
    learn.document.open(learn.document.folder)
    assert learn.learning.state == "idle"
    return request


def vocoder_line(learn: TrainPageController) -> QAction | None:
    """Trains a vocoder of its own, in the menu of the first model; None where it is not offered."""
    actions = learn.page.project.models.rows[0].more.menu().actions()
    return next((action for action in actions if action.text() == "Train a vocoder of its own…"), None)


@pytest.mark.parametrize("beside", [True, False])
def test_a_vocoder_is_trained_for_a_model_of_an_earlier_session(
    learn: TrainPageController, tiny_model_path: Path, beside: bool
) -> None:
    """The recordings that a model learned from are read from the file beside it, or else from the project."""
    request = of_an_earlier_session(learn, tiny_model_path)
    if not beside:
        training_file(request.out).unlink()
    line = vocoder_line(learn)
    assert line is not None
    line.trigger()
    dialog = learn.page.training.findChild(DurationDialog)
    assert dialog is not None
    assert learn.page.tab == "Training"
    learn.learning._program = (sys.executable, fake_training_cli.__file__, "stuck")
    dialog.confirm.click()
    assert learn.learning.request == VocoderRequest(request.out, training_file(request.out), 30.0)
    assert [corpus.name for corpus in read_corpora(training_file(request.out))] == ["Wood"]
    learn.learning.leave()


def test_no_vocoder_is_offered_where_nobody_knows_what_the_model_learned_from(
    learn: TrainPageController, tiny_model_path: Path
) -> None:
    request = of_an_earlier_session(learn, tiny_model_path)
    training_file(request.out).unlink()
    learn.document.do("remove corpus", lambda project: without_corpus(project, "Wood"))
    assert vocoder_line(learn) is None


def test_a_damaged_model_is_listed_as_damaged_and_can_only_be_shown_or_taken_out(
    learn: TrainPageController, tiny_model_path: Path
) -> None:
    request = of_an_earlier_session(learn, tiny_model_path)
    rows = learn.page.project.models.rows
    assert [act.text for act in rows[0].item.acts][:2] == ["Play this model", "Continue learning"]
    os.truncate(request.out, request.out.stat().st_size - 4)
    learn.project.show()
    assert (rows[0].item.fact, rows[0].item.caution) == ("damaged", True)
    assert [act.text for act in rows[0].item.acts] == ["Show in folder", "Take out of the list"]


def test_the_newest_model_stands_first_also_where_no_corpus_is_left(
    learn: TrainPageController, tiny_model_path: Path
) -> None:
    old = of_an_earlier_session(learn, tiny_model_path).out
    new = old.with_name("Newer.distillgan")
    new.write_bytes(old.read_bytes())
    learn.document.note(lambda project: project.with_model(ModelEntry(new)))
    for corpora in (["Wood", "Stone"], ["Stone"], []):
        assert [corpus.name for corpus in learn.document.corpora] == corpora
        learn.project.show()
        assert [row.item.text for row in learn.page.project.models.rows] == ["Newer", "Wood"]
        if corpora:
            learn.document.do("remove corpus", partial(without_corpus, name=corpora[0]))


def test_a_running_training_is_seen_from_the_play_page_and_a_click_leads_to_it(
    qtbot: QtBot, playing_controller: AppController, learn: TrainPageController
) -> None:
    begin(learn, "run")
    assert not learn.badge.isVisible(), "the page itself shows it"
    playing_controller.window.pages.show_page("Play")
    qtbot.waitUntil(lambda: learn.badge.words.text().endswith(" left"), timeout=20_000)
    assert re.fullmatch(r"Training “Wood”: [0-4]:[0-5]\d left", learn.badge.words.text())
    assert learn.badge.isVisible()
    qtbot.waitUntil(lambda: learn.badge.width() == learn.badge.sizeHint().width(), timeout=20_000)
    learn.page.show_tab("Recordings")
    learn.badge.words.click()
    assert (playing_controller.window.pages.title, learn.page.tab) == ("Learn", "Training")
    playing_controller.window.pages.show_page("Play")
    learn.learning.stop_and_keep()
    qtbot.waitUntil(lambda: not learn.learning.running, timeout=20_000)
    assert not learn.badge.isVisible()
    message = playing_controller.window.toast.message
    assert message is not None
    assert message.sentence == "“Wood” is learned."


def test_enter_on_the_button_that_starts_a_training_gives_the_keys_to_no_other_button(
    qtbot: QtBot, playing_controller: AppController, learn: TrainPageController
) -> None:
    window, start = playing_controller.window, learn.page.training.plan.begin
    qtbot.waitUntil(window.isActiveWindow)
    learn.learning._program = (sys.executable, fake_training_cli.__file__, "stuck")
    learn.page.recordings.learn.click()
    start.setFocus()
    QTest.keyClick(start, Qt.Key.Key_Return)
    assert learn.learning.running
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is window
    learn.learning.leave()


def test_a_training_that_fails_says_so_on_the_play_page(
    qtbot: QtBot, playing_controller: AppController, learn: TrainPageController
) -> None:
    begin(learn, "failed")
    playing_controller.window.pages.show_page("Play")
    qtbot.waitUntil(lambda: learn.learning.state == "failed", timeout=20_000)
    message = playing_controller.window.toast.message
    assert message is not None
    assert message.kind == "error"
    assert message.sentence.startswith("“Wood”: The disk is full")
    playing_controller.window.toast._on_action()
    assert (playing_controller.window.pages.title, learn.page.tab) == ("Learn", "Training")


def test_nothing_can_be_learned_where_all_is_switched_off(learn: TrainPageController) -> None:
    learn.recordings.choose("Wood")
    learn.recordings.learn_from([row.path for row in learn.page.recordings.model.rows], wanted=False)
    assert learn.page.training.plan.empty.isVisibleTo(learn.page.training.plan)
    assert "switched on" in learn.page.training.plan.empty.sentence.text()


def test_a_training_that_was_broken_off_is_offered_when_the_project_opens(
    qtbot: QtBot, learn: TrainPageController
) -> None:
    request = begin(learn, "run")
    qtbot.waitUntil(lambda: learn.learning.history.seconds > 20, timeout=20_000)
    learn.learning.leave()
    qtbot.waitUntil(lambda: not learn.learning.running, timeout=20_000)
    assert learn.document.folder is not None
    learn.learning.clear()
    learn.document.open(learn.document.folder)
    assert learn.learning.state == "remembered"
    assert learn.learning.request == request
    assert learn.page.summary.text() == "Training: Not finished"


@pytest.mark.parametrize(("there", "state"), [(True, "kept"), (False, "remembered")])
def test_what_was_stopped_and_kept_is_called_broken_off_only_where_its_model_is_gone(
    qtbot: QtBot, learn: TrainPageController, there: bool, state: str
) -> None:
    request = begin(learn, "run")
    qtbot.waitUntil(lambda: learn.learning.history.seconds > 20, timeout=20_000)
    learn.learning.stop_and_keep()
    qtbot.waitUntil(lambda: learn.learning.state == "stopped", timeout=20_000)
    assert learn.learning.can_learn_more
    assert request.checkpoint.is_file()
    assert learn.document.folder is not None
    if not there:
        request.out.unlink()
    learn.learning.clear()
    learn.document.open(learn.document.folder)
    assert learn.learning.state == state
    assert learn.page.summary.text() == ("Training: Stopped and kept" if there else "Training: Not finished")
    assert learn.learning.can_learn_more is there
    actions = learn.page.training.action_buttons
    assert actions.buttons["vocoder"].isVisibleTo(actions) is there
    assert actions.minimumSizeHint().width() <= 528, "the card of the narrowest window"
    assert learn.learning.resumable
    learn.learning.discard()
    assert not request.checkpoint.exists()


def test_before_the_first_steps_there_are_words_in_place_of_black_pictures(
    qtbot: QtBot, learn: TrainPageController
) -> None:
    begin(learn, "run")
    history = learn.page.training.history
    assert history.awaited.isVisible()
    assert not history.pictures.isVisible()
    assert not history.curve.isVisible()
    qtbot.waitUntil(lambda: bool(learn.learning.history.demos), timeout=20_000)
    assert not history.awaited.isVisible()
    assert history.pictures.isVisible()
    learn.learning.leave()


def test_closing_while_it_learns_asks_first(
    qtbot: QtBot, playing_controller: AppController, learn: TrainPageController
) -> None:
    begin(learn, "stuck")
    playing_controller.window.close()
    assert playing_controller.window.isVisible()
    dialog = playing_controller.window.findChild(ConfirmDialog)
    assert dialog is not None
    dialog.confirm.click()
    assert not playing_controller.window.isVisible()
    learn.learning.leave()
    qtbot.waitUntil(lambda: not learn.learning.running, timeout=20_000)


def test_a_request_comes_back_as_it_was_written(tmp_path: Path, learn: TrainPageController) -> None:
    model = tmp_path / "Bell.distillgan"
    request = TrainingRequest(training_file(model), model, 7.5, seed=3, threads=2, begin_with=tmp_path / "A.distillgan")
    write_training(request, learn.document.corpora)
    assert read_training(model) == request
    values = json.loads(training_file(model).read_text())
    training_file(model).write_text(json.dumps(values | {"training": {"minutes": "many"}}))
    assert read_training(model) is None


def test_a_wish_is_taken_from_the_form(learn: TrainPageController) -> None:
    learn.page.training.plan.form.minutes.show_value(12.0)
    assert learn.page.training.plan.form.wish == TrainingOptions(12.0, "cpu", 1)
    assert begin(learn, "stuck").minutes == 12.0
    learn.learning.leave()
