"""A moved slider of the tone is heard at the playhead, and without a step."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from distill_app.audio.loop_source import SPLICE_SECONDS
from distill_app.dsp.sound import Samples
from distill_app.generation.config import GenerationConfig
from distill_app.grain.bank import GrainBank, encode_segment
from distill_app.models.model import DistillModel
from distill_app.tone.tone import TONE_CONTROLS, Tone
from distill_app.vocoders import get_vocoder
from distill_app.workers.rendering.piece_writer import PieceTimer
from tests.workers.rendering.test_pieces import HELD, HOP, RATE, Stage

SETTLED = round(SPLICE_SECONDS * RATE) + 4 * HOP
CONTROLS = [each.id for each in TONE_CONTROLS if each.id not in ("attack", "decay")]
SINE_HZ, SINE_LEVEL = 220.0, 0.3
AROUND = RATE // 100


def toned(tone: Tone, config: GenerationConfig = HELD.config) -> GenerationConfig:
    return replace(config, tone=tone)


def audition(stage: Stage, config: GenerationConfig) -> None:
    stage.request(replace(HELD, config=config))


@pytest.fixture
def steady(grain_model: DistillModel) -> DistillModel:
    """Louder model that carries a sine alone."""
    louder = replace(grain_model, mean=grain_model.mean + 6)
    sine = SINE_LEVEL * np.sin(2 * np.pi * SINE_HZ * np.arange(6 * RATE) / RATE)
    return louder.with_grain(GrainBank((encode_segment("sine.wav", sine[None].astype(np.float32), RATE),), RATE))


@pytest.mark.parametrize("control", CONTROLS)
def test_it_is_heard_from_the_playhead_on(grain_model: DistillModel, control: str) -> None:
    stage, tone = Stage(grain_model), Tone().with_value(control, 0.8)
    audition(stage, HELD.config)
    stage.live.play(0)
    before = stage.read(1.0)
    place = stage.live.snapshot().position
    config = HELD.config.with_tone(tone, place // HOP)
    audition(stage, config)
    after = stage.read(1.5)
    np.testing.assert_allclose(before, stage.render(HELD.config, 1.5)[: len(before)], atol=1e-4)
    expected = stage.render(config, 3.0)[place:][: len(after)]
    np.testing.assert_allclose(after[SETTLED:], expected[SETTLED:], atol=2e-4)


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces land at the playhead, which waits for them here."""
    monkeypatch.setattr(PieceTimer, "add", lambda self, seconds: None)


def steepness(samples: Samples) -> Samples:
    """Steps from sample to sample, as a share of the largest magnitude within 10 ms of them."""
    around = sliding_window_view(np.pad(np.abs(samples), AROUND), 2 * AROUND + 1).max(1)
    return np.abs(np.diff(samples)) / (around[1:] + 1e-5)


def ends(stage: Stage, control: str) -> list[Samples]:
    """Sounds with a slider at rest and at its ends, without their own beginning and end."""
    tones = [Tone().with_value(control, value) for value in (-1.0, 0.0, 1.0)]
    return [stage.render(toned(tone), 2.0)[RATE // 4 : -RATE // 10] for tone in tones]


@pytest.mark.parametrize(
    ("vocoder", "control", "moves"),
    [
        *(("grain", each, 20) for each in ("loudness", "pitch", "brightness", "modulation", "speed")),
        ("built-in", "pitch", 6),
        ("griffin-lim", "loudness", 6),
    ],
)
def test_a_sweep_has_no_click(steady: DistillModel, vocoder: str, control: str, moves: int) -> None:
    """A click is a step far beyond those of the sounds with the slider at rest; without a fade it is ten times that."""
    stage = Stage(steady, get_vocoder(vocoder, model=steady))
    limit = 2.5 * max(float(steepness(end).max()) for end in ends(stage, control))
    config = HELD.config
    audition(stage, config)
    stage.live.play(0)
    stage.read(0.5)
    heard = []
    for value in np.sin(1.3 * np.arange(moves)):
        config = config.with_tone(Tone().with_value(control, float(value)), stage.live.snapshot().position // HOP)
        audition(stage, config)
        heard.append(stage.read(0.1))
    whole = np.concatenate(heard)
    assert steepness(whole).max() < limit
    assert np.abs(whole).max() > 0.02
