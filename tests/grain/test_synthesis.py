"""Frames that follow each other give the recording itself; gains are those of a filter."""

import numpy as np
import torch

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.grain.source import GrainSource
from distill_app.grain.synthesis import add_frames, shaped_frames

HOP = DISTILL_MEL.hop


def noise(frames: int, seed: int = 0) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal((1, frames * HOP))).astype(np.float32)


def played(source: GrainSource, positions: torch.Tensor, gain: float = 0.0) -> torch.Tensor:
    frames = shaped_frames(source.spectra(positions), torch.full((128, len(positions)), gain), DISTILL_MEL)
    return torch.cat(list(add_frames(torch.split(frames, 7, 2), DISTILL_MEL)), 1)


def test_the_frames_of_a_recording_are_the_recording() -> None:
    samples = noise(40)
    source = GrainSource.of_samples([noise(9, 1), samples], DISTILL_MEL)
    positions = torch.arange(source.starts[1], source.stops[1], HOP)
    found = played(source, positions)
    assert found.shape == samples.shape
    torch.testing.assert_close(
        found[:, 3 * HOP : -3 * HOP], torch.from_numpy(samples)[:, 3 * HOP : -3 * HOP], atol=1e-6, rtol=0
    )


def test_a_gain_in_nepers_is_a_factor() -> None:
    source = GrainSource.of_samples([noise(40)], DISTILL_MEL)
    positions = torch.arange(source.starts[0], source.stops[0], HOP)
    torch.testing.assert_close(played(source, positions, -1.0), played(source, positions) / np.e, atol=1e-6, rtol=0)


def test_silence_is_silent() -> None:
    source = GrainSource.of_samples([noise(4)], DISTILL_MEL)
    assert not played(source, torch.zeros(8, dtype=torch.long)).any()
