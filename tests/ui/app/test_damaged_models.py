"""The list of models offers none that cannot be opened, also after a restart; an unusual name is no damage."""

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from distill_app.common.paths import STARTER_MODEL
from distill_app.common.settings import Settings, load_settings, save_settings
from distill_app.models.model import DistillModel
from distill_app.models.model_file import save_model
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.settings_io import initial_request, with_sound
from distill_app.ui.common import window_settings
from distill_app.ui.common.window_settings import WindowSettings
from tests.ui.fakes import FakeRenderWorker


def listed(controller: AppController) -> dict[Path, str]:
    models = controller.window.play.source.models
    entries = ((models.itemData(index), models.itemText(index)) for index in range(models.count()))
    return {path: text for path, text in entries if isinstance(path, Path)}


def restarted(tmp_path: Path) -> WindowSettings:
    return WindowSettings(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def other(tiny_model: DistillModel, tmp_path: Path) -> Path:
    path = tmp_path / "other.distillgan"
    save_model(tiny_model, path)
    return path


def test_a_model_that_cannot_be_loaded_is_not_offered_again(
    playing_controller: AppController, worker: FakeRenderWorker, tmp_path: Path, other: Path
) -> None:
    playing_controller.models.open(other)
    assert other in listed(playing_controller)
    worker.fail_to_load()
    assert other not in listed(playing_controller)
    assert other not in dict(restarted(tmp_path).models(None))
    playing_controller.models.open(other)
    worker.answer()
    assert "damaged" not in listed(playing_controller)[other]


def test_a_model_that_was_damaged_while_it_plays_is_listed_as_damaged(
    playing_controller: AppController, worker: FakeRenderWorker, tiny_model_file: Path
) -> None:
    playing_controller.session.set_seconds(2.0)
    worker.fail_to_load()
    assert listed(playing_controller)[tiny_model_file] == "Tiny (damaged) — 1 sound"


def test_the_starter_plays_where_the_model_of_last_time_is_damaged(
    controller: AppController, worker: FakeRenderWorker, tmp_path: Path, tiny_model_file: Path
) -> None:
    controller.models.open(tiny_model_file)
    controller.start_rendering(worker, Settings())
    worker.fail_to_load()
    assert controller.session.request is not None
    assert controller.session.request.model == STARTER_MODEL
    assert tiny_model_file not in listed(controller)
    assert tiny_model_file not in dict(restarted(tmp_path).models(None))


def test_a_model_that_was_cut_off_behind_its_header_is_not_offered(
    controller: AppController, tmp_path: Path, other: Path
) -> None:
    controller.models.open(other)
    os.truncate(other, other.stat().st_size - 4)
    assert other not in dict(restarted(tmp_path).models(None))


def test_models_that_ship_are_offered_and_not_remembered(
    controller: AppController, other: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(window_settings, "starter_models", lambda: (STARTER_MODEL, other))
    controller.models.open(other)
    assert list(dict(restarted(tmp_path).models(None))) == [STARTER_MODEL, other]
    monkeypatch.undo()
    assert other not in dict(restarted(tmp_path).models(None))


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are Unicode there")
def test_a_model_whose_name_is_no_unicode_is_opened_and_remembered(
    controller: AppController, tmp_path: Path, other: Path
) -> None:
    path = other.rename(tmp_path / os.fsdecode(b"d\xe9j\xe0 vu.distillgan"))
    assert controller.models.open(path)
    assert path in listed(controller)
    assert path in dict(restarted(tmp_path).models(None))
    assert controller.session.request is not None
    assert controller.session.header is not None
    now = with_sound(
        Settings(export_folder=str(path)), controller.session.request, controller.session.header, looping=True
    )
    save_settings(now, tmp_path / "settings.toml")
    then, complaint = load_settings(tmp_path / "settings.toml")
    assert (then, complaint) == (now, "")
    assert initial_request(then).model == path
