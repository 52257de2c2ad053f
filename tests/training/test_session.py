"""A folder becomes a model file, also where the hand or the disk ends it early."""

import errno
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from distill_app.dsp.sound import Sound
from distill_app.errors import CorpusError, ModelFileError
from distill_app.models.file import load_model
from distill_app.models.model import DistillModel
from distill_app.training.config import TrainingConfig
from distill_app.training.session import Session, SessionProgress, train_model
from tests.training.synthetic import SMALL

CONFIG = TrainingConfig(epochs=6, architecture=SMALL, learning_rate=5e-3)


def ear(model: DistillModel, sliders: tuple[float, ...]) -> Sound:
    """A sound whose level is that of the decoded mel: quick, and moved by every slider."""
    level = float(model.decode(model.axes.to_latent(sliders)[None]).mean())
    return Sound(np.full((1, 4000), np.exp(level / 3), np.float32), 44_100)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "My sounds"
    folder.mkdir()
    time = np.arange(3 * 44_100) / 44_100
    for number in range(4):
        wave = 0.3 * np.sin(2 * np.pi * 150 * (number + 1) * time) * np.exp(-number * time)
        soundfile.write(folder / f"{number}.wav", wave, 44_100)
    (folder / "notes.txt").write_text("not a sound")
    return folder


def finished(session: Session, at: Callable[[SessionProgress], None] = lambda _: None) -> DistillModel:
    while True:
        try:
            at(next(session))
        except StopIteration as end:
            return end.value


def test_a_folder_becomes_a_model_file_that_says_where_it_comes_from(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.distillgan"
    seen: list[SessionProgress] = []
    finished(train_model(folder, out, CONFIG, ear), seen.append)
    assert list(dict.fromkeys(p.stage for p in seen)) == ["scan", "train", "analyse", "save"]
    header = load_model(out).header
    assert header.name == "My sounds"
    assert [(file.name, file.seconds) for file in header.corpus] == [(f"{n}.wav", 3.0) for n in range(4)]
    assert header.training.keys() >= {
        "seconds",
        "epochs",
        "seed",
        "beta",
        "held_out_error_db",
        "held_out_r2",
        "windows",
    }
    assert header.training["epochs"] == 6
    assert str(tmp_path) not in header.to_json()
    assert header.axes


def test_skipped_files_are_told(folder: Path, tmp_path: Path) -> None:
    seen: list[SessionProgress] = []
    finished(train_model(folder, tmp_path / "a.distillgan", CONFIG, ear), seen.append)
    assert {skipped.name for progress in seen for skipped in progress.skipped} == {"notes.txt"}


def test_the_same_epochs_and_seed_write_the_same_network(folder: Path, tmp_path: Path) -> None:
    models = [finished(train_model(folder, tmp_path / f"{n}.distillgan", CONFIG, ear)) for n in range(2)]
    latent = models[0].axes.to_latent([0.5])
    assert models[0].decode(latent[None]).equal(models[1].decode(models[1].axes.to_latent([0.5])[None]))


LONG = TrainingConfig(minutes=60, architecture=SMALL, evaluation_seconds=0.1)


def train_until_learning(session: Session) -> None:
    while (progress := next(session)).training is None or progress.training.step < 3:
        pass


def test_asked_to_stop_it_saves_an_analysed_model(folder: Path, tmp_path: Path) -> None:
    stop: list[bool] = []
    session = train_model(folder, tmp_path / "a.distillgan", LONG, ear, should_stop=lambda: bool(stop))
    train_until_learning(session)
    stop.append(True)
    assert finished(session).header.axes == load_model(tmp_path / "a.distillgan").header.axes


def test_interrupted_it_saves_an_analysed_model(folder: Path, tmp_path: Path) -> None:
    session = train_model(folder, tmp_path / "a.distillgan", LONG, ear)
    train_until_learning(session)
    session.throw(KeyboardInterrupt())
    finished(session)
    assert load_model(tmp_path / "a.distillgan").header.axes


def test_closed_it_saves_an_analysed_model(folder: Path, tmp_path: Path) -> None:
    session = train_model(folder, tmp_path / "a.distillgan", LONG, ear)
    train_until_learning(session)
    session.close()
    assert load_model(tmp_path / "a.distillgan").header.axes


def test_interrupted_while_reading_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    session = train_model(folder, tmp_path / "a.distillgan", LONG, ear)
    next(session)
    with pytest.raises(KeyboardInterrupt):
        session.throw(KeyboardInterrupt())
    assert not (tmp_path / "a.distillgan").exists()


def test_a_full_disk_is_one_sentence_and_the_old_model_stays(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a.distillgan"
    out.write_bytes(b"the old model")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("safetensors.torch.save", full)
    with pytest.raises(ModelFileError, match="no room on the disk"):
        finished(train_model(folder, out, CONFIG, ear))
    assert out.read_bytes() == b"the old model"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["My sounds", "a.distillgan"]


def test_an_empty_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no recordings"):
        finished(train_model(tmp_path, tmp_path / "a.distillgan", CONFIG, ear))


def test_one_file_of_a_fifth_of_a_second_is_enough(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "hit.wav", np.random.default_rng(0).normal(0, 0.1, 8_900), 44_100)
    model = finished(train_model(tmp_path, tmp_path / "a.distillgan", CONFIG, ear))
    assert len(model.axes.axes) >= 1
