"""Folders as the official projects publish them give the samples that the official code gave."""

import pytest
import torch
from torch import Tensor

from tests.paths import GOLDEN
from tests.vocoders.golden_networks import golden_network, golden_tensors

FOLDERS = sorted(path.parent.name for path in GOLDEN.glob("*/golden.safetensors"))


def test_all_families_are_here() -> None:
    families = {"hifigan_v1", "hifigan_v2", "hifigan_v3", "bigvgan_v1_24khz", "bigvgan_v2_44khz_512x"}
    assert set(FOLDERS) == families | {"vocos_center", "vocos_same"}


@pytest.mark.parametrize("name", FOLDERS)
@torch.inference_mode()
def test_a_published_folder_gives_the_official_samples(name: str) -> None:
    network, config = golden_network(name)
    tensors = golden_tensors(name)
    mel, wanted = tensors["mel"], tensors["audio"].flatten(0, -2)
    found = network(mel)
    assert mel.shape[1] == config.mel_format.bands
    assert found.shape == wanted.shape == (1, config.mel_format.samples(mel.shape[2]))
    assert _difference(found, wanted) < 1e-5


@pytest.mark.parametrize("name", FOLDERS)
def test_every_weight_affects_the_samples(name: str) -> None:
    """A tensor that no sound depends on would hide that it was never loaded."""
    network, _ = golden_network(name)
    tensors = {tensor: value.clone().requires_grad_() for tensor, value in network.state_dict().items()}
    torch.func.functional_call(network, tensors, golden_tensors(name)["mel"][..., :6]).square().sum().backward()
    assert [tensor for tensor, value in tensors.items() if value.grad is None or not value.grad.any()] == []


def _difference(found: Tensor, wanted: Tensor) -> float:
    """Relative to the peak."""
    return float((found - wanted).abs().max() / wanted.abs().max())
