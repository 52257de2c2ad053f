"""The pipeline renders a configuration into samples."""

import itertools
import math
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from distill_app.common.errors import SettingsError, VocoderError, VocoderOutputError
from distill_app.dsp import MelFormat, to_mel
from distill_app.dsp.resample import resample
from distill_app.dsp.sound import Samples
from distill_app.generation.config import MODES, GenerationConfig, Mode
from distill_app.generation.export import ExportFormat, export_sound
from distill_app.generation.latent_path import latent_path
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import preview
from distill_app.models.model import DistillModel
from distill_app.models.slider_sampling import CORPUS_STD
from distill_app.vocoders.built_in import GRIFFIN_LIM
from distill_app.vocoders.phase.griffin_lim import GriffinLim
from distill_app.vocoders.phase.phase_retrieval import IterationBudget
from tests.local_vocoder import BrokenVocoder
from tests.mel_formats import HIFIGAN_22K, HOP_1024, VOCOS_24K


@pytest.fixture(scope="module")
def pipeline(tiny_model: DistillModel) -> GenerationPipeline:
    return GenerationPipeline(tiny_model, GriffinLim(GRIFFIN_LIM, IterationBudget(4, 2)))


def _path(pipeline: GenerationPipeline, config: GenerationConfig, count: int) -> np.ndarray:
    axes = pipeline.model.axes
    latents = itertools.islice(latent_path(config, axes), count)
    return np.array([axes.to_sliders(latent) for latent in latents])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seconds", [0.1, 1.0, 7.3])
def test_the_length_is_exact_and_the_same_config_gives_the_same_samples(
    pipeline: GenerationPipeline, mode: Mode, seconds: float
) -> None:
    config = GenerationConfig(mode, (0.5, -1.0), seconds, seed=3, drift=0.3)
    first, again = pipeline.render(config), pipeline.render(config)
    assert first.samples.shape == (1, round(seconds * 44_100))
    assert np.array_equal(first.samples, again.samples)


@pytest.mark.parametrize("change", [{"seed": 4}, {"drift": 0.5}, {"mode": "interpolate"}, {"sliders": (0.0, 1.0)}])
def test_every_setting_changes_the_sound(pipeline: GenerationPipeline, change: dict[str, object]) -> None:
    config = GenerationConfig("crossfade", (0.5, 1.0), 3.0, seed=3)
    a, b = pipeline.render(config).samples, pipeline.render(replace(config, **change)).samples  # type: ignore[arg-type]
    assert np.abs(a - b).max() > 0.01 * np.abs(a).max()


def test_streamed_equals_whole(pipeline: GenerationPipeline) -> None:
    config = GenerationConfig("interpolate", seconds=6.0)
    assert np.array_equal(np.concatenate(list(pipeline.stream(config)), 1), pipeline.render(config).samples)


def test_a_render_begins_and_ends_at_zero(pipeline: GenerationPipeline) -> None:
    samples = pipeline.render(GenerationConfig(seconds=0.5)).samples[0]
    assert samples[0] == samples[-1] == 0
    assert np.abs(samples).max() > 0


def test_slider_mode_gives_a_constant_path(pipeline: GenerationPipeline) -> None:
    assert np.allclose(_path(pipeline, GenerationConfig(sliders=(0.4, -0.7)), 50), [0.4, -0.7], atol=1e-5)


def test_the_drift_starts_at_zero_and_has_the_requested_deviation(pipeline: GenerationPipeline) -> None:
    """At drift 0.4 the sliders deviate from their values by 0.4 times the deviation of the corpus."""
    wander = _path(pipeline, GenerationConfig(sliders=(0.2, 0.0), drift=0.4, seed=1), 8_000) - [0.2, 0.0]
    assert np.allclose(wander[0], 0, atol=1e-5)
    assert wander.std(axis=0) == pytest.approx([0.4 * CORPUS_STD] * 2, rel=0.1)
    assert np.abs(wander.mean(axis=0)).max() < 0.05


def test_crossfade_samples_around_the_sliders(pipeline: GenerationPipeline) -> None:
    values = _path(pipeline, GenerationConfig("crossfade", (0.3, 0.0), seed=1), 4_000)
    assert values.mean(axis=0) == pytest.approx([0.3, 0.0], abs=0.05)
    assert np.abs(np.corrcoef(values[:-1, 0], values[1:, 0])[0, 1]) < 0.1


def test_interpolation_glides(pipeline: GenerationPipeline) -> None:
    """No step between windows is larger than an eased glide between two random sounds allows."""
    values = _path(pipeline, GenerationConfig("interpolate", seed=1), 4_000)
    assert np.abs(np.diff(values, axis=0)).max() < 0.25 * (values.max() - values.min())
    assert values.std(axis=0).min() > 0.2


def test_no_window_border_is_measurable(pipeline: GenerationPipeline) -> None:
    """The mel between two windows moves no faster than inside a window."""
    mel = torch.cat(list(pipeline.mel_blocks(GenerationConfig("crossfade", seconds=8.0, seed=2))), dim=1)
    steps = mel.diff(dim=1).abs().mean(dim=0)
    borders = [frame for k in range(1, 7) for frame in range(96 * k - 2, 96 * k + 2)]
    assert steps[borders].mean() < 1.5 * steps.mean()


def test_the_mel_of_a_render_is_the_decoded_mel(tiny_model: DistillModel) -> None:
    """Preview and export share one path: the mel of the sound is the decoded mel."""
    pipeline = GenerationPipeline(tiny_model)
    config = GenerationConfig(sliders=(1.0, 0.0), seconds=1.0)
    mel = torch.cat(list(pipeline.mel_blocks(config)), dim=1)
    heard = to_mel(pipeline.render(config).samples[0])
    assert (heard[:, 4:80] - mel[:, 4:80]).abs().mean() < 0.15


