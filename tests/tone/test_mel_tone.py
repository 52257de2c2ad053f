"""Gains of a tone on a log-mel."""

import math

import pytest
import torch
from torch import Tensor

from distill_app.dsp.mel import band_centres_hz
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.loudness import k_levels
from distill_app.tone.mel_tone import reach, toned_mel
from distill_app.tone.smoothing import slow_fall
from distill_app.tone.tone import TONE_CONTROLS, Tone

NEPERS_PER_DB = math.log(10) / 20
FLOOR = math.log(DISTILL_MEL.floor)


def band(hertz: float) -> int:
    return int((band_centres_hz(DISTILL_MEL) - hertz).abs().argmin())


@pytest.fixture
def mel() -> Tensor:
    torch.manual_seed(0)
    course = torch.sin(torch.arange(400) / 9) - 3
    return course + torch.randn(128, 400) * 0.5


def relative_db(mel: Tensor, changed: Tensor, high_hz: float, low_hz: float) -> float:
    """Change of one band against another, in dB."""
    gains = (changed - mel) / NEPERS_PER_DB
    return float((gains[band(high_hz)] - gains[band(low_hz)]).mean())


@pytest.mark.parametrize(
    ("control", "high_hz", "low_hz", "expected_db"),
    [("brightness", 4_000, 1_000, 8.7), ("air", 15_000, 2_000, 10.4), ("warmth", 100, 1_000, 7.8)],
)
def test_a_slider_of_the_spectrum_raises_one_part_of_it(
    mel: Tensor, control: str, high_hz: float, low_hz: float, expected_db: float
) -> None:
    for value in (-1.0, 0.5, 1.0):
        changed = toned_mel(mel, Tone().with_value(control, value), DISTILL_MEL)
        assert relative_db(mel, changed, high_hz, low_hz) == pytest.approx(value * expected_db, abs=0.3)
        torch.testing.assert_close(k_levels(changed, DISTILL_MEL), k_levels(mel, DISTILL_MEL), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("value", "expected_db"), [(-1.0, -18.0), (0.5, 3.0), (1.0, 6.0)])
def test_loudness_changes_the_level_alone(mel: Tensor, value: float, expected_db: float) -> None:
    changed = toned_mel(mel, Tone(loudness=value), DISTILL_MEL)
    torch.testing.assert_close(changed, mel + expected_db * NEPERS_PER_DB, atol=1e-5, rtol=0)


@pytest.mark.parametrize("control", ["motion", "modulation"])
def test_a_slider_of_the_course_holds_level_and_spectrum(mel: Tensor, control: str) -> None:
    for value in (-1.0, 1.0):
        changed = toned_mel(mel, Tone().with_value(control, value), DISTILL_MEL)
        for each in (slice(0, 43), slice(43, 86), slice(86, 128)):
            before, after = (part[each, 60:-60].mul(2).exp().mean().log() / 2 for part in (mel, changed))
            assert abs(float(before - after)) < 1.5 * NEPERS_PER_DB


def test_motion_changes_what_bands_do_apart_and_modulation_what_they_do_together(mel: Tensor) -> None:
    def apart(each: Tensor) -> float:
        return float((each - each.mean(0)).std(1).mean())

    def together(each: Tensor) -> float:
        return float(k_levels(each, DISTILL_MEL).std())

    moved = {value: toned_mel(mel, Tone(motion=value), DISTILL_MEL) for value in (-1.0, 1.0)}
    assert apart(moved[-1.0]) < 0.5 * apart(mel) < apart(mel) < 0.7 * apart(moved[1.0])
    modulated = {value: toned_mel(mel, Tone(modulation=value), DISTILL_MEL) for value in (-1.0, 1.0)}
    assert together(modulated[-1.0]) < 0.7 * together(mel)
    assert apart(modulated[-1.0]) == pytest.approx(apart(mel), rel=1e-3)


def test_modulation_has_the_rate_that_is_asked() -> None:
    steady = torch.full((128, 860), -3.0)
    changed = toned_mel(steady, Tone(modulation=1.0, modulation_rate=4.0), DISTILL_MEL)
    envelope = k_levels(changed, DISTILL_MEL)
    spectrum = torch.fft.rfft((envelope - envelope.mean()) * torch.hann_window(860)).abs()
    hertz = float(spectrum.argmax()) * 44_100 / 512 / 860
    assert hertz == pytest.approx(4.0, abs=0.1)


def test_a_hit_decays_longer_or_shorter() -> None:
    hit = (-2 - 0.08 * torch.arange(128.0)).expand(128, -1)

    def fall(value: float) -> float:
        levels = k_levels(toned_mel(hit, Tone(decay=value), DISTILL_MEL, hit_frames=128), DISTILL_MEL)
        return float(levels[0] - levels[60])

    assert fall(1.0) == pytest.approx(60 * 0.08, abs=0.1)  # it falls slower than the limit already
    assert fall(-1.0) > 1.3 * fall(0.0)


def test_an_attack_becomes_slower() -> None:
    hit = torch.cat([torch.full((128, 4), -9.0), torch.full((128, 124), -2.0)], 1)
    levels = k_levels(toned_mel(hit, Tone(attack=1.0), DISTILL_MEL, hit_frames=128), DISTILL_MEL)
    assert float(levels[12] - levels[7]) == pytest.approx(5 * 0.4, abs=1e-3)


@pytest.mark.parametrize("control", [each.id for each in TONE_CONTROLS])
def test_a_part_gets_the_tone_of_the_whole(mel: Tensor, control: str) -> None:
    for value in (-1.0, 1.0)[control == "attack" :]:
        tone = Tone().with_value(control, value)
        around = reach(tone)
        whole, first, last = toned_mel(mel, tone, DISTILL_MEL), max(0, 150 - around), min(400, 250 + around)
        part = toned_mel(mel[:, first:last], tone, DISTILL_MEL, first)
        torch.testing.assert_close(part[:, 150 - first : 250 - first], whole[:, 150:250], atol=2e-2, rtol=0)


def test_an_envelope_reads_no_more_than_its_reach() -> None:
    values = torch.full((200,), -100.0)
    values[0] = 0
    held = slow_fall(values, 0.1, 100)
    assert held[100] == pytest.approx(-10)
    assert held[101] == -100


def test_silence_stays_silent() -> None:
    silence = torch.full((128, 200), FLOOR)
    everything = Tone(**{each.id: 1.0 for each in TONE_CONTROLS})
    assert torch.equal(toned_mel(silence, everything, DISTILL_MEL), silence)
