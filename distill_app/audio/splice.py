"""Crossfades from an old output to a new one."""

from dataclasses import dataclass

import numpy as np

from distill_app.dsp.fades import splice_gains
from distill_app.dsp.sound import Samples


@dataclass(eq=False)
class Fade:
    """A crossfade under way.

    Args:
        old: `[frames, 2]`, faded out already.
        rise: gains `[frames]` of the new output.
        done: frames given out.
    """

    old: Samples
    rise: Samples
    done: int = 0

    def mix(self, out: Samples) -> None:
        """Applies the rest of the fade to the beginning of `out`."""
        place = slice(self.done, self.done + len(out))
        count = len(self.rise[place])
        out[:count] *= self.rise[place, None]
        out[:count] += self.old[place]
        self.done += count

    @property
    def over(self) -> bool:
        return self.done == len(self.rise)


def with_edges(old: Samples, new: Samples, frames: int, at_start: bool, at_end: bool) -> Samples:
    """`new` in place of `old`, both `[channels, n]`, with a crossfade at either end where asked for."""
    out = np.broadcast_to(new, old.shape).copy()
    if at_start:
        fall, rise = splice_gains(old[:, :frames].T, out[:, :frames].T)
        out[:, :frames] = old[:, :frames] * fall + out[:, :frames] * rise
    if at_end:
        fall, rise = splice_gains(out[:, -frames:].T, old[:, -frames:].T)
        out[:, -frames:] = out[:, -frames:] * fall + old[:, -frames:] * rise
    return out
