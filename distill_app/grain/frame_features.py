"""Features by which frames of recordings are compared, computed once for all of them."""

from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from distill_app.grain.targets import features, mean_ahead, power_ahead, smooth_power

AHEAD_FRAMES = 24
"""Frames (279 ms) over which places of the recordings are compared."""
POOL_FRAMES = 8
"""Frames that are pooled where the courses of sounds are compared."""
SMOOTH_FRAMES, SMOOTH_BANDS = 65, 3
"""Frames (0.75 s) and bands over which their power is smoothed before it is shaped."""
_DETAIL_NEPERS = 3.0
"""Nepers (26 dB) above or below its surroundings from which on a detail counts no more."""


@dataclass(frozen=True, eq=False)
class FrameFeatures:
    """Features of the frames of log-mels `[bands, frames]`.

    Args:
        mel: the recordings'.
        level_mel: that by which they are brought to a level.
    """

    mel: Tensor
    level_mel: Tensor

    @cached_property
    def smooth(self) -> Tensor:
        """Log-mel `[bands, frames]` of the power smoothed over time and frequency."""
        return smooth_power(self.level_mel, SMOOTH_FRAMES, SMOOTH_BANDS)

    @cached_property
    def single(self) -> Tensor:
        """Features `[frames, n]` of each frame."""
        return features(self.mel)

    @cached_property
    def pooled(self) -> Tensor:
        """Mean features `[frames, n]` over POOL_FRAMES from each frame on."""
        return mean_ahead(self.single, POOL_FRAMES)

    @cached_property
    def ahead(self) -> Tensor:
        """Features `[frames, n]` of the mean power over AHEAD_FRAMES from each frame on, as of what is wanted."""
        return features(power_ahead(self.mel, AHEAD_FRAMES))

    @cached_property
    def ahead_squares(self) -> Tensor:
        """Sums of squares `[frames]` of those features."""
        return self.ahead.square().sum(1)

    @cached_property
    def details(self) -> Tensor:
        """Log power `[frames, bands]` over AHEAD_FRAMES from each frame on, relative to its surroundings.

        It is what a place keeps of its own when it is shaped to another spectrum.
        """
        details = power_ahead(self.level_mel - self.smooth, AHEAD_FRAMES)
        return details.clamp(-_DETAIL_NEPERS, _DETAIL_NEPERS).T.contiguous()
