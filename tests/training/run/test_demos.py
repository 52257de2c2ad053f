"""Demo files of a training: when they are due, what they hold, and which of them are removed."""

import errno
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from distill_app.common.safetensors_io import read_tensors
from distill_app.common.training_paths import training_folder
from distill_app.dsp.audio_file import is_made_by_distill
from distill_app.dsp.sound import Sound
from distill_app.training.run.demos import Demos, built_in_renderer
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer
from tests.training.synthetic import SMALL, factor_corpus

ORIGINAL, REBUILT = torch.full((128, 128), -3.0), torch.full((128, 128), -4.0)


def render(mel: torch.Tensor) -> Sound:
    """A constant of the mel's level."""
    return Sound(np.full((1, 100), float(mel.mean().exp()), np.float32), 44_100)


def demo_mels() -> tuple[torch.Tensor, torch.Tensor]:
    return ORIGINAL, REBUILT


@pytest.fixture
def out(tmp_path: Path) -> Path:
    training_folder(tmp_path / "a.distillgan").mkdir()
    return tmp_path / "a.distillgan"


def test_sound_and_mels_of_both_are_written(out: Path) -> None:
    demos = Demos(out, render, demo_mels)
    demos.write(45.2)
    folder = training_folder(out)
    assert {path.name for path in folder.iterdir()} == {"original.wav", "demo-00045.wav", "demo-00045.safetensors"}
    assert demos.newest == folder / "demo-00045.wav"
    levels = [float(soundfile.read(folder / name)[0].mean()) for name in ("original.wav", "demo-00045.wav")]
    assert levels == pytest.approx([np.exp(-3), np.exp(-4)], abs=1e-3)
    assert is_made_by_distill(demos.newest)
    mels = read_tensors(folder / "demo-00045.safetensors")
    assert torch.equal(mels["original"], ORIGINAL)
    assert torch.equal(mels["rebuilt"], REBUILT)


def written_by(out: Path, seconds: range) -> list[int]:
    """The seconds at which a training that looks at each of these writes demos."""
    demos, written = Demos(out, render, demo_mels), []
    for second in seconds:
        if demos.due(second, last=second == seconds[-1]):
            demos.write(second)
            written.append(second)
    return written


def test_the_first_one_comes_at_once_then_they_get_rarer_and_one_is_at_the_end(out: Path) -> None:
    written = written_by(out, range(1, 120))
    assert written[0] == 1
    assert written[-1] == 119
    assert 6 <= len(written) <= 11
    gaps = np.diff(written[:-1])
    assert (gaps[1:] >= gaps[:-1]).all()


def test_a_resumed_training_continues_its_demos(out: Path) -> None:
    first = written_by(out, range(1, 100))
    second = written_by(out, range(100, 400))
    names = {path.name for path in training_folder(out).glob("demo-*.wav")}
    assert names == {f"demo-{seconds:05}.wav" for seconds in first + second}
    assert second[0] > 130


def test_demos_of_an_earlier_training_and_of_lost_steps_are_removed(out: Path) -> None:
    written_by(out, range(1, 300))
    folder = training_folder(out)
    (folder / "original.wav").write_bytes(b"of other recordings")
    kept = {"demo-00001.wav", "demo-00001.safetensors", "demo-00006.wav", "demo-00006.safetensors", "original.wav"}
    assert not Demos(out, render, demo_mels).due(8)
    assert {path.name for path in folder.iterdir()} == kept
    assert Demos(out, render, demo_mels).due(0.5)
    assert not list(folder.iterdir())


def test_a_full_disk_is_reported_and_training_continues(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    demos = Demos(out, render, demo_mels)
    with monkeypatch.context() as patch:
        patch.setattr("safetensors.torch.save", full)
        demos.write(20)
    assert "no room on the disk" in demos.trouble
    demos.write(20)
    assert demos.trouble == ""


def test_the_built_in_vocoder_renders_a_mel() -> None:
    sound = built_in_renderer()(ORIGINAL)
    assert sound.sample_rate == 44_100
    assert sound.samples.shape == (1, 128 * 512)
    assert np.abs(sound.samples).max() > 1e-3


def test_the_demo_is_a_held_out_window_whose_error_falls() -> None:
    trainer = Trainer(factor_corpus(), TrainingConfig(epochs=20, architecture=SMALL, learning_rate=5e-3, mixed=0.0))
    original, untrained = trainer.demo_mels()
    assert -12 < float(original.min()) < float(original.max()) < 6
    for _ in trainer.run():
        pass
    again, trained = trainer.demo_mels()
    assert torch.equal(original, again)
    assert float((trained - original).abs().mean()) < 0.7 * float((untrained - original).abs().mean())
