"""The mel in blocks is the mel of the whole."""

import pytest
import torch

from distill_app.dsp.mel import to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.mel_stream import mel_blocks


@pytest.mark.parametrize("frames", [5, 512, 513, 1500])
def test_joined_blocks_are_the_mel_of_the_whole(frames: int) -> None:
    samples = torch.randn(frames * DISTILL_MEL.hop, generator=torch.Generator().manual_seed(0)) * 0.1
    joined = torch.cat(list(mel_blocks(samples, DISTILL_MEL)), dim=1)
    assert joined.shape == (128, frames)
    assert (joined - to_mel(samples)).abs().max() < 1e-4


@pytest.mark.parametrize("samples", [1, 700, 2047, 2049])
def test_any_length_gives_frames_enough(samples: int) -> None:
    joined = torch.cat(list(mel_blocks(torch.ones(samples), DISTILL_MEL)), dim=1)
    assert joined.shape[1] * DISTILL_MEL.hop >= samples
    assert torch.isfinite(joined).all()
