"""Features and smoothed powers by which frames are compared."""

from dataclasses import replace

import pytest
import torch

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.grain.source import GrainSource
from distill_app.grain.targets import GROUPS, features, mean_power, smooth_bands, smooth_power
from tests.grain.synthetic import synthetic_recordings


@pytest.mark.parametrize("bands", [128, 100, 7])
def test_each_group_of_bands_counts_by_its_mean(bands: int) -> None:
    mel = torch.randn(bands, 9, generator=torch.Generator().manual_seed(0))
    groups = torch.stack([part.mean(0) for part in mel.tensor_split(min(GROUPS, bands))], 1)
    found = features(mel)[:, :-1] * groups.shape[1] ** 0.5
    assert torch.allclose(found, groups - groups.mean(1, keepdim=True), atol=1e-6)


def test_bands_are_smoothed_as_they_are_in_a_mel() -> None:
    mel = torch.randn(3, 128, generator=torch.Generator().manual_seed(0))
    assert torch.equal(smooth_bands(mel, 5), smooth_power(mel.T, 1, 5).T)
    assert not torch.allclose(smooth_bands(mel, 5), mel)


def test_windows_of_recordings_are_reconstructed_once() -> None:
    source = GrainSource.of_samples(list(synthetic_recordings().values()), DISTILL_MEL)
    asked: list[torch.Size] = []

    def reconstruct(mel: torch.Tensor) -> torch.Tensor:
        asked.append(mel.shape)
        return mel

    known = replace(source, reconstruct=reconstruct)
    first, other = (torch.arange(begin, begin + 32).numpy() for begin in (10, 20))
    levels = [known.window_level(each) for each in (first, other, first.copy())]
    assert len(asked) == 2
    assert torch.equal(levels[0], levels[2])
    assert torch.allclose(levels[0], smooth_bands(mean_power(known.mel[:, first]), 3))
