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
from distill_app.ui.app.controller import Studio
from distill_app.ui.app.settings_io import first_request, remembered
from distill_app.ui.common.window_settings import WindowMemory
from tests.ui.fakes import HandWorker


def listed(studio: Studio) -> dict[Path, str]:
    models = studio.window.play.source.models
    entries = ((models.itemData(index), models.itemText(index)) for index in range(models.count()))
    return {path: text for path, text in entries if isinstance(path, Path)}


def restarted(tmp_path: Path) -> WindowMemory:
    return WindowMemory(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def other(tiny_model: DistillModel, tmp_path: Path) -> Path:
    path = tmp_path / "other.distillgan"
    save_model(tiny_model, path)
    return path


def test_a_model_that_cannot_be_loaded_is_not_offered_again(
    playing_studio: Studio, worker: HandWorker, tmp_path: Path, other: Path
) -> None:
    playing_studio.models.open(other)
    assert other in listed(playing_studio)
    worker.fail_to_load()
    assert other not in listed(playing_studio)
    assert other not in dict(restarted(tmp_path).models(None))
    playing_studio.models.open(other)
    worker.answer()
    assert "damaged" not in listed(playing_studio)[other]


def test_a_model_that_was_damaged_while_it_plays_is_listed_as_damaged(
    playing_studio: Studio, worker: HandWorker, tiny_model_file: Path
) -> None:
    playing_studio.session.set_seconds(2.0)
    worker.fail_to_load()
    assert listed(playing_studio)[tiny_model_file] == "Tiny (damaged) — 1 sound"


def test_the_starter_plays_where_the_model_of_last_time_is_damaged(
    studio: Studio, worker: HandWorker, tmp_path: Path, tiny_model_file: Path
) -> None:
    studio.models.open(tiny_model_file)
    studio.start_rendering(worker, Settings())
    worker.fail_to_load()
    assert studio.session.request is not None
    assert studio.session.request.model == STARTER_MODEL
    assert tiny_model_file not in listed(studio)
    assert tiny_model_file not in dict(restarted(tmp_path).models(None))


def test_a_model_that_was_cut_off_behind_its_header_is_not_offered(studio: Studio, tmp_path: Path, other: Path) -> None:
    studio.models.open(other)
    os.truncate(other, other.stat().st_size - 4)
    assert other not in dict(restarted(tmp_path).models(None))


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are Unicode there")
def test_a_model_whose_name_is_no_unicode_is_opened_and_remembered(studio: Studio, tmp_path: Path, other: Path) -> None:
    path = other.rename(tmp_path / os.fsdecode(b"d\xe9j\xe0 vu.distillgan"))
    assert studio.models.open(path)
    assert path in listed(studio)
    assert path in dict(restarted(tmp_path).models(None))
    assert studio.session.request is not None
    assert studio.session.header is not None
    now = remembered(Settings(export_folder=str(path)), studio.session.request, studio.session.header, looping=True)
    save_settings(now, tmp_path / "settings.toml")
    then, complaint = load_settings(tmp_path / "settings.toml")
    assert (then, complaint) == (now, "")
    assert first_request(then).model == path
