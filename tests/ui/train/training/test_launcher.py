"""Training from the window: its specification, the new model, resuming after a crash, and closing meanwhile."""

import json
import os
import re
import sys
from dataclasses import replace
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

from distill_app.models.model_file import load_model, save_model
from distill_app.project.corpora import read_corpora
from distill_app.project.project import ModelEntry
from distill_app.project.storage import ProjectFile, read_project
from distill_app.training.run.spec import GRAIN_MINUTES, EmbeddedVocoderSpec, ModelSpec, TrainingOptions
from distill_app.ui.app.controller import AppController
from distill_app.ui.dialogs.prompts import ConfirmDialog
from distill_app.ui.train.controller import TrainPageController
from distill_app.ui.train.page import RECORDINGS, TRAINING
from distill_app.ui.train.project.edits import with_corpus_on, without_corpus
from distill_app.ui.train.training.duration_dialog import DurationDialog
from distill_app.ui.train.training.request_file import read_spec, training_file, write_spec
from tests.ui.train import fake_training_cli


@pytest.fixture
def train_page(qtbot: QtBot, playing_controller: AppController, tmp_path: Path) -> TrainPageController:
    """With two corpora, one of them switched off."""
    train_page = playing_controller.train_integration.train_page
    playing_controller.window.pages.show_page("train")
    for name in ("Wood", "Stone"):
        path = tmp_path / name / "sound.wav"
        path.parent.mkdir()
        soundfile.write(path, 0.3 * np.random.default_rng(0).standard_normal(40_000), 22_050)
        train_page.recordings.add([path.parent], new_corpus=True)
    train_page.document.apply("leave out", lambda project: with_corpus_on(project, "Stone", False))
    qtbot.waitUntil(lambda: not train_page.surveys.busy, timeout=60_000)
    return train_page


def begin(train_page: TrainPageController, story: str) -> ModelSpec:
    train_page.training._program = (sys.executable, fake_training_cli.__file__, story)
    train_page.page.recordings.train.click()
    train_page.page.training.setup.begin.click()
    spec = train_page.training.spec
    assert isinstance(spec, ModelSpec)
    return spec


def test_it_trains_on_the_enabled_sets_into_the_project(train_page: TrainPageController) -> None:
    assert train_page.page.training.setup.title.text() == "Train “Wood”"
    assert train_page.page.training.setup.facts.text().startswith("1 file · 0:02 min")
    spec = begin(train_page, "stuck")
    assert train_page.document.folder is not None
    assert spec.out == train_page.document.folder / "models" / "Wood.distillgan"
    assert [corpus.name for corpus in read_corpora(training_file(spec.out))] == ["Wood"]
    assert train_page.page.tab == TRAINING
    assert train_page.page.summary.toolTip() or train_page.page.summary.text().startswith("“Wood”: ")
    train_page.training.suspend()


def test_a_trained_model_is_listed_in_the_project_and_plays(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController, tiny_model_path: Path
) -> None:
    spec = begin(train_page, "quick")
    spec.out.write_bytes(tiny_model_path.read_bytes())
    train_page.training.model_ready.emit(spec.out)
    assert [row.item.text for row in train_page.page.project.models.rows] == ["Wood"]
    assert train_page.document.project is not None
    assert train_page.document.project.models[0].corpora == ("Wood",)
    toast = playing_controller.window.toast
    assert toast.message is not None
    assert toast.message.sentence == "“Wood” is trained."
    before = playing_controller.session.request
    toast._on_action()
    assert playing_controller.window.pages.current == "play"
    assert playing_controller.session.request is not None
    assert playing_controller.session.request.model == spec.out
    playing_controller.window.undo()
    assert playing_controller.session.request == before
    train_page.training.suspend()


def wait_for_first_model(qtbot: QtBot, train_page: TrainPageController) -> ModelSpec:
    """Begins a training, and returns once its first model is there and it holds."""
    with qtbot.waitSignal(train_page.first_model_written, timeout=60_000):
        return begin(train_page, "first")


def test_the_first_model_is_listed_and_opens_where_the_user_waits_for_it(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController
) -> None:
    spec = wait_for_first_model(qtbot, train_page)
    assert train_page.training.running
    assert [row.item.text for row in train_page.page.project.models.rows] == ["Wood"]
    assert playing_controller.window.pages.current == "play"
    assert playing_controller.session.request is not None
    assert playing_controller.session.request.model == spec.out
    message = playing_controller.window.toast.message
    assert message is not None
    assert message.sentence == "“Wood” can be played now; the training goes on."
    train_page.training.suspend()


