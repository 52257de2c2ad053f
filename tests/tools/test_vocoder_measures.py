"""Measures on pairs of sounds with a known difference."""

import math

import pytest
import torch
from torch import Tensor

from distill_app.dsp.distances import (
    group_delay_error,
    instantaneous_frequency_error,
    log_mel_l1,
    multi_resolution_stft,
)
from tools.vocoder_measures import MEASURES, Kind, hop_ripple, measure, onset_envelope_error, pitch_error

RATE = 44_100


def _noise(seed: int, seconds: float = 2.0) -> Tensor:
    return 0.1 * torch.randn(round(seconds * RATE), generator=torch.Generator().manual_seed(seed))


def _tone(hz: float, seconds: float = 2.0) -> Tensor:
    """Six harmonics, each softer than the one below."""
    time = torch.arange(round(seconds * RATE), dtype=torch.float64) / RATE
    return sum((0.3 / n * torch.sin(2 * math.pi * hz * n * time) for n in range(1, 7)), torch.zeros_like(time)).float()


def _clicks(samples: int, *places: int) -> Tensor:
    sound = torch.zeros(samples)
    sound[list(places)] = 0.5
    return sound


def _bursts(delay_seconds: float = 0.0) -> Tensor:
    """Noise that begins at once and dies away in 20 ms, every 250 ms, on a floor 80 dB below."""
    sound = 1e-5 * torch.randn(2 * RATE, generator=torch.Generator().manual_seed(5))
    for number in range(7):
        first = round((0.2 + 0.25 * number + delay_seconds) * RATE)
        decay = torch.exp(-torch.arange(8_000) / (0.02 * RATE))
        sound[first : first + 8_000] += decay * _noise(6)[:8_000]
    return sound


@pytest.mark.parametrize("kind", MEASURES, ids=[kind.id for kind in MEASURES])
def test_a_perfect_copy_has_no_error(kind: Kind) -> None:
    sound = _bursts() + _tone(220) * 0.1
    assert kind.measure(sound, sound.clone()) == pytest.approx(0, abs=1e-5)


def test_every_measure_has_a_unique_id_and_a_unit() -> None:
    assert len({kind.id for kind in MEASURES}) == len(MEASURES) == len(measure(_noise(1), _noise(1)))
    assert all(kind.unit for kind in MEASURES)


def test_longer_sound_is_trimmed() -> None:
    sound = _noise(1)
    assert log_mel_l1(sound, torch.cat([sound, _noise(2)])) == pytest.approx(0, abs=1e-6)


def test_one_decibel_louder_is_0_115_nepers_of_mel() -> None:
    assert log_mel_l1(_noise(1), 10 ** (1 / 20) * _noise(1)) == pytest.approx(math.log(10) / 20, rel=1e-4)


def test_half_as_loud_is_half_of_convergence_and_a_factor_of_two() -> None:
    noise = 5 * _noise(1)
    assert multi_resolution_stft(noise, 0.5 * noise) == pytest.approx(0.5 + math.log(2), rel=1e-3)


@pytest.mark.parametrize("delay", [1, 8, 40])
def test_a_delay_is_its_phase_step_per_bin(delay: int) -> None:
    """A click moved by n samples turns the phase by 2πn/1024 from each bin to the next."""
    one, other = _clicks(RATE, 20_000, 30_000), _clicks(RATE, 20_000 + delay, 30_000 + delay)
    assert group_delay_error(one, other) == pytest.approx(2 * math.pi * delay / 1_024, rel=0.01)
    assert instantaneous_frequency_error(one, other) < 0.01


@pytest.mark.parametrize("shift_hz", [2.0, 10.0, 40.0])
def test_a_frequency_shift_is_its_advance_per_frame(shift_hz: float) -> None:
    time = torch.arange(2 * RATE, dtype=torch.float64) / RATE
    one, other = (torch.sin(2 * math.pi * hz * time).float() for hz in (1_000, 1_000 + shift_hz))
    expected = 2 * math.pi * shift_hz * 256 / RATE
    assert instantaneous_frequency_error(one, other) == pytest.approx(expected, rel=0.05)


def _unrelated(correlation: float) -> float:
    """Mean |difference| of the phase steps of two unrelated Gaussian fields whose neighbours correlate, weighted."""
    generator = torch.Generator().manual_seed(7)
    here, fresh = torch.randn(2, 2, 200_000, dtype=torch.complex128, generator=generator)
    following = correlation * here + math.sqrt(1 - correlation**2) * fresh
    steps = following * here.conj()
    weight = here.abs().prod(0).sqrt()
    return float(((steps[0] * steps[1].conj()).angle().abs() * weight).sum() / weight.sum())


