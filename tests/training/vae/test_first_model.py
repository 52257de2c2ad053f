"""The first model is written before the network learns, with the sliders of the refined one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from distill_app.common.errors import CorpusError, ModelFileError
from distill_app.common.training_paths import training_folder
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model
from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.control import Control
from distill_app.training.run.runner import Training, TrainingSuspendedError
from distill_app.training.run.spec import ModelSpec
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae import first_model, pca_init
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.train import train_model
from tests.training.synthetic import known

CONFIG = TrainingConfig(epochs=3, architecture={"name": "basis", "latent": 16, "width": 8}, batch=8)
FIRST = replace(CONFIG, epochs=None, minutes=0)


@pytest.fixture(autouse=True)
def _few_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pca_init, "VARIED", 64)
    monkeypatch.setattr(pca_init, "_BATCHES_AT_ONCE", 2)


def write(path: Path, samples: np.ndarray) -> None:
    path.parent.mkdir(exist_ok=True)
    soundfile.write(path, samples, 44_100)


TIME = np.arange(2 * 44_100) / 44_100


@pytest.fixture
def spec(tmp_path: Path) -> ModelSpec:
    """Four tones, from dull and low to bright and high."""
    for number in range(4):
        partials = sum(np.sin(2 * np.pi * 110 * 2**number * k * TIME) / k ** (4 - number) for k in range(1, 9))
        write(tmp_path / "tones" / f"{number}.wav", 0.2 * partials)
    return ModelSpec((CorpusSpec.of(tmp_path / "tones"),), tmp_path / "a.distillgan")


def finish(
    training: Training[DistillModel], at: Callable[[TrainingStatus], None] = lambda _: None
) -> tuple[DistillModel, list[TrainingStatus]]:
    seen = []
    while True:
        try:
            seen.append(next(training))
        except StopIteration as end:
            return end.value, seen
        at(seen[-1])


def test_no_minutes_write_the_first_model_and_leave_nothing_to_resume(spec: ModelSpec) -> None:
    model, seen = finish(train_model(spec, config=FIRST))
    assert list(dict.fromkeys(status.stage for status in seen)) == ["scan", "train", "save"]
    header = load_model(spec.out).header
    assert header.axes == model.header.axes
    assert [axis.rho for axis in header.axes] == [None] * len(header.axes)
    assert (header.training["steps"], header.training["held_out_error_db"]) == (0, header.training["first_error_db"])
    assert load_model(spec.out).grain is not None
    assert not training_folder(spec.out).exists()


def test_a_training_tells_of_its_first_model_before_its_first_step_and_refines_it(spec: ModelSpec) -> None:
    first: list[DistillModel] = []

    def look(status: TrainingStatus) -> None:
        if status.first_model is not None:
            assert (status.first_model, status.step) == (str(spec.out), 0)
            assert known(status.grain_seconds) == pytest.approx(8, abs=0.1)
            first.append(load_model(spec.out))

    refined, seen = finish(train_model(spec, config=CONFIG), look)
    assert len(first) == 1
    assert {(status.files, status.sound_seconds) for status in seen if status.files is not None} == {(4, 8.0)}
    first_error = first[0].header.training["held_out_error_db"]
    assert known([each for each in seen if each.stage == "train"][-1].first_error_db) == pytest.approx(
        first_error, abs=1e-3
    )
    assert refined.header.training["first_error_db"] == first_error
    assert refined.header.training["steps"] > 0
    assert [axis.name for axis in refined.header.axes] == [axis.name for axis in first[0].header.axes]
    assert first[0].header.corpus == refined.header.corpus


def test_a_slider_of_the_first_model_leads_to_the_same_place_in_the_refined_one(spec: ModelSpec) -> None:
    first: list[DistillModel] = []
    refined, _ = finish(
        train_model(spec, config=CONFIG),
        lambda status: first.append(load_model(spec.out)) if status.first_model is not None else None,
    )
    for number, (before, after) in enumerate(zip(first[0].axes.axes, refined.axes.axes, strict=True)):
        turned = after.low != pytest.approx(before.low, abs=1e-4)
        values = (*[0.0] * number, 0.6)
        mirrored = (*[0.0] * number, -0.6 if turned else 0.6)
        assert np.allclose(first[0].axes.to_latent(values), refined.axes.to_latent(mirrored), atol=1e-2)


def test_a_file_that_is_there_stays_until_the_training_is_done(spec: ModelSpec, tmp_path: Path) -> None:
    spec.out.write_bytes(b"the old model")
    during: list[bytes] = []
    _, seen = finish(
        train_model(spec, config=CONFIG),
        lambda status: during.append(spec.out.read_bytes()) if status.stage == "train" else None,
    )
    assert set(during) == {b"the old model"}
    assert all(status.first_model is None for status in seen)
    assert load_model(spec.out).header.training["steps"] > 0


def test_a_resumed_training_writes_the_model_that_an_earlier_run_could_not(spec: ModelSpec) -> None:
    control = Control()
    training = train_model(spec, control, config=replace(CONFIG, epochs=1_000))
    while next(training).step != 1:
        pass
    control.suspend()
    with pytest.raises(TrainingSuspendedError):
        finish(training)
    spec.out.unlink()
    _, seen = finish(train_model(replace(spec, resume=True), config=replace(CONFIG, epochs=1)))
    assert [status.first_model for status in seen if status.first_model is not None] == [str(spec.out)]


def test_a_disk_that_is_full_for_the_first_model_does_not_end_the_training(
    spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(model: DistillModel, path: Path) -> None:
        raise ModelFileError(f"“{path.name}” cannot be written: there is no room on the disk.")

    monkeypatch.setattr(first_model, "save_model", full)
    _, seen = finish(train_model(spec, config=CONFIG))
    assert any("no room" in status.trouble for status in seen)
    assert all(status.first_model is None for status in seen)
    assert load_model(spec.out).header.training["steps"] > 0


@pytest.mark.parametrize("config", [FIRST, CONFIG])
def test_suspended_while_it_is_made_no_model_is_written(spec: ModelSpec, config: TrainingConfig) -> None:
    control = Control()

    def suspend(status: TrainingStatus) -> None:
        if status.message == "Making the first model":
            control.suspend()

    with pytest.raises(TrainingSuspendedError):
        finish(train_model(spec, control, config=config), suspend)
    assert not spec.out.exists()


def test_a_continued_training_begins_with_a_first_model_too(spec: ModelSpec, tmp_path: Path) -> None:
    finish(train_model(spec, config=CONFIG))
    more = replace(spec, out=tmp_path / "b.distillgan", begin_with=spec.out)
    model, _ = finish(train_model(more, config=FIRST))
    assert model.header.training["continued_from"] == "tones"
    assert load_model(more.out).header.axes == model.header.axes


NOISE = np.random.default_rng(0).standard_normal(2 * 44_100) * 0.1
SETS = {
    "one file": [0.3 * np.sin(2 * np.pi * 220 * TIME)],
    "a tenth of a second": [0.3 * np.sin(2 * np.pi * 220 * TIME[:4_410])],
    "noise": [NOISE, NOISE[::-1] * 0.3],
    "noise and silence": [NOISE, np.zeros(44_100)],
    "clicks": [np.eye(1, 44_100, 5_000)[0], np.eye(1, 44_100, 9_000)[0] * 0.5],
}


@pytest.mark.parametrize("mode", ["textures", "one-shots"])
@pytest.mark.parametrize("name", SETS)
def test_any_recordings_give_a_first_model(tmp_path: Path, name: str, mode: str) -> None:
    for number, samples in enumerate(SETS[name]):
        write(tmp_path / "set" / f"{number}.wav", samples)
    (tmp_path / "set" / "damaged.wav").write_bytes(b"RIFF\x10\x00\x00\x00WAVEfmt ")
    corpus = CorpusSpec.of(tmp_path / "set", mode="one-shots" if mode == "one-shots" else "textures")
    spec = ModelSpec((corpus,), tmp_path / "a.distillgan")
    model, seen = finish(train_model(spec, config=FIRST))
    assert load_model(spec.out).header.axes
    assert model.decode(model.axes.to_latent([1.0])[None]).isfinite().all()
    assert any("damaged.wav" in dict(each.skipped) for each in seen)


@pytest.mark.parametrize("samples", [np.zeros(44_100), None])
def test_silence_and_damaged_files_alone_are_one_sentence(tmp_path: Path, samples: np.ndarray | None) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "damaged.wav").write_bytes(b"RIFF\x10\x00\x00\x00WAVEfmt ")
    if samples is not None:
        write(tmp_path / "set" / "silence.wav", samples)
    spec = ModelSpec((CorpusSpec.of(tmp_path / "set"),), tmp_path / "a.distillgan")
    with pytest.raises(CorpusError) as error:
        finish(train_model(spec, config=FIRST))
    assert str(error.value).endswith(".")
    assert not spec.out.exists()
