"""A folder becomes a model file, also if the user or the disk ends the training early."""

import errno
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from distill_app.common.errors import CorpusError, ModelFileError, TrainingError
from distill_app.common.safetensors_io import read_tensors
from distill_app.common.training_paths import checkpoint_path, training_folder
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model
from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.control import Control
from distill_app.training.run.runner import Training, TrainingSuspendedError
from distill_app.training.run.spec import ModelSpec
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae.checkpoint import load_training
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.train import train_model
from tests.embedded_vocoder import embed, make_embedded
from tests.training.synthetic import SMALL, known

CONFIG = TrainingConfig(epochs=6, architecture=SMALL, learning_rate=5e-3)


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


def run_to_end(training: Training[DistillModel], at: Callable[[TrainingStatus], None] = lambda _: None) -> DistillModel:
    while True:
        try:
            at(next(training))
        except StopIteration as end:
            return end.value


def test_a_folder_becomes_a_model_file_with_its_provenance(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.distillgan"
    seen: list[TrainingStatus] = []
    run_to_end(train_model(ModelSpec((CorpusSpec.of(folder),), out), config=CONFIG), seen.append)
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
        "half_precision_null_db",
    }
    assert header.training["epochs"] == 6
    assert str(tmp_path) not in header.to_json()
    assert header.axes


