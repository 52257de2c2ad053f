"""Training windows as the sampler augments them."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch

from distill_app.corpus.mel_sources import Mel, MemoryMel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.window import WINDOW_FRAMES
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.sampler import WindowSampler

PLAIN = TrainingConfig(mixed=0.0, gain_db=0.0, pitch_semitones=0.0, stretch=0.0, tilt_db=0.0, batch=64)
MEAN, STD = torch.zeros(128), torch.full((128,), 2.0)
FLOOR = math.log(DISTILL_MEL.floor)


def sampler_of(mels: Sequence[Mel], config: TrainingConfig) -> WindowSampler:
    return WindowSampler(mels, DISTILL_MEL, MEAN, STD, config, torch.Generator().manual_seed(0))


def sampler(config: TrainingConfig, *frames: int) -> WindowSampler:
    """Sampler of mels that rise by two nats, one unit of the z-score, with each frame."""
    return sampler_of([MemoryMel(2 * torch.arange(n, dtype=torch.float32).expand(128, n)) for n in frames], config)


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
    levels = [MemoryMel(torch.full((128, 128), value)) for value in (0.0, 6.0)]
    mixed = sampler_of(levels, replace(PLAIN, mixed=1.0)).batch()
    assert float(mixed.max()) <= 3.0 + 1e-4
    assert float(mixed.min()) >= -1e-4
    between = ((mixed[:, 0, 0] > 0.5) & (mixed[:, 0, 0] < 2.9)).sum()
    assert int(between) > 10


def test_nothing_gets_softer_than_silence() -> None:
    quiet = sampler_of([MemoryMel(torch.full((128, 128), FLOOR))], replace(PLAIN, gain_db=12.0, tilt_db=12.0))
    assert float(quiet.batch().min()) == pytest.approx(FLOOR / 2)


def test_a_stretched_window_rises_faster_or_slower_by_up_to_that_share() -> None:
    speeds = sampler(replace(PLAIN, stretch=0.2), 1000).batch()[:, 0, 20:100].diff().mean(1)
    assert 0.79 <= float(speeds.min()) < 0.9
    assert 1.1 < float(speeds.max()) <= 1.21
    assert int((speeds - 1).abs().lt(1e-4).sum()) > 5


def test_a_recording_of_one_window_can_be_stretched_and_transposed() -> None:
    varied = sampler(replace(PLAIN, stretch=0.2, pitch_semitones=5.0, tilt_db=3.0, mixed=0.5), 128).batch()
    assert varied.shape == (64, 128, WINDOW_FRAMES)
    assert varied.isfinite().all()


def test_every_variation_comes_again_with_the_same_seed() -> None:
    config = replace(PLAIN, stretch=0.2, pitch_semitones=5.0, tilt_db=3.0, mixed=0.5, gain_db=3.0)
    assert torch.equal(sampler(config, 500).batch(), sampler(config, 500).batch())
