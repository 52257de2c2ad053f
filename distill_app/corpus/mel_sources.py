"""Log-mels of any length, read from disk in parts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.common.errors import CorpusError
from distill_app.models.window import WINDOW_FRAMES

STEP_NATS = 1 / 2048
"""Quantization step of stored mels: an error of 0.002 dB at most, and 16 bits span 278 dB above the floor."""
STEPS_MAX = 65_535
_BYTES = 2

Steps = NDArray[np.uint16]
"""Quantized mel above the floor, `[frames, bands]`."""


class Mel(Protocol):
    """A log-mel that is read in parts."""

    @property
    def frames(self) -> int: ...

    def read(self, start: int, stop: int) -> Tensor:
        """Frames `start` … `stop` as `[bands, stop − start]`. Raises CorpusError if they are gone."""
        ...


@dataclass(frozen=True)
class StoredMel:
    """A mel in a raw file of quantized frames.

    Read rather than mapped: pages of a mapped file would count as RAM of this program until the system reclaims them.

    Args:
        decode_again: writes the file again if it is missing or truncated; raises CorpusError.
    """

    path: Path
    frames: int
    bands: int
    floor: float
    decode_again: Callable[[], None] | None = field(default=None, compare=False)

    def read(self, start: int, stop: int) -> Tensor:
        steps = self._steps(start, stop)
        if steps is None and self.decode_again is not None:
            self.decode_again()
            steps = self._steps(start, stop)
        if steps is None:
            raise CorpusError(
                "The recordings that were read are gone from the cache, or changed in the cache; start anew."
            )
        return torch.from_numpy(from_steps(steps.reshape(-1, self.bands), self.floor).T)

    def _steps(self, start: int, stop: int) -> Steps | None:
        """Quantized frames; None if they cannot be read."""
        count = (stop - start) * self.bands
        try:
            steps = np.fromfile(self.path, "<u2", count, offset=_BYTES * start * self.bands)
        except OSError:
            return None
        return steps if len(steps) == count else None


@dataclass(frozen=True, eq=False)
class MelSlice:
    """Frames `start` … `stop` of a mel, padded with silence to at least a window."""

    mel: Mel
    start: int
    stop: int
    floor: float

    @property
    def frames(self) -> int:
        return max(WINDOW_FRAMES, self.stop - self.start)

    def read(self, start: int, stop: int) -> Tensor:
        found = self.mel.read(min(self.stop, self.start + start), min(self.stop, self.start + stop))
        return torch.nn.functional.pad(found, (0, stop - start - found.shape[1]), value=self.floor)


@dataclass(frozen=True, eq=False)
class OneShot(MelSlice):
    """Window of a one-shot at `start`, sampled only from its beginning.

    Reading beyond the window is possible, up to `stop` its sound and then silence: time stretching needs it.
    """

    @property
    def frames(self) -> int:
        return WINDOW_FRAMES


@dataclass(frozen=True, eq=False)
class MemoryMel:
    """A mel in RAM, `[bands, frames]`."""

    values: Tensor

    @property
    def frames(self) -> int:
        return self.values.shape[1]

    def read(self, start: int, stop: int) -> Tensor:
        return self.values[:, start:stop]


def to_steps(mel: Tensor, floor: float) -> Steps:
    """Quantized frames of a log-mel `[bands, frames]`."""
    steps = np.rint((mel.T.numpy() - floor) / STEP_NATS)
    return np.clip(steps, 0, STEPS_MAX).astype("<u2")


def from_steps(steps: Steps, floor: float) -> NDArray[np.float32]:
    """Log-mel `[frames, bands]` of quantized frames."""
    return steps * np.float32(STEP_NATS) + np.float32(floor)


def evenly_spaced_windows(mels: Sequence[Mel], hop: int, most: int) -> Tensor:
    """Windows of all mels, `hop` frames apart and at each end, `[n, bands, WINDOW_FRAMES]`.

    If they exceed `most`, only every second, third … is taken.
    """
    return torch.stack(
        [mels[number].read(start, start + WINDOW_FRAMES) for number, start in evenly_spaced_positions(mels, hop, most)]
    )


def evenly_spaced_positions(mels: Sequence[Mel], hop: int, most: int) -> list[tuple[int, int]]:
    """Mel number and first frame of each window of `evenly_spaced_windows`."""
    places = [(number, start) for number, mel in enumerate(mels) for start in _window_starts(mel.frames, hop)]
    return places[:: -(-len(places) // most)]


def _window_starts(frames: int, hop: int) -> list[int]:
    last = frames - WINDOW_FRAMES
    return [*range(0, last, hop), last]


def iter_blocks(mel: Mel, frames: int = 8192) -> Iterator[Tensor]:
    """Consecutive parts `[bands, ≤ frames]` of a whole mel."""
    for start in range(0, mel.frames, frames):
        yield mel.read(start, min(mel.frames, start + frames))
