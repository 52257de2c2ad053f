"""Networks give hop samples per frame, depend on their mel, and have the published sizes and names."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from distill_app.dsp.mel import stft, to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.vocoders.networks import GeneratorConfig, build_generator
from distill_app.vocoders.networks.convnext import AmplitudePrior
from distill_app.vocoders.networks.hifigan import add_weight_norm, state_without_weight_norm
from distill_app.vocoders.networks.presets import (
    BIGVGAN_V1_24K,
    BIGVGAN_V2_44K,
    GENERATORS,
    HIFIGAN_V1_22K,
    HIFIGAN_V2_22K,
    HIFIGAN_V2_44K,
    HIFIGAN_V3_22K,
    TINY,
    VOCOS_24K,
)

SMALL_HIFIGAN = replace(HIFIGAN_V2_44K, channels=32)
CONFIGS = {"vocos": TINY, "hifigan": SMALL_HIFIGAN, "hifigan-2": replace(SMALL_HIFIGAN, resblock=2)}


def network(config: GeneratorConfig) -> torch.nn.Module:
    torch.manual_seed(0)
    return build_generator(config)


def mel(frames: int = 12) -> Tensor:
    return torch.randn(2, 128, frames, generator=torch.Generator().manual_seed(1)) - 4


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize("frames", [1, 2, 12])
def test_a_frame_gives_a_hop_of_samples(config: GeneratorConfig, frames: int) -> None:
    samples = network(config)(mel(frames))
    assert samples.shape == (2, frames * 512)
    assert samples.isfinite().all()


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_every_weight_has_a_gradient_and_every_frame_matters(config: GeneratorConfig) -> None:
    generator, frames = network(config), mel().requires_grad_()
    generator(frames)[:, 5 * 512 : 6 * 512].square().sum().backward()
    assert all(parameter.grad is not None for parameter in generator.parameters())
    assert frames.grad is not None
    assert frames.grad[:, :, 5].abs().sum() > 0


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_far_frames_do_not_matter(config: GeneratorConfig) -> None:
    """Frames outside the receptive field change nothing, so that chunks join exactly."""
    generator, frames = network(config), mel(64)
    changed = frames.clone()
    changed[:, :, 40:] += 1.0
    with torch.no_grad():
        assert torch.allclose(generator(frames)[:, : 20 * 512], generator(changed)[:, : 20 * 512], atol=1e-6)


@pytest.mark.parametrize(("name", "millions"), [("256x6", 3.4), ("384x8", 8.65), ("512x8", 14.7), ("hifigan-v2", 0.97)])
def test_sizes_are_those_of_their_names(name: str, millions: float) -> None:
    with torch.device("meta"):
        generator = build_generator(GENERATORS[name])
    assert sum(parameter.numel() for parameter in generator.parameters()) / 1e6 == pytest.approx(millions, rel=0.01)


def test_hifigan_calls_its_tensors_as_the_published_weights_do() -> None:
    names = set(network(CONFIGS["hifigan"]).state_dict())
    expected = {"conv_pre.weight", "ups.3.bias", "resblocks.11.convs1.2.weight", "resblocks.0.convs2.0.bias"}
    assert expected | {"conv_post.weight"} <= names
    assert "resblocks.11.convs.2.weight" in network(CONFIGS["hifigan-2"]).state_dict()


def test_published_hifigan_v1_has_its_published_size() -> None:
    with torch.device("meta"):
        generator = build_generator(HIFIGAN_V1_22K)
    assert sum(parameter.numel() for parameter in generator.parameters()) == 13_926_017


@pytest.mark.parametrize(
    ("config", "millions"),
    [(HIFIGAN_V2_22K, 0.926), (HIFIGAN_V3_22K, 1.462), (BIGVGAN_V2_44K, 122), (BIGVGAN_V1_24K, 112), (VOCOS_24K, 13.5)],
)
def test_published_networks_have_their_published_sizes(config: GeneratorConfig, millions: float) -> None:
    with torch.device("meta"):
        generator = build_generator(config)
    assert sum(parameter.numel() for parameter in generator.parameters()) / 1e6 == pytest.approx(millions, rel=4e-3)


def test_weight_norm_changes_no_sound_and_can_be_left_out() -> None:
    generator = network(CONFIGS["hifigan"])
    before = generator(mel())
    normed = add_weight_norm(generator)
    assert torch.allclose(normed(mel()), before, atol=1e-6)
    fresh = build_generator(CONFIGS["hifigan"])
    fresh.load_state_dict(state_without_weight_norm(normed))
    assert torch.allclose(fresh(mel()), before, atol=1e-6)
    assert "parametrizations" in "".join(normed.state_dict())


def test_the_prior_knows_the_spectrum_within_some_decibels() -> None:
    samples = 0.1 * torch.randn(1, 64 * 512, generator=torch.Generator().manual_seed(2))
    smooth = torch.nn.functional.conv1d(samples[:, None], torch.hann_window(9)[None, None] / 4, padding=4)[:, 0]
    wanted = stft(smooth, DISTILL_MEL).abs().clamp_min(1e-5).log()
    found = AmplitudePrior(DISTILL_MEL)(to_mel(smooth))
    assert (found - wanted).abs().mean() < 0.8  # the spectrum of noise itself varies by 0.55 nats around its mean
    louder = AmplitudePrior(DISTILL_MEL)(to_mel(10 * smooth))
    assert (louder - found).mean().item() == pytest.approx(2.303, abs=0.01)


def test_untrained_it_has_about_the_level_that_the_mel_asks_for() -> None:
    samples = torch.sin(2 * torch.pi * 440 * torch.arange(64 * 512) / 44_100)[None] * 0.25
    frames = to_mel(samples)
    found = to_mel(network(TINY)(frames).detach())
    loud = frames > frames.amax() - 3
    assert (found - frames)[loud].abs().mean() < 1.5


def test_silence_stays_silent() -> None:
    samples = network(TINY)(torch.full((1, 128, 20), -11.5129)).detach()
    assert 20 * samples.abs().max().log10() < -80
