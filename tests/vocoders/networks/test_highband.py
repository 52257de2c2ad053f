"""The high-band network equals the upper bins of the trained network."""

import pytest
import torch

from distill_app.vocoders.networks.convnext import ConvNextGenerator
from distill_app.vocoders.networks.highband import HighBandNetwork
from distill_app.vocoders.networks.presets import TINY


def _network() -> ConvNextGenerator:
    """Network with weights large enough for every part to matter."""
    torch.manual_seed(0)
    network = ConvNextGenerator(TINY)
    for parameter in network.parameters():
        parameter.data.add_(0.1 * torch.randn_like(parameter))
    return network


@pytest.mark.parametrize("frames", [1, 3, 36])
@pytest.mark.parametrize("first_bin", [0, 95])
@torch.inference_mode()
def test_its_bins_are_those_of_the_trained_network(frames: int, first_bin: int) -> None:
    network = _network()
    mel = torch.randn(128, frames, generator=torch.Generator().manual_seed(1)) - 4
    wanted = network.spectrum(mel[None])[0].T[:, first_bin:]
    found = HighBandNetwork(network, first_bin)(mel)
    assert found.shape == (frames, 1_025)
    assert not found[:, :first_bin].any()
    assert (found[:, first_bin:] - wanted).norm() < 1e-4 * wanted.norm()


@torch.inference_mode()
def test_it_is_no_louder_than_the_trained_network_may_be() -> None:
    network = _network()
    network.head.bias[:1_025] = 1_000.0
    found = HighBandNetwork(network, 95)(torch.zeros(128, 4))
    assert torch.allclose(found.abs()[:, 95:], torch.tensor(2_980.958), rtol=1e-3)
