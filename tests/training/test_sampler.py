"""What the network gets to hear."""

from dataclasses import replace

import pytest
import torch

from distill_app.models.vae import WINDOW_FRAMES
from distill_app.training.config import TrainingConfig
from distill_app.training.sampler import WindowSampler
from tests.training.synthetic import MemoryMel

PLAIN = TrainingConfig(mixed=0.0, gain_db=0.0, batch=64)
STD, FLOOR = torch.full((128,), 2.0), torch.full((128,), -4.0)


def sampler(config: TrainingConfig, *frames: int) -> WindowSampler:
    mels = [MemoryMel(torch.arange(n, dtype=torch.float32).expand(128, n)) for n in frames]
    return WindowSampler(mels, STD, FLOOR, config, torch.Generator().manual_seed(0))


def test_windows_are_consecutive_frames_from_everywhere_and_often_from_the_start() -> None:
    starts = sampler(PLAIN, 1000).batch()[:, 0, 0]
    assert len(set(starts.tolist())) > 30
    assert 3 <= int((starts == 0).sum()) <= 25
    assert starts.max() <= 1000 - WINDOW_FRAMES
    window = sampler(PLAIN, 1000).batch()[0, 5]
    assert torch.equal(window.diff(), torch.ones(WINDOW_FRAMES - 1))


def test_an_epoch_holds_as_many_frames_as_there_are() -> None:
    assert sampler(PLAIN, 64 * 128, 64 * 128).epoch_steps == 2
    assert sampler(PLAIN, 128).windows == 1


def test_gain_moves_all_bands_by_the_same_decibels() -> None:
    moved = sampler(replace(PLAIN, gain_db=6.0), 128).batch() - sampler(PLAIN, 128).batch()
    decibels = moved * 2.0 * 8.6859
    assert decibels.abs().max() <= 6.001
    assert decibels.flatten(1).std(1).max() < 1e-3
    assert decibels[:, 0, 0].std() > 2


def test_a_mix_of_a_sound_with_itself_is_that_sound_and_of_two_lies_below_the_louder_one() -> None:
    same = sampler(replace(PLAIN, mixed=1.0), 128).batch()
    torch.testing.assert_close(same, sampler(PLAIN, 128).batch(), atol=1e-3, rtol=0)
    levels = [MemoryMel(torch.full((128, 128), value)) for value in (0.0, 3.0)]
    mixed = WindowSampler(levels, STD, FLOOR, replace(PLAIN, mixed=1.0), torch.Generator().manual_seed(0)).batch()
    assert float(mixed.max()) <= 3.0 + 1e-4
    assert float(mixed.min()) >= -1e-4
    between = ((mixed[:, 0, 0] > 0.5) & (mixed[:, 0, 0] < 2.9)).sum()
    assert int(between) > 10


def test_nothing_gets_softer_than_silence() -> None:
    quiet = WindowSampler(
        [MemoryMel(torch.full((128, 128), -4.0))], STD, FLOOR, replace(PLAIN, gain_db=12.0), torch.Generator()
    )
    assert float(quiet.batch().min()) == pytest.approx(-4.0)