@pytest.mark.parametrize("where", ["another page", "another tab", "a sound plays"])
def test_the_first_model_is_only_offered_where_the_user_does_something_else(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController, where: str
) -> None:
    if where == "a sound plays":
        playing_controller.playback.toggle()  # type: ignore[union-attr]
    else:
        train_page.launcher.begun.connect(
            lambda: (
                playing_controller.window.pages.show_page("play")
                if where == "another page"
                else train_page.page.show_tab(RECORDINGS)
            )
        )
    before, page = playing_controller.session.request, "play" if where == "another page" else "train"
    spec = wait_for_first_model(qtbot, train_page)
    assert playing_controller.session.request == before
    assert playing_controller.window.pages.current == page
    playing_controller.window.toast._on_action()
    assert playing_controller.session.request is not None
    assert playing_controller.session.request.model == spec.out
    train_page.training.suspend()


def test_the_refined_model_takes_the_place_of_the_first_one_and_no_slider_moves(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController
) -> None:
    spec = wait_for_first_model(qtbot, train_page)
    session = playing_controller.session
    session.set_slider(0, 0.7)
    before = session.request
    model = load_model(spec.out)
    axes = (replace(model.axes.axes[0], name="Another"), *model.axes.axes[1:])
    save_model(model.with_axes(replace(model.axes, axes=axes)), spec.out)
    train_page.training.model_ready.emit(spec.out)
    assert session.request == before
    assert session.header is not None
    assert session.header.axes[0].name == "Another"
    slider = playing_controller.window.play.slider_panel.sliders[0]
    assert (slider.accessibleName(), slider.current()) == ("Another", 0.7)
    train_page.page.training.open_asked.emit(spec.out)
    assert session.request == before, "to look at it again moves nothing either"
    train_page.training.suspend()


def test_a_training_ends_by_itself(train_page: TrainPageController) -> None:
    setup = train_page.page.training.setup
    assert setup.form.ends_early.isVisibleTo(setup)
    assert "at most 2:10 min" in setup.estimate.text()
    spec = begin(train_page, "stuck")
    assert spec.ends_early
    stored = read_spec(spec.out)
    assert stored is not None
    assert stored.ends_early
    train_page.training.suspend()


def test_a_time_that_the_user_has_chosen_is_kept_to(train_page: TrainPageController) -> None:
    train_page.page.recordings.train.click()
    setup = train_page.page.training.setup
    setup.form.minutes.setValue(3)
    setup.form.flush()
    assert setup.form.options.minutes == 3
    assert not setup.form.options.ends_early
    assert "A model in about 3:10 min" in setup.estimate.text()


def test_a_model_trained_while_another_project_is_open_is_listed_in_its_own(
    train_page: TrainPageController, playing_controller: AppController, tiny_model_path: Path
) -> None:
    spec = begin(train_page, "stuck")
    first = train_page.document.folder
    assert first is not None
    assert train_page.document.create_named("Untitled")
    assert train_page.document.folder != first
    spec.out.write_bytes(tiny_model_path.read_bytes())
    train_page.training.model_ready.emit(spec.out)
    assert [model.file for model in read_project(first).project.models] == [spec.out]
    assert not train_page.page.project.models.rows
    toast = playing_controller.window.toast
    assert toast.message is not None
    assert toast.message.kind == "done"
    with ProjectFile(first):
        train_page.training.model_ready.emit(spec.out)
    assert toast.message is not None
    assert "not in the list" in toast.message.sentence
    assert "another window" in toast.message.sentence
    with ProjectFile(first):
        train_page.document.open(first)
        train_page.training.model_ready.emit(spec.out)
        assert "another window" in toast.message.sentence, "open here, and only to be looked at"
    train_page.training.suspend()


def test_the_next_model_gets_another_name_and_can_continue_the_first(
    train_page: TrainPageController, tiny_model_path: Path
) -> None:
    assert train_page.document.folder is not None
    first = train_page.document.folder / "models" / "Wood.distillgan"
    first.write_bytes(tiny_model_path.read_bytes())
    train_page.launcher.continue_with(first)
    assert train_page.page.training.setup.title.text() == "Train “Wood 2”"
    assert "continues “Wood”" in train_page.page.training.setup.facts.text()
    spec = begin(train_page, "stuck")
    assert (spec.out.name, spec.begin_with) == ("Wood 2.distillgan", first)
    train_page.training.suspend()


def train(qtbot: QtBot, train_page: TrainPageController) -> ModelSpec:
    """To the end, in a moment."""
    train_page.page.training.setup.form.minutes.show_value(0.2)
    spec = begin(train_page, "run")
    qtbot.waitUntil(lambda: train_page.training.state == "finished", timeout=60_000)
    return spec