def test_skipped_files_are_reported(folder: Path, tmp_path: Path) -> None:
    seen: list[TrainingStatus] = []
    run_to_end(
        train_model(ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan"), config=CONFIG),
        seen.append,
    )
    assert {name for progress in seen for name, _ in progress.skipped} == {"notes.txt"}


def test_the_same_epochs_and_seed_write_the_same_network(folder: Path, tmp_path: Path) -> None:
    models = [
        run_to_end(train_model(ModelSpec((CorpusSpec.of(folder),), tmp_path / f"{n}.distillgan"), config=CONFIG))
        for n in range(2)
    ]
    latent = models[0].axes.to_latent([0.5])
    assert models[0].decode(latent[None]).equal(models[1].decode(models[1].axes.to_latent([0.5])[None]))


def test_a_continued_training_keeps_and_extends_the_grain(folder: Path, tmp_path: Path) -> None:
    base, out, more = tmp_path / "a.distillgan", tmp_path / "b.distillgan", tmp_path / "more"
    run_to_end(train_model(ModelSpec((CorpusSpec.of(folder),), base), config=CONFIG))
    more.mkdir()
    (folder / "3.wav").rename(more / "new.wav")
    run_to_end(train_model(ModelSpec((CorpusSpec.of(more),), out, begin_with=base), config=CONFIG))
    grain = load_model(out).grain
    assert grain is not None
    assert grain.recordings == ("0.wav", "1.wav", "2.wav", "3.wav", "new.wav")
    assert load_model(out).grain_source is not None


@pytest.mark.parametrize("minutes", [5.0, 0.0])
def test_a_resumed_training_keeps_its_grain(folder: Path, tmp_path: Path, minutes: float) -> None:
    control, spec = Control(), ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan")
    config = replace(LONG, grain_minutes=minutes)
    training = train_model(spec, control, config=config)
    train_first_steps(training)
    control.suspend()
    with pytest.raises(TrainingSuspendedError):
        run_to_end(training)
    resumed = train_model(replace(spec, resume=True), config=replace(config, minutes=1e-6))
    assert (run_to_end(resumed).grain is None) == (minutes == 0)


def test_grain_can_be_left_out_of_a_resumed_training(folder: Path, tmp_path: Path) -> None:
    control, spec = Control(), ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan")
    training = train_model(spec, control, config=LONG)
    train_first_steps(training)
    control.suspend()
    with pytest.raises(TrainingSuspendedError):
        run_to_end(training)
    without = replace(LONG, minutes=1e-6, grain_minutes=0.0)
    assert run_to_end(train_model(replace(spec, resume=True), config=without)).grain is None


LONG = TrainingConfig(minutes=60, architecture=SMALL, evaluation_seconds=0.1)


def train_first_steps(training: Training[DistillModel], steps: int = 3) -> None:
    """Advances the training to its first completed steps."""
    while (step := next(training).step) is None:
        pass
    until = step + steps - 1
    while step is None or step < until:
        step = next(training).step


def test_asked_to_stop_it_saves_an_analysed_model(folder: Path, tmp_path: Path) -> None:
    control = Control()
    training = train_model(ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan"), control, config=LONG)
    train_first_steps(training)
    control.stop()
    assert run_to_end(training).header.axes == load_model(tmp_path / "a.distillgan").header.axes


def test_interrupted_it_saves_an_analysed_model(folder: Path, tmp_path: Path) -> None:
    training = train_model(ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan"), config=LONG)
    train_first_steps(training)
    training.throw(KeyboardInterrupt())
    run_to_end(training)
    assert load_model(tmp_path / "a.distillgan").header.axes


def test_closed_it_saves_an_analysed_model(folder: Path, tmp_path: Path) -> None:
    training = train_model(ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan"), config=LONG)
    train_first_steps(training)
    training.close()
    assert load_model(tmp_path / "a.distillgan").header.axes


def test_interrupted_while_reading_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    training = train_model(ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan"), config=LONG)
    next(training)
    with pytest.raises(KeyboardInterrupt):
        training.throw(KeyboardInterrupt())
    assert not (tmp_path / "a.distillgan").exists()


def test_a_full_disk_is_one_sentence_and_the_old_model_stays(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a.distillgan"
    out.write_bytes(b"the old model")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("safetensors.torch.save", full)
    seen: list[TrainingStatus] = []
    with pytest.raises(ModelFileError, match="no room on the disk"):
        run_to_end(train_model(ModelSpec((CorpusSpec.of(folder),), out), config=CONFIG), seen.append)
    assert out.read_bytes() == b"the old model"
    assert {p.stage for p in seen} >= {"train", "analyse"}
    assert all("no room on the disk" in p.trouble for p in seen if p.step is not None)
    assert not training_folder(out).exists()


def test_an_empty_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no recordings"):
        run_to_end(train_model(ModelSpec((CorpusSpec.of(tmp_path),), tmp_path / "a.distillgan"), config=CONFIG))


def test_one_file_of_a_fifth_of_a_second_is_enough(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "hit.wav", np.random.default_rng(0).normal(0, 0.1, 8_900), 44_100)
    model = run_to_end(train_model(ModelSpec((CorpusSpec.of(tmp_path),), tmp_path / "a.distillgan"), config=CONFIG))
    assert len(model.axes.axes) >= 1


def test_resumed_it_becomes_the_same_model(folder: Path, tmp_path: Path) -> None:
    """Suspended and resumed twice."""
    whole, parts = (ModelSpec((CorpusSpec.of(folder),), tmp_path / f"{name}.distillgan") for name in ("whole", "parts"))
    run_to_end(train_model(whole, config=CONFIG))
    for _ in range(2):
        control = Control()
        training = train_model(replace(parts, resume=True), control, config=CONFIG)
        train_first_steps(training, 2)
        control.suspend()
        with pytest.raises(TrainingSuspendedError):
            run_to_end(training)
    run_to_end(train_model(replace(parts, resume=True), config=CONFIG))
    tensors, others = read_tensors(whole.out), read_tensors(parts.out)
    assert tensors.keys() == others.keys()
    assert all(torch.equal(tensors[name], others[name]) for name in tensors)
    assert not training_folder(parts.out).exists()


def test_a_stopped_training_can_be_continued(folder: Path, tmp_path: Path) -> None:
    task, control = ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan"), Control()
    training = train_model(task, control, config=CONFIG)
    train_first_steps(training)
    control.stop()
    stopped = run_to_end(training).header.training["steps"]
    assert load_training(checkpoint_path(task.out)).saved
    embed(task.out)
    resumed = run_to_end(train_model(replace(task, resume=True), config=replace(CONFIG, epochs=9, seed=5)))
    assert resumed.header.training["steps"] > stopped
    assert (resumed.header.training["epochs"], resumed.header.training["seed"]) == (9, 0)
    assert resumed.vocoder_state
    assert load_model(task.out).header.vocoder == make_embedded().to_dict()


def test_a_pause_uses_no_budget(folder: Path, tmp_path: Path) -> None:
    control = Control()
    training = train_model(ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan"), control, config=LONG)
    train_first_steps(training)
    control.pause()
    while not (paused := next(training)).paused:
        pass
    begun = time.monotonic()
    resuming = threading.Timer(1.0, control.resume)
    resuming.start()
    after = next(training)
    passed = time.monotonic() - begun
    assert known(after.seconds) - known(paused.seconds) < passed - 0.9
    control.stop()
    run_to_end(training)


def suspended_spec(folder: Path, tmp_path: Path) -> ModelSpec:
    """Specification of a training that was suspended after its first steps."""
    task, control = ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan"), Control()
    training = train_model(task, control, config=CONFIG)
    train_first_steps(training)
    control.suspend()
    with pytest.raises(TrainingSuspendedError):
        run_to_end(training)
    return task


def test_resuming_with_other_recordings_is_refused(folder: Path, tmp_path: Path) -> None:
    task = suspended_spec(folder, tmp_path)
    (folder / "3.wav").unlink()
    with pytest.raises(TrainingError, match="not those"):
        run_to_end(train_model(replace(task, resume=True), config=CONFIG))


def test_resuming_with_a_changed_recording_is_refused(folder: Path, tmp_path: Path) -> None:
    task = suspended_spec(folder, tmp_path)
    wave, rate = soundfile.read(folder / "3.wav")
    soundfile.write(folder / "3.wav", 0.9 * wave, rate)
    with pytest.raises(TrainingError, match="not those"):
        run_to_end(train_model(replace(task, resume=True), config=CONFIG))


def advance_to_analysis(training: Training[DistillModel]) -> None:
    """Advances the training until its sliders are being found."""
    while (progress := next(training)).stage != "analyse":
        assert progress.stage != "save"


def test_the_analysis_reports_its_progress(folder: Path, tmp_path: Path) -> None:
    task, seen = ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan"), []

    def record_progress(now: TrainingStatus) -> None:
        if now.stage == "analyse":
            seen.append((now.message, now.fraction))

    run_to_end(train_model(task, config=CONFIG), record_progress)
    assert seen[0] == ("Analysing: finding the sliders", 0.0)
    assert [fraction for _, fraction in seen] == sorted(fraction for _, fraction in seen)


def kill(training: Training[DistillModel], out: Path) -> None:
    """Ends the training and restores the checkpoint it had before its clean-up."""
    checkpoint = checkpoint_path(out).read_bytes()
    training.close()
    assert out.exists() is False
    checkpoint_path(out).write_bytes(checkpoint)


@pytest.mark.parametrize("stopped", [False, True])
def test_killed_while_its_sliders_are_found_it_resumes_with_these(folder: Path, tmp_path: Path, stopped: bool) -> None:
    config = LONG if stopped else CONFIG
    task, control = ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan", resume=True), Control()
    training = train_model(task, control, config=config)
    train_first_steps(training)
    if stopped:
        control.stop()
    advance_to_analysis(training)
    state = load_training(checkpoint_path(task.out))
    kill(training, task.out)
    assert not state.saved
    again = Control()
    model = run_to_end(train_model(task, again, config=config))
    assert model.header.training["steps"] <= state.step
    assert again.stopped is stopped
    assert checkpoint_path(task.out).exists() is stopped


def test_suspended_while_its_sliders_are_found_it_can_be_resumed(folder: Path, tmp_path: Path) -> None:
    task, control = ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan"), Control()
    training = train_model(task, control, config=CONFIG)
    advance_to_analysis(training)
    control.suspend()
    with pytest.raises(TrainingSuspendedError):
        run_to_end(training)
    assert not task.out.exists()


def test_a_damaged_checkpoint_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    task = ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan", resume=True)
    training_folder(task.out).mkdir()
    checkpoint_path(task.out).write_bytes(b"no training")
    with pytest.raises(TrainingError, match="damaged"):
        run_to_end(train_model(task, config=CONFIG))


def test_two_programs_do_not_train_into_one_file(folder: Path, tmp_path: Path) -> None:
    task = ModelSpec((CorpusSpec.of(folder),), tmp_path / "a.distillgan")
    first = train_model(task, config=LONG)
    train_first_steps(first)
    with pytest.raises(TrainingError, match="another window"):
        run_to_end(train_model(task, config=LONG))
    first.close()
