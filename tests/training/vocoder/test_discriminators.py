"""The discriminators separate sounds, and their gradient reaches the generator only."""

import torch
from torch import Tensor

from distill_app.training.run.process_group import SINGLE_PROCESS
from distill_app.training.vocoder.adversarial import AdversarialLoss
from distill_app.training.vocoder.discriminators import (
    Discriminators,
    discriminator_loss,
    feature_matching_loss,
    generator_loss,
)

WIDTH, SAMPLES = 0.1, 4_096
RATE = 1e-2
CHANCE = 0.5
"""The loss of a discriminator that says 0.5 to everything."""


def noise(seed: int) -> Tensor:
    return 0.1 * torch.randn(2, SAMPLES, generator=torch.Generator().manual_seed(seed))


def tones(seed: int) -> Tensor:
    hertz = 200 + 2_000 * torch.rand(2, 1, generator=torch.Generator().manual_seed(seed))
    return 0.1 * torch.sin(2 * torch.pi * hertz * torch.arange(SAMPLES) / 44_100)


def test_they_learn_to_separate_unseen_noise_and_tones() -> None:
    adversary = AdversarialLoss(WIDTH, 0, SINGLE_PROCESS)
    for step in range(40):
        adversary.train_step(noise(step), tones(step), RATE)
    assert adversary.train_step(noise(2_000), tones(2_000), 0.0) < 0.8 * CHANCE
    false, real = (
        adversary.generator_losses(sound, tones(3_000))["adversarial"] for sound in (noise(3_000), tones(3_000))
    )
    assert false > 2 * real


def test_signals_that_differ_in_phase_only_are_separated() -> None:
    """A click and noise of the same magnitudes: what a discriminator of magnitudes could not tell apart."""
    click = torch.zeros(2, SAMPLES).index_fill(1, torch.tensor([SAMPLES // 2]), 1.0)
    spectrum = torch.fft.rfft(click)
    turned = torch.polar(spectrum.abs(), 2 * torch.pi * torch.rand(spectrum.shape, generator=torch.Generator()))
    smeared = torch.fft.irfft(turned, SAMPLES)
    adversary = AdversarialLoss(WIDTH, 0, SINGLE_PROCESS)
    for _ in range(30):
        adversary.train_step(smeared, click, RATE)
    assert adversary.train_step(smeared, click, 0.0) < 0.8 * CHANCE


def test_the_generator_loss_has_gradients_for_the_samples_only() -> None:
    adversary = AdversarialLoss(WIDTH, 0, SINGLE_PROCESS)
    samples = noise(0).requires_grad_()
    before = adversary.parts()["discriminators"]
    before = {name: value.clone() for name, value in before.items()}
    terms = adversary.generator_losses(samples, tones(0))
    torch.stack(list(terms.values())).sum().backward()  # type: ignore[no-untyped-call]
    assert samples.grad is not None
    assert samples.grad.abs().sum() > 0
    network = adversary._network
    assert all(parameter.grad is None and parameter.requires_grad for parameter in network.parameters())
    assert all(torch.equal(before[name], value) for name, value in adversary.parts()["discriminators"].items())


def test_the_score_does_not_depend_on_the_level() -> None:
    adversary = AdversarialLoss(WIDTH, 0, SINGLE_PROCESS)
    loud, soft = (adversary.generator_losses(gain * noise(0), gain * tones(0)) for gain in (1.0, 0.01))
    assert torch.allclose(loud["adversarial"], soft["adversarial"], rtol=1e-3)
    assert torch.allclose(loud["features"], soft["features"], rtol=1e-3)


def test_the_losses_are_least_squares() -> None:
    false, real = torch.full((1, 3), 0.25), torch.full((1, 3), 0.5)
    assert discriminator_loss([torch.cat([false, real])] * 2).item() == 0.25**2 + 0.5**2
    assert generator_loss([(false, [])]).item() == 0.75**2


def test_equal_features_are_no_loss_and_others_are_relative_to_their_size() -> None:
    network = Discriminators(WIDTH)
    recorded, predicted = network(tones(0)), network(noise(0))
    assert feature_matching_loss(recorded, recorded).item() == 0.0
    assert feature_matching_loss(predicted, recorded) > 0.05
    features = [(torch.zeros(1), [torch.full((4,), size)]) for size in (3.0, 2.0)]
    assert feature_matching_loss([features[0]], [features[1]]).item() == 0.5


def test_published_width_has_published_channels() -> None:
    with torch.device("meta"):
        whole = Discriminators()
    assert 40e6 < sum(parameter.numel() for parameter in whole.parameters()) < 45e6
