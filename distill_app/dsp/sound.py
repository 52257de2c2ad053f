"""A sound in memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Sound:
    """Samples `[channels, frames]` float32, full scale ±1, at `sample_rate` Hz."""

    samples: Samples
    sample_rate: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise ValueError("Sound.samples is float32 [channels, frames]")
        if self.sample_rate <= 0:
            raise ValueError("Sound.sample_rate is positive")

    @property
    def channels(self) -> int:
        return self.samples.shape[0]

    @property
    def frames(self) -> int:
        return self.samples.shape[1]

    @property
    def seconds(self) -> float:
        return self.frames / self.sample_rate

    def mono(self) -> Samples:
        """Mean of the channels, `[frames]`."""
        return self.samples.mean(axis=0, dtype=np.float32)
