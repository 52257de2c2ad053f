"""Pictures of a held sound without and with grain."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from distill_app.dsp.sound import Samples
from distill_app.models.model import DistillModel
from tools import hold_pictures
from tools.hold_pictures import PictureError, draw_hold, held_sounds

Sounds = list[tuple[str, Samples]]


@pytest.fixture(scope="module")
def sounds(grain_model: DistillModel) -> Iterator[Sounds]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hold_pictures, "_SECONDS", 6.0)
        yield list(held_sounds(grain_model))


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
def test_a_picture_shows_both_sounds_in_few_bytes(
    qapp: QApplication, sounds: Sounds, grain_model: DistillModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hold_pictures, "held_sounds", lambda _: sounds)
    draw_hold(grain_model, tmp_path / "a.png")
    picture = QImage(str(tmp_path / "a.png"))
    assert picture.width() > 600
    assert (tmp_path / "a.png").stat().st_size < 150_000
    for rows in (range(40, 190), range(260, 410)):
        assert len({picture.pixel(200, row) for row in rows}) > 20


def test_the_sounds_are_the_model_alone_and_its_grain(sounds: Sounds) -> None:
    (before, alone), (after, grain) = sounds
    assert (before, after) == ("built-in", "grain")
    assert len(alone) == len(grain) == 6 * 44_100
    assert np.abs(np.corrcoef(alone, grain)[0, 1]) < 0.5


def test_models_without_recordings_or_of_one_shots_are_refused(
    tiny_model: DistillModel, one_shot_model: DistillModel
) -> None:
    for model in (tiny_model, one_shot_model):
        with pytest.raises(PictureError, match="carries no recordings, or plays one-shots"):
            list(held_sounds(model))
