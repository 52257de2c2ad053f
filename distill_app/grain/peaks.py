"""Largest samples of recordings, by which the peaks of what is made of them are predicted."""

import torch
from torch import Tensor

_TINY = 1e-9


class RecordedPeaks:
    """Largest absolute sample of each hop of recordings.

    It is that of the mono signal or of the louder channel, whose peaks are scaled so that the largest of the recordings
    is that of their mono signals: a channel may exceed the mono signal as far as it was recorded.

    Args:
        mono: `[1, n]`.
        samples: `[channels, n]`.
    """

    @torch.inference_mode()
    def __init__(self, mono: Tensor, samples: Tensor, hop: int) -> None:
        self._hop = hop
        of_mono, louder = (_largest_in_hops(each, hop) for each in (mono, samples))
        self._peaks = torch.maximum(of_mono, louder * (of_mono.max() / louder.max().clamp_min(_TINY)).clamp_max(1))

    def at(self, positions: Tensor) -> Tensor:
        """Largest one `[n]` near the middle of the frames at positions `[n]`."""
        hops = (positions / self._hop).round().long()[:, None] + torch.arange(-1, 2)
        return self._peaks[hops.clamp(0, len(self._peaks) - 1)].amax(1)


def _largest_in_hops(samples: Tensor, hop: int) -> Tensor:
    """Largest absolute sample `[hops]` of `[channels, n]` in each hop; no copy of all samples is made."""
    hops = samples[:, : samples.shape[1] // hop * hop].reshape(len(samples), -1, hop)
    return torch.maximum(hops.amax((0, 2)), -hops.amin((0, 2)))
