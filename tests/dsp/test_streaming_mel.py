"""The mel in blocks is the mel of the whole."""

import pytest
import torch

from distill_app.dsp.mel import to_mel
from distill_app.dsp.mel_format import DISTILL_MEL, MelFormat
from distill_app.dsp.streaming_mel import mel_blocks
from tests.mel_formats import VOCOS_24K


@pytest.mark.parametrize("mel_format", [DISTILL_MEL, VOCOS_24K])
@pytest.mark.parametrize("frames", [5, 512, 513, 1500])
def test_joined_blocks_are_the_mel_of_the_whole(frames: int, mel_format: MelFormat) -> None:
    samples = torch.randn(mel_format.samples(frames), generator=torch.Generator().manual_seed(0)) * 0.1
    joined = torch.cat(list(mel_blocks(samples, mel_format)), dim=1)
    assert joined.shape == (mel_format.bands, frames)
    assert (joined - to_mel(samples, mel_format)).abs().max() < 1e-4


@pytest.mark.parametrize("mel_format", [DISTILL_MEL, VOCOS_24K])
@pytest.mark.parametrize("samples", [1, 700, 2047, 2049])
def test_any_length_gives_frames_enough(samples: int, mel_format: MelFormat) -> None:
    joined = torch.cat(list(mel_blocks(torch.ones(samples), mel_format)), dim=1)
    assert mel_format.samples(joined.shape[1]) >= samples
    assert torch.isfinite(joined).all()
