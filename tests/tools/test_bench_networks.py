"""The bench of the networks times the same weights, and tells when the sound is another."""

import time

import pytest
import torch
from torch import Tensor

from tests.vocoders.small_networks import SMALL, small_network
from tools import network_baselines
from tools.bench_networks import compared, difference, mel_of, parameters, same_network


def test_rivals_have_the_same_weights() -> None:
    network = small_network(SMALL["vocos-same"])
    ours = same_network(SMALL["vocos-same"], network)
    assert parameters(ours) == parameters(network) > 1_000
    mel = mel_of(SMALL["vocos-same"], 4)
    assert torch.equal(ours(mel), network(mel))


def test_a_network_with_other_layers_is_no_rival() -> None:
    with pytest.raises(RuntimeError, match="Missing key"):
        same_network(SMALL["hifigan-1"], small_network(SMALL["hifigan-2"]))


def test_says_how_many_times_as_fast_and_how_different() -> None:
    def slow(mel: Tensor) -> Tensor:
        begun = time.process_time()
        while time.process_time() < begun + 0.02:
            pass
        return mel

    figures = compared({"slow": slow, "quick": lambda mel: mel[0] * 1.5}, torch.ones(1, 2), times=3)
    assert float(figures["quick_times_as_fast"]) > 10
    assert figures["quick_difference"] == 0.5
    assert float(figures["slow_s"]) == pytest.approx(0.02, abs=0.01)


def test_the_difference_is_relative_to_the_peak() -> None:
    assert difference(torch.tensor([1.0, -4.0]), torch.tensor([2.0, -4.0])) == 0.25


def test_without_the_packages_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_baselines, "FOLDER", network_baselines.FOLDER / "nowhere")
    with pytest.raises(FileNotFoundError, match="make bench-networks"):
        network_baselines.vocos(SMALL["vocos-same"])  # type: ignore[arg-type]
