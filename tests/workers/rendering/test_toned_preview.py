"""A moved slider of the tone is heard at the playhead, and without a step."""

from dataclasses import replace

import numpy as np
import pytest

from distill_app.audio.loop_source import SPLICE_SECONDS
from distill_app.dsp.sound import Samples
from distill_app.generation.config import GenerationConfig
from distill_app.grain.bank import GrainBank, encode_segment
from distill_app.models.model import DistillModel
from distill_app.tone.tone import TONE_CONTROLS, Tone
from distill_app.workers.rendering.piece_writer import PieceTimer
from tests.workers.rendering.test_pieces import HELD, HOP, RATE, Stage

SETTLED = round(SPLICE_SECONDS * RATE) + 4 * HOP
CONTROLS = [each.id for each in TONE_CONTROLS if each.id not in ("attack", "decay")]
SINE_HZ, SINE_LEVEL = 220.0, 0.3


def toned(tone: Tone, config: GenerationConfig = HELD.config) -> GenerationConfig:
    return replace(config, tone=tone)


def audition(stage: Stage, config: GenerationConfig) -> None:
    stage.request(replace(HELD, config=config))


@pytest.fixture
def steady(grain_model: DistillModel) -> DistillModel:
    """Model that carries a sine alone."""
    sine = SINE_LEVEL * np.sin(2 * np.pi * SINE_HZ * np.arange(6 * RATE) / RATE)
    return grain_model.with_grain(GrainBank((encode_segment("sine.wav", sine[None].astype(np.float32), RATE),), RATE))


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


def steps(samples: Samples, limit: float) -> int:
    return int((np.abs(np.diff(samples)) > limit).sum())


@pytest.mark.parametrize("control", ["loudness", "pitch", "modulation", "speed"])
def test_a_sweep_has_no_click(steady: DistillModel, control: str) -> None:
    """A click is a step from sample to sample beyond those of the sounds with the slider at its ends."""
    stage = Stage(steady)
    ends = [stage.render(toned(Tone().with_value(control, value)), 2.5) for value in (-1.0, 0.0, 1.0)]
    limit = 2 * max(float(np.quantile(np.abs(np.diff(end)), 0.999)) for end in ends)
    config = HELD.config
    audition(stage, config)
    stage.live.play(0)
    stage.read(0.5)
    heard = []
    for value in np.sin(np.arange(20) / 3):
        config = config.with_tone(Tone().with_value(control, float(value)), stage.live.snapshot().position // HOP)
        audition(stage, config)
        heard.append(stage.read(0.1))
    whole = np.concatenate(heard)
    assert steps(whole, limit) == 0
    loudest = int(np.abs(whole).argmax())
    turned = np.concatenate([whole[:loudest], -whole[loudest:]])
    assert steps(turned, limit) == 1, "a splice without a fade would be found"
