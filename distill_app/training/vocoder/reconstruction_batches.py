"""Fine-tuning batches: recordings with their own mels, and with the mels that the model gives for them."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from distill_app.corpus.loudness_normalization import TARGET_LUFS
from distill_app.corpus.mel_cache import max_block_power
from distill_app.corpus.requirements import peak_amplitude
from distill_app.dsp.loudness import power_to_lufs
from distill_app.dsp.sound import Samples
from distill_app.grain.shaping import shape, window_gains, window_level
from distill_app.grain.targets import mean_power
from distill_app.models.header import ModelHeader
from distill_app.models.model import DistillModel
from distill_app.models.window import WINDOW_FRAMES
from distill_app.training.vocoder.batches import mel_and_samples, segment_samples
from distill_app.training.vocoder.config import VocoderTrainingConfig
from distill_app.training.vocoder.recordings import Piece
from distill_app.training.vocoder.sampler import SegmentSampler, random_gain

_SILENT_POWER = 1e-8


@dataclass(frozen=True)
class ReconstructionBatches:
    """Batches whose first part has reconstructed mels; the target is always the recording.

    Args:
        pieces: training material.
        model: reconstructs the mels.
        reconstructed: fraction of reconstructed mels in a batch.
    """

    pieces: tuple[Piece, ...]
    model: DistillModel
    config: VocoderTrainingConfig
    device: torch.device
    reconstructed: float

    @cached_property
    def _segments(self) -> SegmentSampler:
        config = self.config
        return SegmentSampler(self.pieces, segment_samples(config), config.batch - self._count, config.seed)

    @cached_property
    def _windows(self) -> SegmentSampler:
        config = self.config
        return SegmentSampler(self.pieces, segment_samples(config, WINDOW_FRAMES), self._count, config.seed)

    @cached_property
    def _count(self) -> int:
        return round(self.reconstructed * self.config.batch)

    def draw(self, step: int) -> tuple[Tensor, Tensor]:
        """Batch of a step, as `Batches.draw`."""
        parts = [mel_and_samples(self._segments.draw(step), self.model.header.mel_format)] if self._plain else []
        if self._count:
            parts.insert(0, self._reconstructions(np.random.default_rng([self.config.seed, 1, step])))
        mels, samples = (torch.cat(each) for each in zip(*parts, strict=True))
        return mels.to(self.device, non_blocking=True), samples.to(self.device, non_blocking=True)

    @property
    def _plain(self) -> bool:
        return self._count < self.config.batch

    def _reconstructions(self, random: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Reconstructed mels of windows, and the recorded samples."""
        mel_format = self.model.header.mel_format
        windows = np.stack(
            [at_model_level(self._windows.non_silent(random), self.model.header) for _ in range(self._count)]
        )
        recorded, samples = mel_and_samples(torch.from_numpy(windows), mel_format)
        rebuilt = model_mels(self.model, recorded).clone()  # a tensor that gradients may pass
        parts = [self._part(*pair, random) for pair in zip(rebuilt, samples, strict=True)]
        mels, sounds = (torch.stack(each) for each in zip(*parts, strict=True))
        return mels, sounds

    def _part(self, mel: Tensor, sound: Tensor, random: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Random segment of a window `[bands, WINDOW_FRAMES]` and of its samples, at a random level."""
        mel_format, frames = self.model.header.mel_format, self.config.frames
        first = int(random.integers(WINDOW_FRAMES - frames + 1))
        part = sound[first * mel_format.hop :][: mel_format.samples(frames)]
        gain = float(random_gain(part.numpy(), random))
        louder = mel[:, first : first + frames] + math.log(abs(gain))
        return louder.clamp_min(math.log(mel_format.floor)), part * gain


def model_mels(model: DistillModel, recorded: Tensor) -> Tensor:
    """Mels that a vocoder reads where the sliders are at recorded windows, `[batch, bands, WINDOW_FRAMES]`.

    Where the model carries recordings, they have their texture, as `distill_app.generation.texture` gives it to them at
    their own places.
    """
    decoded = model.decode(model.encode(recorded))
    if model.header.grain is None:
        return decoded
    silence = math.log(model.header.mel_format.floor)
    pairs = zip(decoded, recorded, strict=True)
    levels = ((window_gains(mean_power(known), window_level(own, own, known)), own) for known, own in pairs)
    return torch.stack([shape(own, gains[:, None], silence) for gains, own in levels])


def at_model_level(window: Samples, header: ModelHeader) -> Samples:
    """Samples `[n]` of a recording at the level used to train the model; silence stays silence.

    One-shots keep their level; others are brought to TARGET_LUFS, but not beyond the peak of the loudest recording
    (`distill_app.corpus.loudness_normalization`).
    """
    power = max_block_power(torch.from_numpy(window))
    if header.lead_frames or power <= _SILENT_POWER:
        return window
    most = math.inf if header.peak_dbfs is None else 10 ** (header.peak_dbfs / 20) / peak_amplitude(window)
    return window * np.float32(min(most, 10 ** ((TARGET_LUFS - power_to_lufs(power)) / 20)))
