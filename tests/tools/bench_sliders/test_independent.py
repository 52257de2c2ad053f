"""Each independent descriptor moves with what it is named after, by a known amount, and rests where that rests."""

import numpy as np
import pytest

from tests.tools.bench_sliders.signals import hit, mixture, noise, raised, swelling, tilted, tone
from tools.bench_sliders.bands import ENVELOPE_HZ, RATE_HZ, Signal, hz_of, to_bands
from tools.bench_sliders.independent import BY_ID, INDEPENDENT, measure
from tools.bench_sliders.levels import k_level


def steps(before: Signal, after: Signal) -> dict[str, float]:
    one, other = measure(before), measure(after)
    return {each.id: (other[each.id] - one[each.id]) / each.step for each in INDEPENDENT}


def resting(moved: dict[str, float], *but: str, is_hit: bool = False) -> float:
    """Most steps of the defined descriptors but some."""
    return max(abs(moved[each.id]) for each in INDEPENDENT if each.is_defined(is_hit) and each.id not in but)


def test_a_full_scale_sine_of_997_hz_measures_minus_3_lufs() -> None:
    sine = np.sin(2 * np.pi * 997 * np.arange(2 * RATE_HZ) / RATE_HZ)
    assert k_level(sine) == pytest.approx(-3.01, abs=0.05)


def test_silence_has_the_lowest_level_and_finite_measures() -> None:
    measured = measure(np.zeros(RATE_HZ))
    assert measured["level"] == -70.0
    assert np.isfinite(list(measured.values())).all()


def test_a_band_holds_the_power_of_its_sine_with_its_envelope() -> None:
    frequency = float(hz_of(15.0 + to_bands(tone()).cams[0] % 1))
    bands = to_bands(swelling(np.sin(2 * np.pi * frequency * np.arange(3 * RATE_HZ) / RATE_HZ), 8))
    power = bands.power[int(bands.power.mean(1).argmax())][ENVELOPE_HZ:-ENVELOPE_HZ]
    assert power.mean() == pytest.approx(0.5 * 1.125, rel=0.05)
    assert power.max() == pytest.approx(0.5 * 2.25, rel=0.07)


def test_a_gain_moves_the_level_alone() -> None:
    moved = steps(mixture(), 2 * mixture())
    assert moved["level"] == pytest.approx(6.02, abs=0.01)
    assert resting(moved, "level") < 0.01


def test_a_slope_moves_brightness_but_no_fine_structure() -> None:
    moved = steps(mixture(), tilted(mixture(), 3.0))
    assert moved["brightness"] > 3
    still = "noisiness", "tonality", "pitch", "roughness", "modulation", "speed", "onsets"
    assert max(abs(moved[each]) for each in still) < 1.0


@pytest.mark.parametrize(("name", "low", "high"), [("warmth", 60, 300), ("air", 7_000, 20_000)])
def test_a_raised_band_moves_by_its_gain(name: str, low: float, high: float) -> None:
    moved = steps(noise(), raised(noise(), low, high, 6.0))
    assert moved[name] * BY_ID[name].step == pytest.approx(6.0, abs=0.8)
    assert abs(moved["air" if name == "warmth" else "warmth"]) < 0.2


def test_more_noise_moves_noisiness_and_takes_tonality() -> None:
    moved = steps(tone() + 0.1 * noise(), tone() + 0.5 * noise())
    assert moved["noisiness"] > 3
    assert moved["tonality"] < -1
    assert resting(moved, "noisiness", "tonality", "brightness", "bandwidth", "air", "warmth", "level") < 1.5


def test_swelling_does_not_make_a_tone_noisy() -> None:
    assert measure(swelling(tone(), 6))["noisiness"] < -25
    assert measure(noise())["noisiness"] > 0


@pytest.mark.parametrize("semitones", [-12, -5, 5, 7])
def test_a_tone_measures_its_pitch_within_two_cents(semitones: int) -> None:
    cents = measure(tone(220 * 2 ** (semitones / 12)))["pitch"]
    assert cents == pytest.approx(-1_200 + 100 * semitones, abs=2)


@pytest.mark.parametrize(("name", "frequency"), [("modulation", 5.0), ("roughness", 70.0)])
def test_swelling_moves_modulation_slowly_and_roughness_fast(name: str, frequency: float) -> None:
    moved = steps(noise(), swelling(noise(), frequency, 0.6))
    assert moved[name] > 3
    assert abs(moved["roughness" if name == "modulation" else "modulation"]) < 0.5
    assert max(abs(moved[each]) for each in ("brightness", "warmth", "air", "noisiness")) < 1.5


def test_noise_alone_is_not_rough() -> None:
    assert measure(noise())["roughness"] < BY_ID["roughness"].step


def test_bands_that_swell_in_turn_are_motion_and_not_modulation() -> None:
    low, high = raised(noise(), 1_000, 30_000, -200), raised(noise(1), 0, 1_000, -200)
    still, moving = low + high, swelling(low, 2, 0.8) + swelling(high, 2, -0.8)
    moved = steps(still, moving)
    assert moved["motion"] > 2
    together = steps(still, swelling(still, 4, 0.8))
    assert together["modulation"] > 2 * abs(moved["modulation"])
    assert together["motion"] < 0.3 * moved["motion"]


def test_faster_swelling_moves_speed_by_its_octaves() -> None:
    moved = measure(swelling(tone(), 6))["speed"] - measure(swelling(tone(), 2))["speed"]
    assert moved == pytest.approx(np.log2(3), abs=0.3)


@pytest.mark.parametrize("count", [2, 8])
def test_hits_are_counted_as_onsets(count: int) -> None:
    one = np.pad(hit(fall_seconds=0.03), (0, RATE_HZ))[: RATE_HZ // count]
    assert 2 ** measure(np.tile(one, 3 * count))["onsets"] == pytest.approx(count, rel=0.25)


def test_hits_have_more_punch_than_a_steady_sound() -> None:
    one = np.pad(hit(fall_seconds=0.03), (0, RATE_HZ))[: RATE_HZ // 2]
    assert measure(np.tile(one, 6))["punch"] > measure(tone())["punch"] + 6


def test_a_longer_attack_moves_attack_by_its_octaves() -> None:
    moved = measure(hit(0.08, 0.3))["attack"] - measure(hit(0.02, 0.3))["attack"]
    assert moved == pytest.approx(2, abs=0.4)


def test_a_longer_decay_moves_decay_alone_of_both() -> None:
    moved = steps(hit(fall_seconds=0.08), hit(fall_seconds=0.16))
    assert moved["decay"] * BY_ID["decay"].step == pytest.approx(1, abs=0.15)
    assert abs(moved["attack"]) < 0.3
    assert abs(moved["brightness"]) < 0.5
