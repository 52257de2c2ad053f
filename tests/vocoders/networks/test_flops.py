"""Counted costs equal those of the network's layers."""

import pytest
import torch
from torch import Tensor, nn

from distill_app.vocoders.networks import build_generator
from distill_app.vocoders.networks.config import GeneratorConfig
from distill_app.vocoders.networks.flops import cost
from distill_app.vocoders.networks.presets import GENERATORS, PUBLISHED

_CONFIGS = {**PUBLISHED, **GENERATORS}


@pytest.mark.parametrize("config", _CONFIGS.values(), ids=_CONFIGS.keys())
def test_the_parameters_are_those_of_the_network(config: GeneratorConfig) -> None:
    with torch.device("meta"):
        network = build_generator(config)
    assert cost(config).parameters == sum(each.numel() for each in network.parameters())


@pytest.mark.parametrize("name", ["hifigan-v2-22k", "hifigan-v3-22k", "vocos-24k"])
def test_the_multiply_accumulates_are_those_of_the_layers(name: str) -> None:
    config, frames, counted = PUBLISHED[name], 4, [0]

    def count(layer: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        counted[0] += _multiplications(layer, inputs[0], output)

    network = build_generator(config)
    for layer in network.modules():
        layer.register_forward_hook(count)
    network(torch.zeros(1, config.mel_format.bands, frames))
    seconds = frames * config.mel_format.hop / config.mel_format.sample_rate
    assert cost(config).gmac_per_second == pytest.approx(counted[0] / 1e9 / seconds)


def _multiplications(layer: nn.Module, features: Tensor, output: Tensor) -> int:
    match layer:
        case nn.Conv1d():
            return output.numel() * layer.weight[0].numel()
        case nn.ConvTranspose1d():
            return features.numel() * layer.weight[0].numel()
        case nn.Linear():
            return output.numel() * layer.in_features
    return 0


def test_bigvgan_has_the_measured_cost_of_the_published_one() -> None:
    assert cost(PUBLISHED["bigvgan-v2-44k"]).gmac_per_second == pytest.approx(158, abs=1)
