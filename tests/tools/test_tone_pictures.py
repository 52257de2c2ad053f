"""Pictures of each tone slider at its ends."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from distill_app.models.model import DistillModel
from distill_app.tone.tone import TONE_CONTROLS
from tools import tone_pictures
from tools.picture_sheet import draw_sheet


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
def test_each_slider_has_three_pictures_of_which_the_middle_ones_are_alike(
    qapp: QApplication, grain_model: DistillModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tone_pictures, "_SECONDS", 0.5)
    pictures = tone_pictures.tone_pictures(grain_model)
    assert len(pictures) == 3 * len(TONE_CONTROLS)
    levels = {title: picture.levels for title, picture in pictures.items()}
    assert np.array_equal(levels["Air +0"], levels["Warmth +0"])
    assert not np.array_equal(levels["Air +1"], levels["Air +0"])
    draw_sheet(pictures, tmp_path / "tone.png", 90, 40, 3)
    assert QImage(str(tmp_path / "tone.png")).height() > 40 * len(TONE_CONTROLS)
