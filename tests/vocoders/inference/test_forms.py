"""Optimized networks give the samples of the network at any length, and leave the network unchanged."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from distill_app.dsp.mel_format import MelFormat
from distill_app.vocoders.inference import gan, optimize_for_inference
from distill_app.vocoders.networks import GeneratorConfig, build_generator
from distill_app.vocoders.networks.presets import BIGVGAN_V2_44K, HIFIGAN_V1_22K, HIFIGAN_V3_44K, TINY, VOCOS_24K
from distill_app.vocoders.published.loader import load_published
from tests.paths import GOLDEN
from tests.vocoders.small_networks import SMALL, mel_of

FOLDERS = sorted(path.parent.name for path in GOLDEN.glob("*gan_*/golden.safetensors"))

_WIDE_BIGVGAN = replace(
    BIGVGAN_V2_44K, mel_format=MelFormat(8_000, 64, 16, 64, 20), channels=128, rates=(8, 2), rate_kernels=(16, 4)
)
WIDE: Mapping[str, GeneratorConfig] = {
    "hifigan": replace(HIFIGAN_V1_22K, channels=128),
    "hifigan-2": replace(HIFIGAN_V3_44K, channels=128),
    "bigvgan": _WIDE_BIGVGAN,
    "bigvgan-snake": replace(_WIDE_BIGVGAN, activation="snake", log_scale=False, tanh=True, bias=True, resblock=2),
}
"""Networks wide enough to use every implementation of a convolution."""
WIDE_NETWORKS = pytest.mark.parametrize("name", WIDE)


def _network(config: GeneratorConfig) -> nn.Module:
    """Network with random weights whose samples neither vanish nor saturate."""
    torch.manual_seed(0)
    network = build_generator(config).eval().requires_grad_(False)
    for name, parameter in network.named_parameters():
        if parameter.ndim == 3:
            nn.init.kaiming_uniform_(parameter, a=9.0 if name == "conv_post.weight" else 3.0)
        elif not name.endswith(("norm.weight", "gamma")):
            parameter.add_(torch.randn_like(parameter) / 5)
    return network


def _error(found: Tensor, wanted: Tensor) -> float:
    """Largest difference relative to the peak."""
    assert found.shape == wanted.shape
    return float((found - wanted).abs().max() / wanted.abs().max())


@pytest.mark.parametrize("name", FOLDERS)
@torch.inference_mode()
def test_published_folders_give_the_official_samples(name: str) -> None:
    network, _ = load_published(GOLDEN / name)
    tensors = load_file(GOLDEN / name / "golden.safetensors")
    form = optimize_for_inference(network)
    assert form is not network
    assert _error(form(tensors["mel"]), tensors["audio"].flatten(0, -2)) < 1e-5
    assert _error(network(tensors["mel"]), tensors["audio"].flatten(0, -2)) < 1e-5


@WIDE_NETWORKS
@pytest.mark.parametrize("frames", [1, 3, 8])
@torch.inference_mode()
def test_gives_the_numbers_of_the_network_in_double_precision(name: str, frames: int) -> None:
    network, mel = _network(WIDE[name]), mel_of(WIDE[name], frames)[None]
    wanted = build_generator(WIDE[name]).double()
    wanted.load_state_dict(network.state_dict())
    expected, found = wanted(mel.double()), optimize_for_inference(network)(mel)
    if expected.numel():
        assert 0.001 < expected.abs().median() < 0.9
        assert _error(found, expected) < 2e-5
    assert found.shape == expected.shape


@WIDE_NETWORKS
@torch.inference_mode()
def test_a_batch_is_its_items(name: str) -> None:
    form, mels = (
        optimize_for_inference(_network(WIDE[name])),
        torch.stack([mel_of(WIDE[name], 9, seed) for seed in (1, 2)]),
    )
    both = form(mels)
    assert not torch.equal(both[0], both[1])
    assert torch.equal(both[1:], form(mels[1:]))


@pytest.mark.parametrize("name", ["hifigan", "hifigan-2", "bigvgan", "bigvgan-snake"])
@torch.inference_mode()
def test_tiles_leave_no_trace(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network, mel = _network(WIDE[name]), mel_of(WIDE[name], 20)[None]
    expected = network(mel)
    form = optimize_for_inference(network)
    monkeypatch.setattr(gan, "_TILE_VALUES", 2_000)
    monkeypatch.setattr(gan, "_TILE_CONTEXTS", 1)
    assert _error(form(mel), expected) < 2e-5


@WIDE_NETWORKS
@torch.inference_mode()
def test_weights_are_held_once(name: str) -> None:
    """Changing the weights of the network changes the optimized form."""
    network, mel = _network(WIDE[name]), mel_of(WIDE[name], 5)[None]
    form = optimize_for_inference(network)
    before = form(mel)
    for layer in network.modules():
        if isinstance(layer, nn.Conv1d | nn.ConvTranspose1d | nn.Linear):
            layer.weight.mul_(1.01 + 0.1 * torch.rand(()))
    assert _error(form(mel), before) > 1e-3
    assert _error(form(mel), network(mel)) < 2e-5


@WIDE_NETWORKS
@torch.inference_mode()
def test_a_second_form_of_the_same_network_is_the_same(name: str) -> None:
    network, mel = _network(WIDE[name]), mel_of(WIDE[name], 5)[None]
    forms: list[Callable[[Tensor], Tensor]] = [optimize_for_inference(network), optimize_for_inference(network)]
    assert torch.equal(forms[0](mel), forms[1](mel))


@pytest.mark.parametrize("config", [TINY, replace(VOCOS_24K, channels=64, blocks=3, hidden=96)])
def test_a_network_of_another_kind_is_its_own_form(config: GeneratorConfig) -> None:
    network = _network(config)
    assert optimize_for_inference(network) is network


@pytest.mark.parametrize("name", SMALL)
@torch.inference_mode()
def test_the_mel_stays_as_it_was(name: str) -> None:
    mel = mel_of(SMALL[name], 12)[None]
    before = mel.clone()
    optimize_for_inference(_network(SMALL[name]))(mel)
    assert torch.equal(mel, before)
