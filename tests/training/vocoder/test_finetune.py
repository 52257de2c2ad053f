"""Fine-tuning embeds a vocoder in the model file: evaluated, resumable, and written completely or not at all."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from distill_app.common.errors import CorpusError, ModelFileError, TrainingError
from distill_app.common.training_paths import vocoder_checkpoint_path
from distill_app.corpus.loudness_normalization import TARGET_LUFS
from distill_app.dsp.loudness import loudness_lufs
from distill_app.dsp.provenance import COMMENT
from distill_app.models.model import DistillModel
from distill_app.models.model_file import embed_vocoder, load_model
from distill_app.models.window import WINDOW_FRAMES
from distill_app.project.corpora import CorpusSpec
from distill_app.training.run.control import Control
from distill_app.training.run.process_group import SINGLE_PROCESS
from distill_app.training.run.runner import TrainingSuspendedError
from distill_app.training.run.spec import EmbeddedVocoderSpec
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vocoder import evaluation, finetune_trainer
from distill_app.training.vocoder import finetune as module
from distill_app.training.vocoder.batches import segment_samples
from distill_app.training.vocoder.finetune import train_embedded_vocoder
from distill_app.training.vocoder.finetune_checkpoint import FINETUNE_CODEC
from distill_app.training.vocoder.reconstruction_batches import ReconstructionBatches, at_model_level, model_mels
from distill_app.vocoders.built_in import GRIFFIN_LIM
from distill_app.vocoders.embedded.vocoder import EmbeddedVocoder, embedded_vocoder, read_embedded
from distill_app.vocoders.networks import build_generator
from distill_app.vocoders.networks.weights_file import WeightsHeader, save_generator
from distill_app.vocoders.phase.griffin_lim import GriffinLim
from distill_app.vocoders.phase.phase_retrieval import IterationBudget
from tests.training.vocoder.synthetic import RATE, SMALL, gathered, plucks, write

CPU = torch.device("cpu")
HASTY = GriffinLim(GRIFFIN_LIM, IterationBudget(2, 1), IterationBudget(2, 1))


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    torch.manual_seed(0)
    save_generator(build_generator(SMALL.generator), WeightsHeader(SMALL.generator), tmp_path / "base.safetensors")
    monkeypatch.setattr(module, "BUILT_IN_WEIGHTS", tmp_path / "base.safetensors")
    monkeypatch.setattr(module, "CONFIGS", {"built-in": SMALL, "hifigan-v2": SMALL})
    monkeypatch.setattr(module, "_VALIDATION_EXCERPTS_MAX", 2)
    monkeypatch.setattr(module, "_TEST_EXCERPTS_MAX", 2)
    monkeypatch.setattr(finetune_trainer, "_EVALUATIONS", 3)
    for each in (evaluation, finetune_trainer):
        monkeypatch.setattr(each, "get_vocoder", lambda _: HASTY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "plucks", files=5)


def task(model: Path, folder: Path, steps: int = 6, resume: bool = False) -> EmbeddedVocoderSpec:
    return EmbeddedVocoderSpec((CorpusSpec.of(folder),), model, steps=steps, resume=resume, checkpoint_seconds=0.0)


def run(
    asked: EmbeddedVocoderSpec, control: Control | None = None, at: Callable[[TrainingStatus], None] = lambda _: None
) -> EmbeddedVocoder:
    session = train_embedded_vocoder(asked, control=control)
    while True:
        try:
            at(next(session))
        except StopIteration as end:
            own = end.value
            assert isinstance(own, EmbeddedVocoder)
            return own


def test_the_model_gets_the_trained_vocoder_and_is_otherwise_unchanged(tiny_model_file: Path, folder: Path) -> None:
    before = tiny_model_file.read_bytes()
    seen: list[TrainingStatus] = []
    own = run(task(tiny_model_file, folder), at=seen.append)
    model = load_model(tiny_model_file)
    assert read_embedded(model.header.vocoder) == own
    assert (own.training["files"], own.training["steps"], own.training["base"]) == (5, 6, "built-in")
    assert set(own.gate.recordings) == set(own.gate.reconstructions) == {"own", "built-in", "griffin-lim"}
    assert (
        embedded_vocoder(model.header.vocoder, model.vocoder_state)
        .mel_to_waveform(torch.zeros(1, 128, 8))
        .isfinite()
        .all()
    )
    assert list(dict.fromkeys(each.stage for each in seen)) == ["scan", "train", "analyse", "save"]
    assert any(each.memory_bytes is not None for each in seen)
    judged = [each.fraction for each in seen if each.stage == "analyse"]
    assert judged == pytest.approx([n / (6 * own.gate.windows) for n in range(6 * own.gate.windows + 1)])
    assert not vocoder_checkpoint_path(tiny_model_file).parent.exists()
    embed_vocoder(tiny_model_file, None, None)
    assert tiny_model_file.read_bytes() == before


def test_resumed_it_is_the_vocoder_of_an_uninterrupted_training(
    tiny_model_file: Path, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.distillgan"
    other.write_bytes(tiny_model_file.read_bytes())
    run(task(other, folder))
    control = Control()

    def leave(now: TrainingStatus) -> None:
        if now.step is not None and now.step == 3:
            control.suspend()

    with pytest.raises(TrainingSuspendedError):
        run(task(tiny_model_file, folder), control, leave)
    assert load_model(tiny_model_file).vocoder_state is None
    run(task(tiny_model_file, folder, resume=True))
    whole, resumed = (load_model(path).vocoder_state for path in (other, tiny_model_file))
    assert whole is not None
    assert resumed is not None
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_a_stopped_training_keeps_the_best_and_can_be_resumed(tiny_model_file: Path, folder: Path) -> None:
    control = Control()

    def stop(now: TrainingStatus) -> None:
        if now.step is not None and now.step == 2:
            control.stop()

    assert run(task(tiny_model_file, folder), control, stop).training["steps"] == 2
    assert FINETUNE_CODEC.load(vocoder_checkpoint_path(tiny_model_file)).saved
    assert run(task(tiny_model_file, folder, resume=True)).training["steps"] == 6


def test_it_can_be_suspended_during_the_evaluation(tiny_model_file: Path, folder: Path) -> None:
    control = Control()
    with pytest.raises(TrainingSuspendedError):
        run(task(tiny_model_file, folder), control, lambda now: control.suspend() if now.stage == "analyse" else None)
    assert load_model(tiny_model_file).vocoder_state is None
    steps: list[int] = []
    run(
        task(tiny_model_file, folder, resume=True),
        at=lambda now: steps.append(6 if now.step is None else now.step),
    )
    assert set(steps) == {6}, "all was learned before"
    assert load_model(tiny_model_file).vocoder_state is not None


def test_an_interruption_keeps_the_best(tiny_model_file: Path, folder: Path) -> None:
    session = train_embedded_vocoder(task(tiny_model_file, folder), SINGLE_PROCESS)
    while (step := next(session).step) is None or step < 2:
        pass
    session.close()
    assert load_model(tiny_model_file).vocoder_state is not None


def test_resuming_with_other_recordings_is_refused(tiny_model_file: Path, folder: Path) -> None:
    control = Control()
    with pytest.raises(TrainingSuspendedError):
        run(task(tiny_model_file, folder), control, lambda now: control.suspend() if now.step is not None else None)
    soundfile.write(folder / "more.wav", plucks(), RATE)
    with pytest.raises(TrainingError, match="not those"):
        run(task(tiny_model_file, folder, resume=True))


def test_half_of_each_batch_is_reconstructed_mels(tiny_model: DistillModel, folder: Path, tmp_path: Path) -> None:
    """Half of the batch has the model's mels; the sound that belongs to them is the recording's."""
    pieces = gathered(folder, tmp_path / "c").pieces
    batches = {share: ReconstructionBatches(pieces, tiny_model, SMALL, CPU, share).draw(3) for share in (0.0, 0.5, 1.0)}
    for mels, samples in batches.values():
        assert mels.shape == (SMALL.batch, 128, SMALL.frames)
        assert samples.shape == (SMALL.batch, SMALL.frames * 512)
        assert samples.abs().max() <= 1
        assert not mels.is_inference()
    again = ReconstructionBatches(pieces, tiny_model, SMALL, CPU, 0.5).draw(3)
    assert all(torch.equal(*pair) for pair in zip(again, batches[0.5], strict=True))
    other = ReconstructionBatches(
        pieces, replace(tiny_model, mean=tiny_model.mean + 1), SMALL, torch.device("cpu"), 0.5
    ).draw(3)
    assert not torch.allclose(other[0][0], again[0][0]), "the model's part"
    assert torch.equal(other[0][1], again[0][1]), "the recordings' part"
    assert torch.equal(other[1], again[1])
    assert segment_samples(SMALL, 128) > segment_samples(SMALL)


def test_a_model_with_recordings_is_given_windows_of_their_own_texture(
    grain_model: DistillModel, tiny_model: DistillModel
) -> None:
    window = tiny_model.decode(tiny_model.encode(torch.full((1, 128, WINDOW_FRAMES), -4.0)))
    recorded = window + 0.3 * torch.randn(window.shape, generator=torch.Generator().manual_seed(0))
    decoded, textured = (model_mels(model, recorded) for model in (tiny_model, grain_model))
    assert (decoded - recorded).abs().mean() > 0.1
    assert (textured - recorded).abs().mean() < 0.02, "at its own place, a recording is itself"


def test_reconstruction_uses_the_training_level(tiny_model: DistillModel) -> None:
    header = replace(tiny_model.header, peak_dbfs=-6.0)
    held = (0.02 * np.sin(np.arange(RATE) / 10)).astype(np.float32)
    hit = np.zeros(RATE, np.float32)
    hit[:441] = 0.3 * np.exp(-np.arange(441) / 100) * np.sin(np.arange(441) / 3)
    assert loudness_lufs(at_model_level(held, header), RATE) == pytest.approx(TARGET_LUFS, abs=0.5)
    assert 20 * np.log10(np.abs(at_model_level(hit, header)).max()) == pytest.approx(-6.0, abs=0.01)
    assert np.array_equal(at_model_level(hit, replace(header, lead_frames=3)), hit)


def test_missing_files_are_one_sentence(tiny_model_file: Path, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError):
        run(task(tmp_path / "nowhere.distillgan", folder))
    with pytest.raises(CorpusError):
        run(task(tiny_model_file, tmp_path / "nowhere"))


def test_recordings_with_a_silent_held_out_part_are_refused(tiny_model_file: Path, tmp_path: Path) -> None:
    quiet = tmp_path / "quiet"
    quiet.mkdir()
    sound = np.concatenate([plucks(1.0), np.zeros(RATE // 2, np.float32)])
    soundfile.write(quiet / "one.wav", sound, RATE)
    with pytest.raises(CorpusError, match="silent"):
        run(task(tiny_model_file, quiet))


def test_a_model_is_locked_by_one_training(tiny_model_file: Path, folder: Path) -> None:
    first = train_embedded_vocoder(task(tiny_model_file, folder), SINGLE_PROCESS)
    while next(first).step is None:
        pass
    with pytest.raises(TrainingError, match="another window"):
        run(task(tiny_model_file, folder))
    first.close()


def test_distill_renders_and_excluded_files_are_not_used(tiny_model_file: Path, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    samples, rate = soundfile.read(next(folder.glob("*.wav")))
    with soundfile.SoundFile(tmp_path / "made" / "take.wav", "w", rate, 1) as file:
        file.comment = COMMENT
        file.write(samples)
    asked = task(tiny_model_file, folder)
    as_recording = CorpusSpec.of(tmp_path / "made")
    with pytest.raises(CorpusError, match="was made by Distill"):
        run(replace(asked, corpora=(as_recording,)))
    with pytest.raises(CorpusError, match="All recordings are left out"):
        run(replace(asked, corpora=(CorpusSpec.of(folder, excluded=[folder]),)))
