"""`distill share`."""

from pathlib import Path

import pytest

from distill_app.models.header import read_header
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model, save_model
from tests.cli.conftest import Distill


@pytest.fixture
def grain_file(grain_model: DistillModel, tmp_path: Path) -> Path:
    save_model(grain_model, tmp_path / "grain.distillgan")
    return tmp_path / "grain.distillgan"


def test_a_copy_has_no_recordings(distill: Distill, grain_file: Path, tmp_path: Path) -> None:
    outcome = distill("share", grain_file, tmp_path / "copy.distillgan", "--json")
    assert outcome.status == 0
    assert outcome.values["grain"] is None
    assert read_header(tmp_path / "copy.distillgan").grain is None
    assert {file.name for file in read_header(tmp_path / "copy.distillgan").corpus} == {""}
    assert load_model(grain_file).grain is not None


def test_recordings_go_along_where_asked(distill: Distill, grain_file: Path, tmp_path: Path) -> None:
    outcome = distill("share", grain_file, tmp_path / "copy.distillgan", "--with-recordings")
    assert "3 recordings" in outcome.out
    assert "licence" in outcome.out
    assert read_header(tmp_path / "copy.distillgan") == read_header(grain_file)


def test_nothing_is_replaced_unasked(distill: Distill, grain_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.distillgan"
    other.write_bytes(b"mine")
    assert distill("share", grain_file, other).status != 0
    assert other.read_bytes() == b"mine"
    assert distill("share", grain_file, other, "--overwrite").status == 0


def test_a_model_is_not_its_own_copy(distill: Distill, grain_file: Path) -> None:
    outcome = distill("share", grain_file, grain_file, "--overwrite")
    assert outcome.status == 2
    assert load_model(grain_file).grain is not None


def test_a_wrong_name_or_model_is_refused(distill: Distill, grain_file: Path, tmp_path: Path) -> None:
    assert distill("share", grain_file, tmp_path / "copy.wav").status == 2
    assert distill("share", tmp_path / "none.distillgan", tmp_path / "copy.distillgan").status == 1
