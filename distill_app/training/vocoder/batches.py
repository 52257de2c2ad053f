"""What a step learns from: log-mels, and the samples that a vocoder should make of them."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from distill_app.dsp.mel import frames_stft, log_mel
from distill_app.dsp.mel_format import MelFormat
from distill_app.training.vocoder.config import VocoderTrainingConfig
from distill_app.training.vocoder.sampler import SegmentSampler


class Batches(Protocol):
    """Whatever gives the batch of a step, on the device of the training."""

    def draw(self, step: int) -> tuple[Tensor, Tensor]:
        """Log-mels `[batch, bands, frames]` and samples `[batch, frames * hop]`, the same ones for the same step."""
        ...


@dataclass(frozen=True)
class Segments:
    """Segments of recordings and their own mels."""

    sampler: SegmentSampler
    mel_format: MelFormat
    device: torch.device

    def draw(self, step: int) -> tuple[Tensor, Tensor]:
        """See Batches."""
        return mel_and_samples(self.sampler.draw(step).to(self.device, non_blocking=True), self.mel_format)


def segment_samples(config: VocoderTrainingConfig, frames: int | None = None) -> int:
    """Samples of a segment: those that the generator gives, and at each side what the mel looks at beyond them.

    Args:
        frames: of the segment, where it has others than those of the training.
    """
    mel_format = config.generator.mel_format
    return mel_format.samples(config.frames if frames is None else frames) + 2 * mel_format.padding


@torch.no_grad()
def mel_and_samples(segments: Tensor, mel_format: MelFormat) -> tuple[Tensor, Tensor]:
    """Log-mel `[batch, bands, frames]` of segments `[batch, n]`, as in the midst of a sound, and its samples."""
    mel = log_mel(frames_stft(segments, mel_format), mel_format)
    return mel, segments[:, mel_format.padding : -mel_format.padding]
