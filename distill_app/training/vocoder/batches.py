"""Training batches of a vocoder: log-mels and the samples to be predicted."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from distill_app.dsp.mel import frames_stft, log_mel
from distill_app.dsp.mel_format import MelFormat
from distill_app.training.vocoder.config import VocoderTrainingConfig
from distill_app.training.vocoder.sampler import SegmentSampler


class Batches(Protocol):
    """Source of training batches on the device of the training."""

    def draw(self, step: int) -> tuple[Tensor, Tensor]:
        """Log-mels `[batch, bands, frames]` and samples `[batch, frames * hop]`, reproducible for the same step."""
        ...


@dataclass(frozen=True)
class SegmentBatches:
    """Batches of recorded segments and their own mels."""

    sampler: SegmentSampler
    mel_format: MelFormat
    device: torch.device

    def draw(self, step: int) -> tuple[Tensor, Tensor]:
        """Batch of a step, as `Batches.draw`."""
        return mel_and_samples(self.sampler.draw(step).to(self.device, non_blocking=True), self.mel_format)


def segment_samples(config: VocoderTrainingConfig, frames: int | None = None) -> int:
    """Samples of a segment: those that the generator predicts, and the mel's padding at each side.

    Args:
        frames: frames of the segment; those of the config if None.
    """
    mel_format = config.generator.mel_format
    return mel_format.samples(config.frames if frames is None else frames) + 2 * mel_format.padding


@torch.no_grad()
def mel_and_samples(segments: Tensor, mel_format: MelFormat) -> tuple[Tensor, Tensor]:
    """Log-mel `[batch, bands, frames]` of segments `[batch, n]`, without edge padding, and the samples it describes."""
    mel = log_mel(frames_stft(segments, mel_format), mel_format)
    return mel, segments[:, mel_format.padding : -mel_format.padding]
