"""The mels of a demo as pictures on the scale of the other spectrograms."""

from pathlib import Path

import numpy as np
import pytest
import torch

from distill_app.common.safetensors_io import write_tensors
from distill_app.dsp.mel import to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.ui.train.training.demo_spectrogram import demo_picture, read_demo_picture

FRAMES = 64


def mel_of(hertz: float, amplitude: float = 0.5) -> np.ndarray:
    moments = np.arange(FRAMES * DISTILL_MEL.hop) / DISTILL_MEL.sample_rate
    return to_mel((amplitude * np.sin(2 * np.pi * hertz * moments)).astype(np.float32)).numpy()


@pytest.mark.parametrize("hertz", [220.0, 440.0, 1_000.0, 3_000.0, 9_000.0])
def test_a_tone_lies_at_its_frequency(hertz: float) -> None:
    picture = demo_picture(mel_of(hertz), mel_of(hertz)).original
    row = int(picture.levels[:, FRAMES // 2].argmax())
    assert picture.frequency(row) == pytest.approx(hertz, rel=0.08)
    assert picture.seconds == pytest.approx(FRAMES * 512 / 44_100)


def test_both_use_the_scale_of_the_original() -> None:
    picture = demo_picture(mel_of(1_000), mel_of(1_000, 0.05))
    loudest, softer = float(picture.original.levels.max()), float(picture.reconstruction.levels.max())
    assert -2 < loudest <= 0, "between two bands it is a little less"
    assert loudest - softer == pytest.approx(20, abs=0.5)
    assert picture.original.levels.min() >= -90


def test_a_file_that_is_damaged_gives_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "demo-00010.safetensors"
    assert read_demo_picture(path) is None
    write_tensors(path, {"original": torch.zeros(128, 8), "rebuilt": torch.zeros(128, 8)}, "{}")
    assert read_demo_picture(path) is not None
    path.write_bytes(path.read_bytes()[:-7])
    assert read_demo_picture(path) is None
    write_tensors(path, {"original": torch.zeros(128, 8), "rebuilt": torch.zeros(128, 9)}, "{}")
    assert read_demo_picture(path) is None
