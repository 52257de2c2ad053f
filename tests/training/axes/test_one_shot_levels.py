"""One-shots keep the peaks, attacks, levels and onsets of their recordings from corpus to render."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from torch import Tensor

from distill_app.common.generators import drain
from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.scan import scan_files
from distill_app.dsp.loudness import audible_span, loudness_lufs
from distill_app.dsp.sound import Samples, Sound
from distill_app.generation.config import MODES, GenerationConfig, Mode
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import preview
from distill_app.models.axis import SLIDER_LIMIT
from distill_app.models.model import DistillModel
from distill_app.models.window import WINDOW_FRAMES
from distill_app.project.corpora import CorpusSpec
from distill_app.training.axes.level_calibration import calibrate_levels
from distill_app.training.vae import pca_init
from distill_app.training.vae.build_model import build_model
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer
from distill_app.vocoders.built_in import GRIFFIN_LIM
from distill_app.vocoders.phase.griffin_lim import GriffinLim
from distill_app.vocoders.phase.phase_retrieval import IterationBudget

RATE = 44_100
DECAYED = 16_384
PEAK = 0.7
HITS = 8
VOCODER = GriffinLim(GRIFFIN_LIM, IterationBudget(48, 6), IterationBudget(24, 4))


def rim_shot(number: int) -> Samples:
    """0.3 s, decaying in 8 to 20 ms: a mean power far below what its peak would suggest."""
    random, time = np.random.default_rng(number), np.arange(13_230) / RATE
    tone = np.sin(2 * np.pi * random.uniform(400, 1_800) * time)
    wave = np.exp(-time / random.uniform(0.008, 0.02)) * (tone + 0.7 * random.standard_normal(len(time)))
    return (PEAK * wave / np.abs(wave).max()).astype(np.float32)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("rims")
    for number in range(HITS):
        soundfile.write(folder / f"{number}.wav", rim_shot(number), RATE, "FLOAT")
    return drain(scan_files([CorpusSpec.of(folder, mode="one-shots")], folder / "cache"))


@pytest.fixture(scope="module")
def model(corpus: Corpus) -> DistillModel:
    config = TrainingConfig(epochs=1, architecture={"name": "basis", "latent": 24, "width": 4}, batch=8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pca_init, "VARIED", 200)
        found = build_model(corpus, Trainer(corpus, config).result(), "Rims")
    return calibrate_levels(found, corpus, render_vocoder)


def render_vocoder(mel: Tensor) -> Sound:
    return Sound(VOCODER.mel_to_waveform(mel[None])[0].numpy(), RATE)


@pytest.fixture(scope="module")
def pipeline(model: DistillModel) -> GenerationPipeline:
    return GenerationPipeline(model, VOCODER)


def rendered(
    pipeline: GenerationPipeline, sliders: tuple[float, ...], seconds: float, mode: Mode = "slider"
) -> Samples:
    return pipeline.render(GenerationConfig(mode, sliders, seconds=seconds)).samples[0]


def decibels(amplitude: float) -> float:
    return float(20 * np.log10(amplitude))


def crest_db(samples: Samples) -> float:
    """Crest factor of the audible part of a sound, in dB."""
    first, last = audible_span(samples)
    return decibels(np.abs(samples).max()) - 10 * float(np.log10(np.square(samples[first:last]).mean()))


@pytest.mark.parametrize("mode", MODES)
def test_no_peak_anywhere_is_higher_than_that_of_the_recordings(pipeline: GenerationPipeline, mode: Mode) -> None:
    for value in (-1.0, 0.0, 1.0):
        assert decibels(np.abs(rendered(pipeline, (value,), 1.6, mode)).max()) < decibels(PEAK) + 1


def test_no_peak_of_the_live_preview_is_higher(pipeline: GenerationPipeline) -> None:
    for value in (-1.0, 0.0, 1.0):
        piece = preview(pipeline, GenerationConfig(sliders=(value,)), 0, 40)[0]
        assert decibels(np.abs(piece).max()) < decibels(PEAK) + 1
        assert audible_span(piece)[0] < 0.002 * RATE


def test_attacks_are_those_of_the_recordings(pipeline: GenerationPipeline) -> None:
    crests = [crest_db(rim_shot(number)) for number in range(HITS)]
    for value in (-1.0, -0.5, 0.0, 0.5, 1.0):
        assert min(crests) - 2 < crest_db(rendered(pipeline, (value,), 0.5)) < max(crests) + 2


def sliders_of(model: DistillModel, file: Recording) -> tuple[float, ...]:
    """Slider values of the first window of a recording."""
    assert file.starts is not None
    window = file.mel.read(file.starts[0], file.starts[0] + WINDOW_FRAMES)
    return tuple(np.clip(model.axes.to_sliders(model.encode(window[None])[0]), -SLIDER_LIMIT, SLIDER_LIMIT).tolist())


def test_a_hit_is_as_loud_as_its_recording(pipeline: GenerationPipeline, model: DistillModel, corpus: Corpus) -> None:
    """Or as loud as its peak allows, where the vocoder makes a sharper one of it.

    The last bits of a training depend on where its arrays lie in RAM; single hits then differ by a decibel.
    """
    hits = [rendered(pipeline, sliders_of(model, file), 0.5) for file in corpus.files]
    below = [loudness_lufs(rim_shot(number), RATE) - loudness_lufs(hit, RATE) for number, hit in enumerate(hits)]
    lacking = [each for each, hit in zip(below, hits, strict=True) if np.abs(hit).max() < PEAK]
    assert np.abs(lacking).mean() < 0.7
    assert np.abs(lacking).max() < 2
    assert min(below) > -1


@pytest.mark.parametrize("value", [-1.0, 0.0, 1.0])
def test_a_hit_begins_at_once_and_is_not_repeated(pipeline: GenerationPipeline, value: float) -> None:
    samples = rendered(pipeline, (value,), 3.4)
    assert audible_span(samples)[0] < 0.002 * RATE
    assert np.abs(samples[DECAYED:]).max() < 0.01 * np.abs(samples).max()


def test_the_measurement_detects_a_model_without_levels(model: DistillModel, pipeline: GenerationPipeline) -> None:
    """Trained on recordings of equal mean power, the sounds are 14 dB too loud."""
    anchors = model.axes.anchors
    assert anchors is not None
    assert anchors.levels is not None
    louder = replace(anchors, levels=anchors.levels + 14 * np.log(10) / 20)
    header = replace(model.header, peak_dbfs=None, ceiling_dbfs=60.0)
    unlevelled = replace(model, axes=replace(model.axes, anchors=louder), header=header)
    assert decibels(np.abs(rendered(GenerationPipeline(unlevelled, VOCODER), (0.0,), 0.5)).max()) > decibels(PEAK) + 1