@pytest.mark.parametrize(("checked", "minutes"), [(True, GRAIN_MINUTES), (False, 0.0)])
def test_the_recordings_sound_is_kept_as_the_user_chose(
    train_page: TrainPageController, checked: bool, minutes: float
) -> None:
    train_page.page.training.setup.form.grain.setChecked(checked)
    assert begin(train_page, "stuck").grain_minutes == minutes
    train_page.training.suspend()


def turn_to(train_page: TrainPageController, name: str) -> None:
    """Enables this set only, and selects it."""
    for corpus in train_page.document.corpora:
        train_page.document.apply("switch", partial(with_corpus_on, name=corpus.name, on=corpus.name == name))
    train_page.project.choose(name)


def plan_shows(train_page: TrainPageController) -> bool:
    return train_page.page.training.setup.isVisibleTo(train_page.page.training)


def test_another_set_shows_its_setup_instead_of_the_last_result(qtbot: QtBot, train_page: TrainPageController) -> None:
    train(qtbot, train_page)
    panel = train_page.page.training
    assert panel.status.stage.text() == "Finished"
    assert not plan_shows(train_page)
    turn_to(train_page, "Stone")
    train_page.page.recordings.train.click()
    assert plan_shows(train_page)
    assert panel.setup.title.text() == "Train “Stone”"
    assert panel.setup.begin.isVisibleTo(panel)
    assert panel.setup.other.sentence == "“Wood”: Finished."
    assert [row.item.text for row in train_page.page.project.models.rows] == ["Wood"]
    panel.setup.other.button.click()
    assert not plan_shows(train_page)
    turn_to(train_page, "Wood")
    train_page.page.recordings.train.click()
    assert not plan_shows(train_page), "this one is of Wood"
    turn_to(train_page, "Stone")
    assert plan_shows(train_page)
    spec = begin(train_page, "stuck")
    assert spec.out.stem == "Stone"
    train_page.training.suspend()
    qtbot.waitUntil(lambda: not train_page.training.running, timeout=60_000)
    assert not plan_shows(train_page), "how it ended is seen where it ran"


def test_a_running_training_of_another_set_is_shown(train_page: TrainPageController) -> None:
    begin(train_page, "stuck")
    turn_to(train_page, "Stone")
    train_page.page.recordings.train.click()
    assert not plan_shows(train_page)
    assert train_page.page.training.status.title.text() == "“Wood”"
    train_page.training.suspend()


def test_the_setup_names_the_sets(train_page: TrainPageController) -> None:
    train_page.document.apply("learn from", lambda project: with_corpus_on(project, "Stone", True))
    setup = train_page.page.training.setup
    assert "from Wood, Stone" in setup.facts.text()
    assert setup.title.text() == "Train “Wood and Stone”", "the project is called like the first of them"
    train_page.project._rename("Forest")
    assert setup.title.text() == "Train “Forest”"


def test_train_on_a_disabled_set_offers_to_enable_it(
    playing_controller: AppController, train_page: TrainPageController
) -> None:
    train_page.project.choose("Stone")
    train_page.page.recordings.train.click()
    message = playing_controller.window.toast.message
    assert message is not None
    assert message.sentence == "“Stone” is switched off; the training leaves it out."
    playing_controller.window.toast._on_action()
    assert "from Wood, Stone" in train_page.page.training.setup.facts.text()


def earlier_model(train_page: TrainPageController, model: Path) -> ModelSpec:
    """Model file in the project that was trained on Wood before this start of the program."""
    assert train_page.document.folder is not None
    out = train_page.document.folder / "models" / "Wood.distillgan"
    out.write_bytes(model.read_bytes())
    corpora = tuple(corpus for corpus in train_page.document.corpora if corpus.name == "Wood")
    spec = ModelSpec(corpora, out)
    write_spec(spec)
    train_page.document.apply_without_undo(lambda project: project.with_model(ModelEntry(out, ("Wood",))))
    train_page.document.open(train_page.document.folder)
    assert train_page.training.state == "idle"
    return spec


def vocoder_line(train_page: TrainPageController) -> QAction | None:
    """The menu entry that fine-tunes a vocoder, in the menu of the first model; None where it is not offered."""
    actions = train_page.page.project.models.rows[0].more.menu().actions()
    return next((action for action in actions if action.text() == "Fine-tune vocoder…"), None)


