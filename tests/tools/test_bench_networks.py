"""Comparison of networks with the same weights by speed and output."""

import time

import pytest
import torch
from torch import Tensor

from tests.vocoders.small_networks import SMALL, small_network
from tools import network_baselines
from tools.bench_networks import compare_speed, copy_network, parameter_count, random_mel, relative_difference


def test_copied_network_has_the_same_weights() -> None:
    network = small_network(SMALL["vocos-same"])
    copy = copy_network(SMALL["vocos-same"], network)
    assert parameter_count(copy) == parameter_count(network) > 1_000
    mel = random_mel(SMALL["vocos-same"], 4)
    assert torch.equal(copy(mel), network(mel))


def test_network_with_other_layers_is_refused() -> None:
    with pytest.raises(RuntimeError, match="Missing key"):
        copy_network(SMALL["hifigan-1"], small_network(SMALL["hifigan-2"]))


def test_speed_up_and_difference_against_the_first() -> None:
    def slow(mel: Tensor) -> Tensor:
        begun = time.process_time()
        while time.process_time() < begun + 0.02:
            pass
        return mel

    figures = compare_speed({"slow": slow, "quick": lambda mel: mel[0] * 1.5}, torch.ones(1, 2), times=3)
    assert float(figures["quick_times_as_fast"]) > 10
    assert figures["quick_difference"] == 0.5
    assert float(figures["slow_s"]) == pytest.approx(0.02, abs=0.01)


def test_the_difference_is_relative_to_the_peak() -> None:
    assert relative_difference(torch.tensor([1.0, -4.0]), torch.tensor([2.0, -4.0])) == 0.25


def test_missing_packages_are_an_error_with_the_command_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_baselines, "FOLDER", network_baselines.FOLDER / "nowhere")
    with pytest.raises(FileNotFoundError, match="make bench-networks"):
        network_baselines.vocos(SMALL["vocos-same"])  # type: ignore[arg-type]
