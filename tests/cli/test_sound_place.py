"""`--at SOUND[@SECONDS]`: which part of the text is the file, and that the model sounds like it there."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from distill_app.cli.report import WrongUseError
from distill_app.cli.sound_place import model_at_sound, parse_place
from distill_app.models.model import DistillModel
from distill_app.models.placed import placed_at


@pytest.mark.parametrize(
    ("text", "file", "seconds"),
    [
        ("a.wav", "a.wav", 0.0),
        ("a.wav@1.5", "a.wav", 1.5),
        ("a@b.wav", "a@b.wav", 0.0),
        ("a@b.wav@2", "a@b.wav", 2.0),
        ("a.wav@", "a.wav@", 0.0),
        ("a.wav@soon", "a.wav@soon", 0.0),
    ],
)
def test_what_follows_the_last_at_is_seconds_only_if_it_is_a_number(text: str, file: str, seconds: float) -> None:
    assert parse_place(text) == (Path(file), seconds)


def test_a_file_of_the_whole_name_is_that_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wav@2"
    path.touch()
    assert parse_place(str(path)) == (path, 0.0)


def test_a_time_before_the_sound_or_after_it_is_one_sentence(tmp_path: Path, tiny_model: DistillModel) -> None:
    with pytest.raises(WrongUseError, match="from 0 up"):
        parse_place("a.wav@-1")
    soundfile.write(tmp_path / "a.wav", 0.1 * np.ones(44_100), 44_100)
    with pytest.raises(WrongUseError, match="ends before 2 s"):
        model_at_sound(tiny_model, f"{tmp_path / 'a.wav'}@2")


def test_the_model_is_placed_at_the_latent_of_the_sound(tmp_path: Path, tiny_model: DistillModel) -> None:
    time = np.arange(88_200) / 44_100
    soundfile.write(tmp_path / "a.wav", 0.1 * np.sin(2 * np.pi * 440 * time), 44_100)
    here = model_at_sound(tiny_model, str(tmp_path / "a.wav")).axes.to_latent(())
    assert not torch.allclose(here, tiny_model.axes.to_latent(()))


def test_the_sliders_move_from_the_place(tiny_model: DistillModel) -> None:
    place = torch.randn(tiny_model.vae.latent, generator=torch.Generator().manual_seed(0))
    placed = placed_at(tiny_model, place)
    torch.testing.assert_close(placed.axes.to_latent(()), place)
    moved = placed.axes.to_latent((0.5,)) - place
    torch.testing.assert_close(moved, tiny_model.axes.to_latent((0.5,)) - tiny_model.axes.to_latent(()))