def test_unrelated_noise_has_the_error_of_unrelated_phases() -> None:
    """Not π/2, as phases drawn for each cell would have: neighbouring cells share samples and bandwidth.

    Of Hann-windowed noise neighbouring bins correlate by 2/3 (coefficients ½, ¼, ¼), frames a quarter of the window
    apart by the window's autocorrelation there.
    """
    hann = torch.hann_window(1_024, dtype=torch.float64)
    overlap = float((hann[256:] * hann[:-256]).sum() / hann.square().sum())
    assert group_delay_error(_noise(1, 5), _noise(2, 5)) == pytest.approx(_unrelated(2 / 3), rel=0.01)
    assert instantaneous_frequency_error(_noise(1, 5), _noise(2, 5)) == pytest.approx(_unrelated(overlap), rel=0.01)
    assert _unrelated(0) == pytest.approx(math.pi / 2, rel=0.01)


def test_phase_counts_only_where_there_is_sound() -> None:
    """A soft difference far from the tone's bins hardly matters."""
    tone = _tone(440)
    assert group_delay_error(tone, tone + 1e-6 * _noise(1)) < 0.01


def test_the_sign_of_a_copy_is_no_phase_error() -> None:
    assert group_delay_error(_noise(1), -_noise(1)) == pytest.approx(0, abs=1e-9)


def test_later_attacks_are_onset_errors_and_the_more_the_later() -> None:
    late = [onset_envelope_error(_bursts(), _bursts(seconds)) for seconds in (0.0, 0.0015, 0.003, 0.006)]
    assert late[0] == 0
    assert late == sorted(late)
    assert late[2] > 2.5


def test_a_smeared_attack_is_an_onset_error_that_the_mel_hardly_sees() -> None:
    """Sound 10 ms before the attack, 20 dB softer than it, is below the resolution of a 46 ms window."""
    smeared = _bursts() + 0.1 * _bursts(-0.010)
    assert onset_envelope_error(_bursts(), smeared) > 2
    assert log_mel_l1(_bursts(), smeared) < 0.2


def test_a_louder_copy_has_its_gain_as_onset_error() -> None:
    """Loudness of noise that alternates by 12 dB, which stays far from the gate."""
    steps = _noise(1) * torch.where(torch.arange(2 * RATE) % 8_000 < 4_000, 1.0, 4.0)
    assert onset_envelope_error(steps, 10 ** (3 / 20) * steps) == pytest.approx(3, abs=0.1)


def test_soft_parts_are_no_onset_error() -> None:
    assert onset_envelope_error(_bursts(), _bursts() + 1e-5 * _noise(9)) < 0.05


def test_without_onsets_the_onset_error_is_nan() -> None:
    assert math.isnan(onset_envelope_error(torch.zeros(RATE), _noise(1, 1.0)))


@pytest.mark.parametrize("hz", [65.4, 220.0, 700.0])
@pytest.mark.parametrize("cents", [-20.0, 3.0, 20.0])
def test_a_copy_that_is_sharp_measures_so(hz: float, cents: float) -> None:
    assert pitch_error(_tone(hz), _tone(hz * 2 ** (cents / 1_200))) == pytest.approx(abs(cents), abs=0.3)


def test_noise_that_pulses_with_the_hop_has_a_ripple_and_no_other_has() -> None:
    """Gains of 1 and 2 in turn, each for half a hop: 6 dB. At 500 samples the pulsing is not the hop's."""
    place = torch.arange(5 * RATE)
    pulsing = [_noise(1, 5) * torch.where(place % period < period // 2, 1.0, 2.0) for period in (512, 500)]
    assert hop_ripple(_noise(1, 5), pulsing[0]) == pytest.approx(20 * math.log10(2), abs=0.5)
    assert hop_ripple(_noise(1, 5), pulsing[1]) < 0.5
    assert hop_ripple(pulsing[0], _noise(1, 5)) == 0


def test_pitch_error_of_noise_is_nan() -> None:
    assert math.isnan(pitch_error(_noise(1), _noise(2)))


def test_silence_has_no_pitch_and_breaks_nothing() -> None:
    values = measure(torch.zeros(RATE), torch.zeros(RATE))
    assert values["log_mel_l1"] == values["mr_stft"] == values["group_delay"] == 0
    assert math.isnan(values["pitch"])


def test_a_weak_fundamental_is_no_octave_of_error() -> None:
    """YIN finds the octave above in the copy, although its period is unchanged."""
    weak = 0.02 * _tone(110) + 0.5 * _tone(220)
    assert pitch_error(_tone(110), weak) < 1
