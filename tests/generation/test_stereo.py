"""Recordings in stereo are played in stereo: both channels get the same gains, and mix to the sound in mono."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_app.dsp.mel import to_mel
from distill_app.generation.config import GenerationConfig
from distill_app.generation.loop_render import render_loop
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import preview
from distill_app.grain.bank import GrainBank, encode_segment
from distill_app.grain.targets import mean_power
from distill_app.models.loudness import peak_ceiling_dbfs
from distill_app.models.model import DistillModel
from distill_app.vocoders import get_vocoder
from tests.grain.synthetic import RATE
from tests.local_vocoder import LocalVocoder

CONFIG = GenerationConfig(seconds=0.5, sliders=(0.4, -0.3))
NOISES = 0.1 * np.random.default_rng(0).standard_normal((2, 2 * RATE)).astype(np.float32)
WIDE = np.stack([NOISES[0], 0.5 * (0.6 * NOISES[0] + 0.8 * NOISES[1])])
"""Correlation 0.6, the right channel 6 dB softer."""


def of_one(model: DistillModel, samples: np.ndarray, weights: tuple[float, ...]) -> DistillModel:
    return model.with_grain(GrainBank((encode_segment("a.wav", samples, RATE, None, weights),), RATE))


def pipeline(model: DistillModel, mono: bool = False) -> GenerationPipeline:
    return GenerationPipeline(model, get_vocoder("grain", model=model), mono=mono)


@pytest.fixture(scope="module")
def wide(tiny_model: DistillModel) -> DistillModel:
    return of_one(tiny_model, WIDE, (0.5, 0.5))


@pytest.mark.parametrize("grain", [0.5, 1.0])
def test_correlation_and_levels_of_the_channels_are_those_of_the_recording(wide: DistillModel, grain: float) -> None:
    samples = pipeline(wide).render(replace(CONFIG, grain=grain)).samples
    assert samples.shape == (2, RATE // 2)
    assert np.corrcoef(*samples)[0, 1] == pytest.approx(0.6, abs=0.05)
    assert samples[1].std() / samples[0].std() == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize(("right", "weights"), [(WIDE[1], (0.5, 0.5)), (-WIDE[1], (0.5, -0.5)), (WIDE[1], (1.0, 0.0))])
def test_its_mix_is_the_sound_of_the_mono_recording(
    tiny_model: DistillModel, right: np.ndarray, weights: tuple[float, ...]
) -> None:
    recorded = np.stack([WIDE[0], right])
    model = of_one(tiny_model, recorded, weights)
    mixed = np.asarray(weights, np.float32) @ pipeline(model).render(CONFIG).samples
    mono = pipeline(model, mono=True).render(CONFIG).samples
    np.testing.assert_allclose(mono[0], mixed, atol=1e-5)
    alone = of_one(tiny_model, (np.asarray(weights, np.float32) @ recorded)[None], (1.0,))
    np.testing.assert_allclose(pipeline(alone).render(CONFIG).samples, mono, atol=0.01 * np.abs(mono).max())


def test_recordings_in_mono_sound_in_the_middle_of_a_stereo_sound(tiny_model: DistillModel) -> None:
    segments = (encode_segment("a.wav", NOISES[:1], RATE), encode_segment("b.wav", np.zeros((2, 999), "f"), RATE))
    model = tiny_model.with_grain(GrainBank(segments, RATE))
    left, right = pipeline(model).render(CONFIG).samples
    np.testing.assert_array_equal(left, right)
    (mono,) = pipeline(tiny_model.with_grain(GrainBank(segments[:1], RATE))).render(CONFIG).samples
    np.testing.assert_allclose(left, mono, atol=1e-4)


def test_what_cancels_in_the_mono_signal_is_not_raised(tiny_model: DistillModel) -> None:
    """The difference of the channels holds a tone alone, their noise cancels in it."""
    tone = 0.4 * np.sin(np.arange(2 * RATE) / 9).astype(np.float32)
    played = pipeline(of_one(tiny_model, np.stack([NOISES[0] + tone, NOISES[0] - tone]), (0.5, -0.5)))
    wanted = mean_power(torch.cat(list(played.mel_blocks(CONFIG)), 1))
    for channel in played.render(CONFIG).samples:
        assert float((mean_power(to_mel(channel)) - wanted).median()) < 1, "nepers"


def test_pieces_and_loops_have_both_channels(wide: DistillModel) -> None:
    whole, piece = pipeline(wide).render(CONFIG).samples, preview(pipeline(wide), CONFIG, 8, 30)
    assert piece.shape == (2, 30 * 512)
    gain = float(np.vdot(piece, whole[:, 8 * 512 : 38 * 512]) / np.vdot(piece, piece))
    np.testing.assert_allclose(gain * piece, whole[:, 8 * 512 : 38 * 512], atol=2e-4)
    assert render_loop(pipeline(wide), CONFIG).shape == (2, RATE // 2)
    assert preview(pipeline(wide, mono=True), CONFIG, 8, 30).shape == (1, 30 * 512)
    assert render_loop(pipeline(wide, mono=True), CONFIG).shape == (1, RATE // 2)


def test_what_is_not_of_the_recordings_frames_is_mono(wide: DistillModel) -> None:
    assert GenerationPipeline(wide, LocalVocoder()).render(CONFIG).channels == 1
    assert pipeline(wide).render(replace(CONFIG, grain=0.0, seconds=0.1)).channels == 1


def test_the_louder_channel_stays_as_far_below_the_peak_as_it_was(tiny_model: DistillModel) -> None:
    """The peak in the header is that of the mono signal: here 6 dB below that of the left channel."""
    model = of_one(tiny_model, np.stack([NOISES[0], 0 * NOISES[0]]), (0.5, 0.5))
    peaks = {}
    for peak_dbfs in (0.0, -50.0):
        limited = replace(model, header=replace(model.header, peak_dbfs=peak_dbfs))
        stereo, mono = (pipeline(limited, mono).render(CONFIG).samples for mono in (False, True))
        np.testing.assert_allclose(0.5 * stereo[:1], mono, atol=1e-6)
        assert not stereo[1].any()
        peaks[peak_dbfs] = 20 * np.log10(np.abs(stereo).max())
    assert peaks[-50.0] <= peak_ceiling_dbfs(-50.0) + 6.1 + 1.5 < peaks[0.0], "predicted within 1.5 dB"
