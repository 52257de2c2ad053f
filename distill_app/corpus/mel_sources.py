"""Log-mels of any length, of which only what is asked for comes into memory."""

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
"""Of stored mels: rounding to it moves a value by 0.002 dB at most, and 16 bits reach 278 dB over the floor."""
HIGHEST = 65_535
_BYTES = 2

Steps = NDArray[np.uint16]
"""Mel in steps over the floor, `[frames, bands]`."""


class Mel(Protocol):
    """A log-mel."""

    @property
    def frames(self) -> int: ...

    def read(self, start: int, stop: int) -> Tensor:
        """`[bands, stop − start]` of the frames from `start` to before `stop`. Raises CorpusError where it is gone."""
        ...


@dataclass(frozen=True)
class StoredMel:
    """One in a file of nothing but its steps, frame after frame.

    Read by the file and not mapped: pages of a mapped file would count as memory of this program until the system takes
    them back.

    Args:
        decode_again: writes the file once more where it is gone or cut off; raises CorpusError.
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
        """None where they are not there."""
        count = (stop - start) * self.bands
        try:
            steps = np.fromfile(self.path, "<u2", count, offset=_BYTES * start * self.bands)
        except OSError:
            return None
        return steps if len(steps) == count else None


@dataclass(frozen=True, eq=False)
class MelSlice:
    """Frames `start` … `stop` of a mel, followed by silence up to a window where they are fewer."""

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
    """The window that begins at `start`: it is drawn from its beginning only.

    More than a window can be read, up to `stop` its sound and then silence, as is needed to play it faster.
    """

    @property
    def frames(self) -> int:
        return WINDOW_FRAMES


@dataclass(frozen=True, eq=False)
class MemoryMel:
    """One in memory, `[bands, frames]`."""

    values: Tensor

    @property
    def frames(self) -> int:
        return self.values.shape[1]

    def read(self, start: int, stop: int) -> Tensor:
        return self.values[:, start:stop]


def to_steps(mel: Tensor, floor: float) -> Steps:
    """Of a log-mel `[bands, frames]`."""
    steps = np.rint((mel.T.numpy() - floor) / STEP_NATS)
    return np.clip(steps, 0, HIGHEST).astype("<u2")


def from_steps(steps: Steps, floor: float) -> NDArray[np.float32]:
    """Log-mel `[frames, bands]`."""
    return steps * np.float32(STEP_NATS) + np.float32(floor)


def even_windows(mels: Sequence[Mel], hop: int, most: int) -> Tensor:
    """Windows of all mels, `hop` frames apart and each one's last, `[n, bands, WINDOW_FRAMES]`.

    Where they are more than `most`, every second, third … one.
    """
    return torch.stack(
        [mels[number].read(start, start + WINDOW_FRAMES) for number, start in even_places(mels, hop, most)]
    )


def even_places(mels: Sequence[Mel], hop: int, most: int) -> list[tuple[int, int]]:
    """Where such windows are: the number of the mel, and the first frame."""
    places = [(number, start) for number, mel in enumerate(mels) for start in _starts(mel.frames, hop)]
    return places[:: -(-len(places) // most)]


def _starts(frames: int, hop: int) -> list[int]:
    last = frames - WINDOW_FRAMES
    return [*range(0, last, hop), last]


def blocks(mel: Mel, frames: int = 8192) -> Iterator[Tensor]:
    """The whole mel in parts `[bands, ≤ frames]`."""
    for start in range(0, mel.frames, frames):
        yield mel.read(start, min(mel.frames, start + frames))
