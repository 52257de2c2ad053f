"""Each loss term on signals whose difference is known."""

import math

import pytest
import torch
from torch import Tensor

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.training.vocoder.losses import TERMS, Losses, Spectra, SpectralLoss, phase_errors

RESOLUTIONS = ((2_048, 512), (1_024, 256))
WINDOW, HOP = 1_024, 256


def noise(seed: int, samples: int = 16_384) -> Tensor:
    return 0.1 * torch.randn(2, samples, generator=torch.Generator().manual_seed(seed))


def tone(hertz: float) -> Tensor:
    return torch.sin(2 * math.pi * hertz * torch.arange(16_384, dtype=torch.float64) / 44_100).float()[None]


def losses(predicted: Tensor, recorded: Tensor) -> dict[str, float]:
    terms = SpectralLoss(DISTILL_MEL, RESOLUTIONS)(predicted, recorded)
    return {name: float(value) for name, value in terms.items()}


def errors(predicted: Tensor, recorded: Tensor) -> Losses:
    return phase_errors(Spectra.of(predicted, recorded, torch.hann_window(WINDOW), HOP))


def test_every_term_is_zero_for_equal_samples() -> None:
    assert losses(noise(0), noise(0)) == pytest.approx(dict.fromkeys(TERMS, 0.0), abs=1e-4)


def test_a_gain_is_its_nats_and_moves_no_phase() -> None:
    terms = losses(0.5 * noise(0), noise(0))
    assert terms["log_magnitude"] == pytest.approx(math.log(2), rel=0.01)
    assert terms["mel"] == pytest.approx(math.log(2), rel=0.01)
    assert terms["phase"] + terms["group_delay"] + terms["frequency"] < 1e-4
    assert terms["complex"] == pytest.approx(0.5 * 4 / math.pi, rel=0.02)  # |Re| + |Im| of a mean magnitude of 1


def test_the_other_polarity_is_half_a_turn_that_no_derivative_sees() -> None:
    terms = losses(-noise(0), noise(0))
    assert terms["phase"] == pytest.approx(math.pi, rel=1e-3)
    assert max(terms[name] for name in ("mel", "log_magnitude", "group_delay", "frequency")) < 1e-3


def test_unrelated_noise_is_as_wrong_as_chance() -> None:
    """Neighbouring bins and frames share samples: the derivatives of noise are less than π / 2 apart."""
    terms = losses(noise(0), noise(1))
    assert terms["phase"] == pytest.approx(math.pi / 2, rel=0.03)
    assert [terms[name] for name in ("group_delay", "frequency")] == pytest.approx([1.08, 1.08], rel=0.05)


def test_a_delay_is_an_error_of_group_delay() -> None:
    delay = 16
    samples = noise(0)
    measured = errors(samples[:, :-delay], samples[:, delay:])
    assert float(measured["group_delay"]) == pytest.approx(2 * math.pi * delay / WINDOW, rel=0.35)
    whole = errors(torch.zeros(1, 8_192).index_fill(1, torch.tensor([4_000]), 1.0), _click(4_016))
    assert float(whole["group_delay"]) == pytest.approx(2 * math.pi * 16 / WINDOW, rel=0.01)


def _click(place: int) -> Tensor:
    return torch.zeros(1, 8_192).index_fill(1, torch.tensor([place]), 1.0)


def test_a_detuned_tone_is_an_error_of_frequency() -> None:
    measured = errors(tone(1_000.0), tone(1_010.0))
    assert float(measured["frequency"]) == pytest.approx(2 * math.pi * 10 * HOP / 44_100, rel=0.02)


def test_inaudible_differences_do_not_count() -> None:
    """Unrelated noise 60 dB below equal tones is nearly no error of phase; alone it is one of chance."""
    hiss = 1e-3 * noise(0)[:1], 1e-3 * noise(1)[:1]
    assert float(errors(tone(1_000.0) + hiss[0], tone(1_000.0) + hiss[1])["frequency"]) < 0.1


@pytest.mark.parametrize("recorded", [torch.zeros(2, 16_384), noise(1), 1e-7 * noise(1)])
@pytest.mark.parametrize("predicted", [torch.zeros(2, 16_384), noise(0), 1e-7 * noise(0)])
def test_silence_gives_finite_gradients(predicted: Tensor, recorded: Tensor) -> None:
    samples = predicted.clone().requires_grad_()
    torch.stack(list(SpectralLoss(DISTILL_MEL, RESOLUTIONS)(samples, recorded).values())).sum().backward()  # type: ignore[no-untyped-call]
    assert samples.grad is not None
    assert samples.grad.isfinite().all()


def test_digital_silence_has_no_phase_to_be_wrong() -> None:
    terms = losses(1e-6 * noise(0), torch.zeros(2, 16_384))
    assert max(terms[name] for name in ("phase", "group_delay", "frequency")) < 0.05


def test_the_gradient_of_every_term_leads_downhill() -> None:
    loss = SpectralLoss(DISTILL_MEL, RESOLUTIONS)
    recorded = noise(1)
    for name in TERMS:
        samples = (recorded + 0.02 * noise(2)).requires_grad_()
        before = loss(samples, recorded)[name]
        (gradient,) = torch.autograd.grad(before, samples)
        step = 1e-3 * samples.detach().norm() / gradient.norm()
        assert loss((samples - step * gradient).detach(), recorded)[name] < before, name


def test_bins_below_the_lowest_frequency_are_ignored() -> None:
    treble = SpectralLoss(DISTILL_MEL, ((2048, 512), (512, 128)), lowest_hz=2_000.0)
    time = torch.arange(16_384) / DISTILL_MEL.sample_rate
    low, high = (torch.sin(2 * math.pi * hertz * time)[None] for hertz in (400.0, 5_000.0))
    same, other = treble(high + low, high), treble(0.5 * high, high)
    assert same["mel"] < 0.1 < other["mel"]
    assert same["log_magnitude"] < 0.25 * other["log_magnitude"]
