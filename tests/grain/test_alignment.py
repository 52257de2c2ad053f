"""The samples after a jump of a path go on with the phase of those before."""

import numpy as np
import pytest
import torch

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.grain.alignment import aligned_positions, frames_of
from distill_app.grain.blocks import GrainBlock, synthesize
from distill_app.grain.source import Frames, GrainSource
from distill_app.grain.walk import NO_FRAMES

RATE, HOP = DISTILL_MEL.sample_rate, DISTILL_MEL.hop


@pytest.fixture(scope="module")
def source() -> GrainSource:
    """A tone whose period is no part of a hop, in two channels of which one is not heard in the mono signal."""
    time = np.arange(2 * RATE) / RATE
    tone = np.sin(2 * np.pi * 101 * time).astype(np.float32)
    return GrainSource.of_samples([np.stack([tone, 0.1 * tone[::-1]])], DISTILL_MEL, weights=[(1.0, 0.0)])


@pytest.fixture(scope="module")
def path() -> Frames:
    """It jumps every 20 frames."""
    return np.concatenate([np.arange(begin, begin + 20) for begin in (20, 95, 33, 121, 58)])


def _levels(source: GrainSource, positions: Frames) -> np.ndarray:
    """RMS of a period at every 100th sample."""
    gains = torch.zeros(128, len(positions))
    block = GrainBlock(gains, torch.from_numpy(positions), gains)
    samples = torch.cat(list(synthesize(source.mono_spectra, [block], DISTILL_MEL)), 1)[0, 4 * HOP : -4 * HOP]
    return samples.unfold(0, RATE // 101, 100).square().mean(1).sqrt().numpy()


def test_a_tone_goes_on_through_jumps(source: GrainSource, path: Frames) -> None:
    aligned = _levels(source, aligned_positions(source, path, NO_FRAMES))
    assert aligned.min() > 0.98 * aligned.max()
    unaligned = _levels(source, path * HOP)
    assert unaligned.min() < 0.7 * unaligned.max()


def test_a_place_is_moved_by_less_than_half_a_hop(source: GrainSource, path: Frames) -> None:
    positions = aligned_positions(source, path, NO_FRAMES)
    assert np.array_equal(frames_of(positions, HOP), path)
    assert np.array_equal(positions[:20], path[:20] * HOP), "nothing was heard before the first"
    assert (np.diff(positions)[np.diff(path) == 1] == HOP).all()


@pytest.mark.parametrize("known", [1, 20, 30, 40, 99])
def test_what_is_known_is_continued_as_if_it_were_made_at_once(source: GrainSource, path: Frames, known: int) -> None:
    whole = aligned_positions(source, path, NO_FRAMES)
    assert np.array_equal(aligned_positions(source, path, whole[:known]), whole)


def test_the_ends_of_all_recordings_are_no_fault(source: GrainSource) -> None:
    ends = np.array([0, source.frames - 1, 0, source.frames - 1])
    assert np.array_equal(frames_of(aligned_positions(source, ends, NO_FRAMES), HOP), ends)