@pytest.mark.parametrize("beside", [True, False])
def test_a_vocoder_is_trained_for_a_model_of_an_earlier_start(
    train_page: TrainPageController, tiny_model_path: Path, beside: bool
) -> None:
    """The recordings of a model are read from the file beside it, or else from the project."""
    spec = earlier_model(train_page, tiny_model_path)
    if not beside:
        training_file(spec.out).unlink()
    line = vocoder_line(train_page)
    assert line is not None
    line.trigger()
    dialog = train_page.page.training.findChild(DurationDialog)
    assert dialog is not None
    assert train_page.page.tab == TRAINING
    train_page.training._program = (sys.executable, fake_training_cli.__file__, "stuck")
    dialog.confirm.click()
    assert train_page.training.spec == EmbeddedVocoderSpec(spec.corpora, spec.out, 30.0)
    assert [corpus.name for corpus in read_corpora(training_file(spec.out))] == ["Wood"]
    train_page.training.suspend()


def test_no_vocoder_training_is_offered_for_unknown_recordings(
    train_page: TrainPageController, tiny_model_path: Path
) -> None:
    spec = earlier_model(train_page, tiny_model_path)
    training_file(spec.out).unlink()
    train_page.document.apply("remove sound set", lambda project: without_corpus(project, "Wood"))
    assert vocoder_line(train_page) is None


def test_a_damaged_model_can_only_be_shown_or_removed(train_page: TrainPageController, tiny_model_path: Path) -> None:
    spec = earlier_model(train_page, tiny_model_path)
    rows = train_page.page.project.models.rows
    assert [act.text for act in rows[0].item.actions][:2] == ["Play this model", "Continue training"]
    os.truncate(spec.out, spec.out.stat().st_size - 4)
    train_page.project.show()
    assert (rows[0].item.fact, rows[0].item.caution) == ("damaged", True)
    assert [act.text for act in rows[0].item.actions] == ["Show in folder", "Remove from project"]


def test_the_newest_model_is_first_also_without_any_set(train_page: TrainPageController, tiny_model_path: Path) -> None:
    old = earlier_model(train_page, tiny_model_path).out
    new = old.with_name("Newer.distillgan")
    new.write_bytes(old.read_bytes())
    train_page.document.apply_without_undo(lambda project: project.with_model(ModelEntry(new)))
    for corpora in (["Wood", "Stone"], ["Stone"], []):
        assert [corpus.name for corpus in train_page.document.corpora] == corpora
        train_page.project.show()
        assert [row.item.text for row in train_page.page.project.models.rows] == ["Newer", "Wood"]
        if corpora:
            train_page.document.apply("remove sound set", partial(without_corpus, name=corpora[0]))


def test_the_play_page_shows_a_running_training_and_links_to_it(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController
) -> None:
    begin(train_page, "run")
    assert not train_page.badge.isVisible(), "the page itself shows it"
    playing_controller.window.pages.show_page("play")
    qtbot.waitUntil(lambda: train_page.badge.button.text().endswith(" left"), timeout=60_000)
    assert re.fullmatch(r"Training “Wood”: at most [0-4]:[0-5]\d left", train_page.badge.button.text())
    assert train_page.badge.isVisible()
    qtbot.waitUntil(lambda: train_page.badge.width() == train_page.badge.sizeHint().width(), timeout=60_000)
    train_page.page.show_tab(RECORDINGS)
    train_page.badge.button.click()
    assert (playing_controller.window.pages.current, train_page.page.tab) == ("train", TRAINING)
    playing_controller.window.pages.show_page("play")
    train_page.training.finish_now()
    qtbot.waitUntil(lambda: not train_page.training.running, timeout=60_000)
    assert not train_page.badge.isVisible()
    message = playing_controller.window.toast.message
    assert message is not None
    assert message.sentence == "“Wood” is trained."


def test_enter_on_start_training_moves_the_focus_to_no_button(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController
) -> None:
    window, start = playing_controller.window, train_page.page.training.setup.begin
    qtbot.waitUntil(window.isActiveWindow, timeout=60_000)
    train_page.training._program = (sys.executable, fake_training_cli.__file__, "stuck")
    train_page.page.recordings.train.click()
    start.setFocus()
    QTest.keyClick(start, Qt.Key.Key_Return)
    assert train_page.training.running
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is window
    train_page.training.suspend()


def test_the_play_page_reports_a_failed_training(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController
) -> None:
    begin(train_page, "failed")
    playing_controller.window.pages.show_page("play")
    qtbot.waitUntil(lambda: train_page.training.state == "failed", timeout=60_000)
    message = playing_controller.window.toast.message
    assert message is not None
    assert message.kind == "error"
    assert message.sentence.startswith("“Wood”: The disk is full")
    playing_controller.window.toast._on_action()
    assert (playing_controller.window.pages.current, train_page.page.tab) == ("train", TRAINING)