def test_a_long_mel_takes_constant_memory(pipeline: GenerationPipeline) -> None:
    given: list[weakref.ref[torch.Tensor]] = []
    for block in pipeline.mel_blocks(GenerationConfig("crossfade", seconds=120.0)):
        given.append(weakref.ref(block))
        assert sum(ref() is not None for ref in given[-20:]) <= 2
    assert len(given) == 108


def test_the_number_of_frames_covers_the_samples(pipeline: GenerationPipeline) -> None:
    blocks = pipeline.mel_blocks(GenerationConfig(seconds=33.3))
    assert sum(block.shape[1] for block in blocks) == -(-round(33.3 * 44_100) // 512)


def test_a_vocoder_is_created_when_none_is_given(tiny_model: DistillModel) -> None:
    assert GenerationPipeline(tiny_model).vocoder.info == GRIFFIN_LIM


def _vocoder(mel_format: MelFormat) -> GriffinLim:
    return GriffinLim(replace(GRIFFIN_LIM, mel_format=mel_format), IterationBudget(4, 2))


@pytest.mark.parametrize("seconds", [0.1, 1.2345, 3.7])
@pytest.mark.parametrize("mel_format", [HIFIGAN_22K, VOCOS_24K, HOP_1024])
def test_a_vocoder_of_another_format_gives_the_requested_length(
    tiny_model: DistillModel, mel_format: MelFormat, seconds: float
) -> None:
    pipeline = GenerationPipeline(tiny_model, _vocoder(mel_format))
    config = GenerationConfig("interpolate", seconds=seconds)
    sound = pipeline.render(config)
    assert pipeline.needs_mel_adapter
    assert sound.sample_rate == pipeline.sample_rate == mel_format.sample_rate
    assert sound.samples.shape == (1, round(seconds * mel_format.sample_rate))
    assert sound.samples[0, 0] == sound.samples[0, -1] == 0
    assert np.abs(sound.samples[0, -mel_format.hop :]).max() > 0


def test_a_vocoder_of_another_format_gives_an_equal_mel(tiny_model: DistillModel) -> None:
    """The mel in the app's own format has equal levels in each band at each time."""
    config = GenerationConfig("crossfade", (0.5, 1.0), 3.0, seed=3)
    own = GenerationPipeline(tiny_model).render(config).samples[0]
    expected = to_mel(resample(torch.from_numpy(own), 44_100, 22_050), HIFIGAN_22K)
    other = GenerationPipeline(tiny_model, _vocoder(HIFIGAN_22K)).render(config).samples[0]
    assert (to_mel(other, HIFIGAN_22K) - expected)[4:76].abs().mean() < 0.2
    assert (expected.diff(dim=1)[4:76]).abs().mean() > 0.1


def test_only_another_format_is_adapted(pipeline: GenerationPipeline) -> None:
    """On the main path the vocoder reads what the model decoded, untouched."""
    config = GenerationConfig(seconds=1.0)
    mel = torch.cat(list(pipeline.mel_blocks(config)), dim=1)
    direct = pipeline.vocoder.mel_to_waveform(mel[None])[0, 0, :44_100].numpy()
    assert not pipeline.needs_mel_adapter
    np.testing.assert_array_equal(pipeline.render(config).samples[0, 100:-100], direct[100:-100])


def test_a_format_that_cannot_be_adapted_is_refused(tiny_model: DistillModel) -> None:
    odd = replace(tiny_model, header=replace(tiny_model.header, mel_format=MelFormat(hop=500)))
    with pytest.raises(VocoderError, match="the very same format"):
        GenerationPipeline(odd, _vocoder(HIFIGAN_22K)).render(GenerationConfig())


def test_the_sound_of_a_slower_vocoder_is_exported_at_44_1_khz(tiny_model: DistillModel, tmp_path: Path) -> None:
    pipeline = GenerationPipeline(tiny_model, _vocoder(HIFIGAN_22K))
    config = GenerationConfig(seconds=1.5)
    job = export_sound(tmp_path / "a.wav", pipeline.stream(config), pipeline.sample_rate, ExportFormat(44_100, "32f"))
    for _ in job:
        pass
    samples, rate = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert (rate, len(samples)) == (44_100, 66_150)
    rendered = torch.from_numpy(pipeline.render(config).samples[0])
    np.testing.assert_allclose(samples, resample(rendered, 22_050, 44_100).numpy(), atol=1e-5)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_values_that_are_not_finite_are_refused(tiny_model: DistillModel, tmp_path: Path, value: float) -> None:
    pipeline, config = GenerationPipeline(tiny_model, BrokenVocoder(value)), GenerationConfig(seconds=2.0)
    given: list[Samples] = []
    with pytest.raises(VocoderOutputError, match="no sound"):
        given.extend(pipeline.stream(config))
    assert np.isfinite(np.concatenate(given, 1)).all()
    assert 0.5 < sum(block.shape[1] for block in given) / 44_100 < 1.5
    with pytest.raises(VocoderOutputError):
        preview(pipeline, config, 60, 20)
    with pytest.raises(VocoderOutputError):
        list(export_sound(tmp_path / "a.wav", pipeline.stream(config), 44_100, ExportFormat()))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "dance"},
        {"seconds": 0.05},
        {"seconds": 601.0},
        {"seconds": float("nan")},
        {"sliders": (1.6,)},
        {"sliders": (float("nan"),)},
        {"drift": -0.1},
        {"drift": 1.1},
        {"seed": -1},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        GenerationConfig(**wrong)  # type: ignore[arg-type]
