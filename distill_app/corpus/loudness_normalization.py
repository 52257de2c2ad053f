"""Loudness normalization of recordings for training.

One-shots keep their recorded level, as the balance of a drum kit matters. All other recordings are brought to
TARGET_LUFS, so that none is quieter in training, but none is amplified beyond the peak of the loudest recording:
a sound with few loud moments has a low mean power, and its attacks would clip.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from distill_app.corpus.corpus import Recording
from distill_app.corpus.mel_sources import STEP_NATS, Mel

TARGET_LUFS = -16.0
"""Target loudness of the loudest 0.4 s of a texture."""
_SILENT_NATS = 2.5 * STEP_NATS
_NATS_PER_LU = math.log(10) / 20


@dataclass(frozen=True, eq=False)
class GainMel:
    """A mel with a gain; values at its floor are silence and stay at the floor."""

    mel: Mel
    nats: float
    floor: float

    @property
    def frames(self) -> int:
        return self.mel.frames

    def read(self, start: int, stop: int) -> Tensor:
        values = self.mel.read(start, stop)
        louder = (values + self.nats).clamp_min(self.floor)
        return torch.where(values <= self.floor + _SILENT_NATS, self.floor, louder)


def normalize_loudness(files: Sequence[Recording], floor: float) -> tuple[Recording, ...]:
    """Recordings with normalized loudness; those of unknown loudness stay unchanged.

    Args:
        floor: silence, in nats.
    """
    highest = max((file.peak for file in files), default=0.0)
    return tuple(_normalize(file, highest, floor) for file in files)


def _normalize(file: Recording, highest: float, floor: float) -> Recording:
    if file.starts is not None or not file.peak:
        return file
    nats = min(_NATS_PER_LU * (TARGET_LUFS - file.loudness), math.log(highest / file.peak))
    nats = round(nats / STEP_NATS) * STEP_NATS
    return replace(file, mel=GainMel(file.mel, nats, floor), band_stats=None, gain=math.exp(nats)) if nats else file
