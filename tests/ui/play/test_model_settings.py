"""Length, seed, drift, mode, sliders and loop are stored per model, and a new model starts with the defaults."""

from pathlib import Path

import pytest

from distill_app.generation.config import GenerationConfig
from distill_app.models.model import DistillModel
from distill_app.models.model_file import save_model
from distill_app.ui.app.controller import AppController
from distill_app.ui.play.model_settings import ModelSettings


@pytest.fixture
def other(tiny_model: DistillModel, tmp_path: Path) -> Path:
    path = tmp_path / "other.distillgan"
    save_model(tiny_model, path)
    return path


def change_everything(controller: AppController) -> GenerationConfig:
    session = controller.session
    session.set_slider(0, 0.5)
    session.set_tone("pitch", 7 / 12)
    session.set_seconds(9.0)
    session.set_seed(77)
    session.set_drift(0.4)
    session.set_mode("crossfade")
    controller.set_looping(False)
    return session.config


def test_a_new_model_has_the_defaults_and_the_old_one_its_settings(
    playing_controller: AppController, other: Path, tiny_model_file: Path
) -> None:
    left = change_everything(playing_controller)
    playing_controller.models.open(other)
    session, transport = playing_controller.session, playing_controller.window.play.transport
    assert session.config == GenerationConfig(sliders=(0.0, 0.0), endless=True)
    assert (transport.seconds.text(), transport.seed.value(), transport.drift.current()) == ("∞", 0, 0.0)
    assert playing_controller.looping
    assert transport.loop.isChecked()
    assert playing_controller.playback is not None
    assert playing_controller.playback.player.looping
    session.set_seed(5)
    playing_controller.models.open(tiny_model_file)
    assert (session.config, playing_controller.looping, transport.loop.isChecked()) == (left, False, False)
    playing_controller.models.open(other)
    assert (session.config.seed, playing_controller.looping) == (5, True)


def test_undo_restores_the_first_model_with_its_settings(playing_controller: AppController, other: Path) -> None:
    left = change_everything(playing_controller)
    playing_controller.models.open(other)
    playing_controller.window.undo()
    assert (playing_controller.session.config, playing_controller.looping) == (left, False)
    playing_controller.window.play.picture.redo.click()
    assert (playing_controller.session.config.seconds, playing_controller.looping) == (4.0, True)


def test_a_model_trained_again_keeps_its_length_and_resets_changed_sliders(tiny_model: DistillModel) -> None:
    from dataclasses import replace

    settings, header = ModelSettings(), tiny_model.header
    settings.keep(Path("/m"), header, GenerationConfig(sliders=(0.5, 0.5), seconds=7))
    assert settings.config(Path("/m"), header).sliders == (0.5, 0.5)
    renamed = replace(header, axes=tuple(replace(axis, name=f"{axis.name} 2") for axis in header.axes))
    assert settings.config(Path("/m"), renamed) == GenerationConfig(seconds=7)


def test_settings_survive_a_restart_and_damaged_entries_are_skipped(tiny_model: DistillModel, tmp_path: Path) -> None:
    file, header = tmp_path / "models.json", tiny_model.header
    settings, config = ModelSettings(), GenerationConfig(sliders=(0.5, -1.0), seconds=7, seed=3, drift=0.25)
    settings.keep(Path("/a"), header, config)
    settings.keep_looping(Path("/a"), header, looping=False)
    settings.keep(Path("/b"), header, config)
    settings.save(file)
    again = ModelSettings.load(file)
    assert (again.config(Path("/a"), header), again.looping(Path("/a"))) == (config, False)
    file.write_text(file.read_text().replace('"seconds": 7', '"seconds": 7e9', 1))
    assert ModelSettings.load(file).config(Path("/a"), header) == GenerationConfig(endless=True)
    assert ModelSettings.load(file).config(Path("/b"), header) == config
    file.write_text("[]")
    assert ModelSettings.load(file).config(Path("/b"), header) == GenerationConfig(endless=True)
