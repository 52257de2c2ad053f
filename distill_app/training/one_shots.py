"""Where the windows of a recording begin that is learned from as one-shots: with its sounds."""

import math

from distill_app.dsp.onsets import onsets
from distill_app.training.mels import Mel, blocks

LEAD_FRAMES = 2
"""From the beginning of a window to the frame in which its sound begins: 23 ms, as in a file that begins with it."""
_DB_PER_NAT = 20 / math.log(10)


def window_starts(mel: Mel) -> tuple[int, ...]:
    """Frames of a log-mel, ascending; its first one where it has no onset, as what swells."""
    found = onsets(lambda: ((block.T * _DB_PER_NAT).numpy() for block in blocks(mel)))
    return tuple(sorted({max(0, frame - LEAD_FRAMES) for frame in found})) or (0,)