def test_no_training_starts_where_every_set_is_disabled(train_page: TrainPageController) -> None:
    train_page.recordings.choose("Wood")
    train_page.recordings.set_included([row.path for row in train_page.page.recordings.model.rows], included=False)
    assert train_page.page.training.setup.empty.isVisibleTo(train_page.page.training.setup)
    assert "switched on" in train_page.page.training.setup.empty.sentence.text()


def test_an_interrupted_training_is_offered_when_the_project_opens(
    qtbot: QtBot, train_page: TrainPageController
) -> None:
    spec = begin(train_page, "run")
    qtbot.waitUntil(lambda: train_page.training.history.seconds > 20, timeout=60_000)
    train_page.training.suspend()
    qtbot.waitUntil(lambda: not train_page.training.running, timeout=60_000)
    assert train_page.document.folder is not None
    train_page.training.clear()
    train_page.document.open(train_page.document.folder)
    assert train_page.training.state == "interrupted"
    assert train_page.training.spec == spec
    assert train_page.page.summary.text() == "“Wood”: Interrupted"


@pytest.mark.parametrize(("there", "state"), [(True, "stopped_saved"), (False, "interrupted")])
def test_a_saved_training_is_interrupted_only_without_its_model(
    qtbot: QtBot, train_page: TrainPageController, there: bool, state: str
) -> None:
    spec = begin(train_page, "run")
    qtbot.waitUntil(lambda: train_page.training.history.seconds > 20, timeout=60_000)
    train_page.training.finish_now()
    qtbot.waitUntil(lambda: train_page.training.state == "stopped", timeout=60_000)
    assert train_page.training.can_extend
    assert spec.checkpoint.is_file()
    assert train_page.document.folder is not None
    if not there:
        spec.out.unlink()
    train_page.training.clear()
    train_page.document.open(train_page.document.folder)
    assert train_page.training.state == state
    assert train_page.page.summary.text() == ("“Wood”: Finished early" if there else "“Wood”: Interrupted")
    assert train_page.training.can_extend is there
    actions = train_page.page.training.action_buttons
    assert actions.buttons["vocoder"].isVisibleTo(actions) is there
    assert actions.minimumSizeHint().width() <= 528, "the card of the narrowest window"
    assert train_page.training.resumable
    train_page.training.discard()
    assert not spec.checkpoint.exists()


def test_before_the_first_steps_there_is_text_in_place_of_pictures(
    qtbot: QtBot, train_page: TrainPageController
) -> None:
    begin(train_page, "run")
    history = train_page.page.training.history
    assert history.placeholder.isVisible()
    assert not history.pictures.isVisible()
    assert not history.curve.isVisible()
    qtbot.waitUntil(lambda: bool(train_page.training.history.demos), timeout=60_000)
    assert not history.placeholder.isVisible()
    assert history.pictures.isVisible()
    train_page.training.suspend()


def test_closing_during_training_asks_first(
    qtbot: QtBot, playing_controller: AppController, train_page: TrainPageController
) -> None:
    begin(train_page, "stuck")
    playing_controller.window.close()
    assert playing_controller.window.isVisible()
    dialog = playing_controller.window.findChild(ConfirmDialog)
    assert dialog is not None
    dialog.confirm.click()
    assert not playing_controller.window.isVisible()
    train_page.training.suspend()
    qtbot.waitUntil(lambda: not train_page.training.running, timeout=60_000)


def test_a_specification_is_read_as_it_was_written(tmp_path: Path, train_page: TrainPageController) -> None:
    model = tmp_path / "Bell.distillgan"
    base = tmp_path / "A.distillgan"
    corpora = tuple(train_page.document.corpora)
    spec = ModelSpec(corpora, model, 7.5, seed=3, threads=2, name="Bell", begin_with=base, demos=True)
    write_spec(spec)
    assert read_spec(model) == spec
    values = json.loads(training_file(model).read_text())
    training_file(model).write_text(json.dumps(values | {"training": {"minutes": "many"}}))
    assert read_spec(model) is None


def test_options_are_read_from_the_form(train_page: TrainPageController) -> None:
    train_page.page.training.setup.form.minutes.show_value(12.0)
    assert train_page.page.training.setup.form.options == TrainingOptions(12.0, "cpu", 1, ends_early=True)
    assert begin(train_page, "stuck").minutes == 12.0
    train_page.training.suspend()
