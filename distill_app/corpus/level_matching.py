"""At which level recordings are learned from: as loud as each other where that is no question of balance.

One-shots keep the level that they were recorded at, as a kit keeps its balance. All else comes to LEVEL_LUFS, so that
no recording is learned as a fainter one, but none is turned up beyond the peak of the loudest recording: a sound with
few loud moments has a low mean power, and would come out with its attacks cut off.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from distill_app.corpus.corpus import Recording
from distill_app.corpus.mel_sources import STEP_NATS, Mel

LEVEL_LUFS = -16.0
"""Loudness to which the loudest 0.4 s of a texture are brought."""
_SILENT_NATS = 2.5 * STEP_NATS
_NATS_PER_LU = math.log(10) / 20


@dataclass(frozen=True, eq=False)
class LevelledMel:
    """A mel with a gain; what lies at its floor is silence and stays silence."""

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


def level_matched(files: Sequence[Recording], floor: float) -> tuple[Recording, ...]:
    """The recordings at the levels they are learned at; those of which no level is known stay as they are.

    Args:
        floor: silence, in nats.
    """
    highest = max((file.peak for file in files), default=0.0)
    return tuple(_matched(file, highest, floor) for file in files)


def _matched(file: Recording, highest: float, floor: float) -> Recording:
    if file.starts is not None or not file.peak:
        return file
    nats = min(_NATS_PER_LU * (LEVEL_LUFS - file.loudness), math.log(highest / file.peak))
    nats = round(nats / STEP_NATS) * STEP_NATS
    return replace(file, mel=LevelledMel(file.mel, nats, floor), sums=None) if nats else file
