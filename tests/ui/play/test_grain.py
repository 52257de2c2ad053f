"""The grain of a model that carries recordings: slider, vocoder, settings, and what the window says of it."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from safetensors.torch import load_file, save_file

from distill_app.common.safetensors_io import METADATA_KEY, read_metadata
from distill_app.common.settings import Settings, load_settings, save_settings
from distill_app.generation.config import GenerationConfig
from distill_app.models.header import read_header
from distill_app.models.model import DistillModel
from distill_app.models.model_file import save_model
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.settings_io import initial_request, with_sound
from distill_app.ui.play.model_settings import ModelSettings
from distill_app.vocoders.built_in import BUILT_IN, GRAIN
from distill_app.vocoders.embedded.vocoder import AUTO
from distill_app.workers.rendering.messages import RenderRequest
from tests.ui.fakes import FakeRenderWorker

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def model(grain_model: DistillModel, tmp_path: Path) -> Path:
    """File of a model with recordings."""
    path = tmp_path / "grain.distillgan"
    save_model(grain_model, path)
    return path


@pytest.fixture
def carrying(playing_controller: AppController, worker: FakeRenderWorker, model: Path) -> AppController:
    """Controller that plays a model with recordings."""
    playing_controller.models.open(model)
    worker.answer()
    return playing_controller


def request(controller: AppController) -> RenderRequest:
    assert controller.session.request is not None
    return controller.session.request


def titles(controller: AppController) -> list[str]:
    controller.vocoders.refresh()
    choice = controller.window.play.source.vocoder
    return [choice.itemText(index) for index in range(choice.count())]


def sentence(controller: AppController) -> str:
    message = controller.window.toast.message
    return "" if message is None else message.sentence


def test_the_slider_is_there_for_a_model_with_recordings_only(
    playing_controller: AppController, model: Path, tiny_model_file: Path
) -> None:
    grain = playing_controller.window.play.transport.grain
    assert not grain.isVisible()
    playing_controller.models.open(model)
    assert grain.isVisible()
    assert grain.isEnabled()
    assert (grain.current(), grain.scale.text(grain.current())) == (1.0, "100 %")
    assert grain.accessibleName() == "Grain"
    assert "recordings" in grain.toolTip()
    playing_controller.models.open(tiny_model_file)
    assert not grain.isVisible()


def test_a_drag_is_one_undo_step(carrying: AppController, worker: FakeRenderWorker) -> None:
    grain, steps = carrying.window.play.transport.grain, carrying.session.history.count()
    QTest.mousePress(grain, LEFT, pos=QPoint(60, 36))
    for x in (50, 40, 30):
        QTest.mouseMove(grain, QPoint(x, 36))
    QTest.mouseRelease(grain, LEFT, pos=QPoint(30, 36))
    assert 0 < grain.current() < 1
    assert worker.requests[-1].config.grain == grain.current()
    assert carrying.session.history.count() == steps + 1
    assert carrying.session.history.undoText() == "change grain"
    carrying.window.undo()
    assert grain.current() == request(carrying).config.grain == 1.0


def test_keys_and_a_double_click_move_it(carrying: AppController) -> None:
    grain = carrying.window.play.transport.grain
    grain.setFocus()
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_Left):
        QTest.keyClick(grain, key)
    carrying.window.play.finish_gestures()
    assert request(carrying).config.grain == pytest.approx(0.45)
    QTest.mouseDClick(grain, LEFT, pos=QPoint(20, 36))
    assert request(carrying).config.grain == 1.0


def test_letting_go_plays_once(carrying: AppController, worker: FakeRenderWorker) -> None:
    carrying.window.play.transport.grain.jump(0.5)
    worker.answer()
    assert carrying.playback is not None
    assert carrying.playback.playing


@pytest.mark.parametrize("width", [928, 960, 1280])
def test_its_name_and_value_have_room_at_every_width(carrying: AppController, width: int) -> None:
    QApplication.processEvents()  # the window has been fitted to the screen of the tests
    carrying.window.resize(width, 540)
    for _ in range(3):
        QApplication.processEvents()
    transport = carrying.window.play.transport
    assert carrying.window.width() == width
    for slider in (transport.drift, transport.grain):
        assert slider.painter._name_text(slider.rect()) == slider.accessibleName()


def test_it_is_kept_with_the_model_and_a_new_model_begins_with_all_of_it(
    carrying: AppController, model: Path, tiny_model_file: Path
) -> None:
    carrying.session.set_grain(0.25)
    carrying.models.open(tiny_model_file)
    assert request(carrying).config.grain == 1.0
    carrying.models.open(model)
    assert request(carrying).config.grain == carrying.window.play.transport.grain.current() == 0.25


def test_it_survives_a_restart(model: Path, tmp_path: Path) -> None:
    asked = RenderRequest(model, GRAIN.id, GenerationConfig(sliders=(0.0, 0.0), grain=0.25))
    file = tmp_path / "settings.toml"
    save_settings(with_sound(Settings(), asked, read_header(model), looping=True), file)
    kept, sentence = load_settings(file)
    assert (initial_request(kept), sentence) == (asked, "")
    assert initial_request(replace(kept, grain=7.0)).config == GenerationConfig(endless=True)


def test_settings_of_before_there_was_grain_begin_with_all_of_it(tiny_model: DistillModel, tmp_path: Path) -> None:
    file, settings, header = tmp_path / "models.json", ModelSettings(), tiny_model.header
    settings.keep(Path("/a"), header, GenerationConfig(sliders=(0.5, 0.5), grain=0.125))
    settings.save(file)
    text = file.read_text()
    assert ModelSettings.load(file).config(Path("/a"), header).grain == 0.125
    assert text.count(', "grain": 0.125') == 1
    file.write_text(text.replace(', "grain": 0.125', ""))
    assert ModelSettings.load(file).config(Path("/a"), header) == GenerationConfig(sliders=(0.5, 0.5))


def test_a_take_without_grain_stays_without(carrying: AppController, model: Path) -> None:
    take = RenderRequest(model, AUTO, GenerationConfig(sliders=(0.5, 0.5), grain=0.0))
    carrying.session.open_sound(take, "open take")
    assert request(carrying) == take
    assert carrying.window.play.transport.grain.current() == 0.0


def test_the_selector_offers_the_recordings(carrying: AppController, tiny_model_file: Path) -> None:
    assert titles(carrying)[:3] == ["Auto", "Grain: this model's recordings", "Griffin-Lim"]
    source = carrying.window.play.source
    carrying.vocoders.choose(GRAIN.id)
    assert request(carrying).vocoder == source.vocoder.currentData() == GRAIN.id
    assert "recordings themselves" in source.vocoder.toolTip()
    assert source.facts[0] == "In the model · plays live"
    carrying.models.open(tiny_model_file)
    assert titles(carrying)[:2] == ["Auto", "Griffin-Lim"]


def test_the_card_says_what_auto_plays(carrying: AppController, tiny_model_file: Path) -> None:
    choice = carrying.window.play.source.vocoder
    assert (choice.currentText(), choice.note) == ("Auto", "Grain")
    assert "Now, and in exported files: Grain: this model's recordings" in choice.toolTip()
    carrying.models.open(tiny_model_file)
    assert choice.note == "Built-in"
    assert re.search(r"In exported files: Griffin-Lim, measured \d+ % nearer to recordings", choice.toolTip())
    carrying.vocoders.choose(BUILT_IN.id)
    assert choice.note == ""


def test_a_model_without_recordings_falls_back_to_auto_and_undo_returns(
    carrying: AppController, model: Path, tiny_model_file: Path
) -> None:
    carrying.vocoders.choose(GRAIN.id)
    carrying.models.open(tiny_model_file)
    assert request(carrying).vocoder == AUTO
    assert sentence(carrying) == "“Tiny” carries no recordings. Auto plays instead."
    carrying.window.undo()
    assert (request(carrying).model, request(carrying).vocoder) == (model, GRAIN.id)
    assert carrying.window.play.transport.grain.isVisible()


def test_a_file_that_loses_its_recordings_falls_back_to_auto(
    carrying: AppController, model: Path, tiny_model: DistillModel
) -> None:
    carrying.vocoders.choose(GRAIN.id)
    save_model(tiny_model, model)
    carrying.vocoders.refresh()
    assert request(carrying).vocoder == AUTO
    assert not carrying.window.play.transport.grain.isVisible()


def test_the_model_list_says_what_the_open_model_carries(carrying: AppController, tiny_model_file: Path) -> None:
    models = carrying.window.play.source.models
    first = models.toolTip().splitlines()[0]
    assert first.startswith("Carries 6.00 s of the recordings' sound (")
    assert first.endswith("kB), under their own licence.")
    assert models.accessibleDescription() == first
    carrying.models.open(tiny_model_file)
    assert "Carries" not in models.toolTip()


@pytest.mark.parametrize(("grain", "said"), [(0.0, True), (0.5, False)])
def test_the_status_says_that_without_grain_the_built_in_vocoder_plays(
    carrying: AppController, worker: FakeRenderWorker, grain: float, said: bool
) -> None:
    carrying.vocoders.choose(GRAIN.id)
    carrying.session.set_grain(grain)
    worker.answer()
    text = carrying.window.status.work.text()
    assert text.startswith("Rendered in 0.25 s")
    assert ("Grain is 0 %: Built-in plays" in text) == said


def test_a_damaged_description_is_said_and_the_model_plays_without(
    playing_controller: AppController, worker: FakeRenderWorker, model: Path
) -> None:
    header = json.loads(read_metadata(model)) | {"grain": {"segments": 1}}
    save_file(load_file(model), model, {METADATA_KEY: json.dumps(header)})
    playing_controller.models.open(model)
    worker.answer()
    assert not playing_controller.window.play.transport.grain.isVisible()
    assert GRAIN.title not in titles(playing_controller)
    assert playing_controller.window.play.source.vocoder.note == "Built-in"
    assert "The recordings in this file are damaged" in playing_controller.window.play.source.models.toolTip()


@pytest.fixture
def other(carrying: AppController, worker: FakeRenderWorker, model: Path, tmp_path: Path) -> Path:
    """Copy of the model, opened while the recordings of the first one play."""
    copy = Path(shutil.copy(model, tmp_path / "other.distillgan"))
    carrying.vocoders.choose(GRAIN.id)
    worker.answer()
    carrying.models.open(copy)
    return copy


def test_a_model_whose_recordings_cannot_be_played_is_played_by_auto(
    carrying: AppController, worker: FakeRenderWorker, model: Path, other: Path
) -> None:
    worker.fail("The recordings that “Tiny” carries are damaged; it plays without them.", "")
    assert (worker.requests[-1].model, worker.requests[-1].vocoder) == (other, AUTO)
    assert sentence(carrying) == "The recordings that “Tiny” carries are damaged; it plays without them."
    worker.answer()
    assert (request(carrying).model, request(carrying).vocoder) == (other, AUTO)
    carrying.window.undo()
    assert (request(carrying).model, request(carrying).vocoder) == (model, GRAIN.id)


def test_a_model_that_cannot_be_played_at_all_gives_way_to_the_one_before(
    carrying: AppController, worker: FakeRenderWorker, model: Path, other: Path
) -> None:
    worker.fail_to_load()
    worker.fail_to_load()
    assert (request(carrying).model, request(carrying).vocoder) == (model, GRAIN.id)
