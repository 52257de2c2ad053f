"""Steady partials of a mel above 2 kHz, as complex lobes of a spectrum.

There a band covers many bins. The mel says the sum of their magnitudes, and any division among them has the right mel;
but the same sum is softer, the more bins share it, and has no pitch. A partial that stands alone shows in two
neighbouring bands whose ratio says its frequency:

    band k ▏  ╱╲      its frequency lies between the centres of k and k + 1;
    k + 1  ▏    ╱╲    k − 1 and k + 2 hold little, and the sum of both changes evenly from frame to frame.
           ▏   │
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.dsp.mel import filterbank
from distill_app.dsp.mel_format import MelFormat
from distill_app.dsp.mel_inversion import hann_lobe

_LOWEST_HZ = 2_000.0
_NEIGHBOURS = 0.2
"""Greatest share of the two bands beside a partial in all four."""
_UNEVEN = 0.08
"""Greatest deviation of a partial's level from an even rise or fall over three frames, in nepers."""
_FAINT = 3e-3
"""Level below the strongest of the frame's pairs from which on a partial is not heard."""
_STEADY_FRAMES = 5
_TABLE_STEP = 0.125
_LEAST_BANDS = 4
_REACH = 2
_LOBE_SUM = 2.15
"""Sum of the magnitudes of a Hann lobe and its side lobes, the peak being 1."""
_TINY = 1e-9

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Bands:
    """Bands from 2 kHz up.

    Args:
        first: the lowest of them.
        heights: height of each filter, `[bands]`.
        widths: sum of each filter of height 1, `[bands]`.
        segment: number of the last centre at or below each bin, -1 below the first one, `[bins]`.
        places, bins: pair of bands plus the upper one's share, and the frequency of such a partial in bins.
    """

    first: int
    heights: Array
    widths: Array
    segment: NDArray[np.int64]
    places: Array
    bins: Array


@lru_cache(maxsize=4)
def _first_band(mel_format: MelFormat) -> int:
    """Lowest band whose centre is at 2 kHz or above."""
    centres = filterbank(mel_format).numpy().argmax(axis=1)
    return int(np.searchsorted(centres, _LOWEST_HZ * mel_format.n_fft / mel_format.sample_rate))


@lru_cache(maxsize=4)
def _bands(mel_format: MelFormat) -> _Bands:
    bank = filterbank(mel_format).numpy()
    centres, count, first = bank.argmax(axis=1), bank.shape[1], _first_band(mel_format)
    heights = np.maximum(bank.max(axis=1)[first:], _TINY)
    shapes = bank[first:] / heights[:, None]
    bins = np.arange(centres[first], centres[-1], _TABLE_STEP, dtype=np.float32)
    lobes = hann_lobe(torch.arange(count)[:, None] - torch.from_numpy(bins)).numpy()
    pair, share = _strongest_pair((shapes @ lobes).T)
    segment = np.searchsorted(centres[first:], np.arange(count), side="right") - 1
    return _Bands(first, heights, shapes.sum(axis=1), segment, (pair + share).astype(np.float32), bins)


def _strongest_pair(levels: Array) -> tuple[NDArray[np.int64], Array]:
    """Lower band of the strongest pair of neighbours in each row, and the upper band's share of both."""
    pair = (levels[:, :-1] + levels[:, 1:]).argmax(axis=1)
    rows = np.arange(len(levels))
    upper = levels[rows, pair + 1]
    return pair, upper / np.maximum(levels[rows, pair] + upper, _TINY)


@dataclass(frozen=True, eq=False)
class Partials:
    """Partials of a mel, at most one for each pair of bands and frame.

    Args:
        present: `[frames, pairs]`.
        bins: frequency of each, in bins, `[frames, pairs]`.
        peaks: magnitude at the top of each lobe, `[frames, pairs]`.
        floor: magnitude of what else there is around each, `[frames, pairs]`.
    """

    present: NDArray[np.bool_]
    bins: Array
    peaks: Array
    floor: Array

    def put_into(self, spectrum: Tensor, known: Tensor | None, mel_format: MelFormat) -> None:
        """Put the partials into a complex spectrum `[frames, bins]`, in place of what is around them.

        Args:
            known: phases `[n, bins]` of the first frames, which the partials continue.
        """
        self._clear(spectrum, mel_format)
        phases = self._phases(None if known is None else known.numpy(), mel_format)
        frames, pairs = np.nonzero(self.present)
        nearest = self.bins[frames, pairs].round().astype(np.int64)
        values = spectrum.numpy()
        for step in range(-_REACH, _REACH + 1):
            at = (nearest + step).clip(0, values.shape[1] - 1)
            lobe = hann_lobe(torch.from_numpy(at - self.bins[frames, pairs])).numpy() * self.peaks[frames, pairs]
            np.add.at(values, (frames, at), lobe * np.exp(1j * (phases[frames, pairs] - math.pi * at)))

    def _clear(self, spectrum: Tensor, mel_format: MelFormat) -> None:
        """Limit the bins around partials to the magnitude of what else there is."""
        limit = np.where(self.present, self.floor, np.inf)
        padded = np.pad(limit, ((0, 0), (1, 2)), constant_values=np.inf)
        around = np.minimum(np.minimum(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
        segment = _bands(mel_format).segment
        per_bin = np.where(segment < 0, np.inf, around[:, segment.clip(0)])
        limits = torch.from_numpy(per_bin.astype(np.float32))
        spectrum.mul_((limits / spectrum.abs().clamp_min(_TINY)).clamp_max_(1))

    def _phases(self, known: Array | None, mel_format: MelFormat) -> NDArray[np.float64]:
        """Phase of each partial in the middle of each frame: that of the nearest one before, advanced."""
        advance = math.pi * mel_format.hop / mel_format.n_fft * self.bins.astype(np.float64)
        phases = np.zeros(self.bins.shape)
        first = 0 if known is None else len(known) - 1
        if known is not None:
            at = self.bins[first].round().astype(np.int64)
            phases[first] = known[first, at] + math.pi * at
        for frame in range(first + 1, len(phases)):
            source = self._sources(frame)
            phases[frame] = phases[frame - 1, source] + advance[frame - 1, source] + advance[frame]
        return phases

    def _sources(self, frame: int) -> NDArray[np.int64]:
        """Pair of the frame before that each pair's partial was in: itself, or a neighbour where there was none."""
        before, pairs = self.present[frame - 1], np.arange(self.present.shape[1])
        below, above = np.roll(before, 1), np.roll(before, -1)
        moved = np.where(below, pairs - 1, np.where(above, pairs + 1, pairs)).clip(0, len(pairs) - 1)
        return np.where(before, pairs, moved)


def find_partials(target: Tensor, mel_format: MelFormat) -> Partials | None:
    """Partials of a linear mel `[frames, bands]`; None if there is none."""
    if mel_format.bands - _first_band(mel_format) < _LEAST_BANDS:
        return None
    bands = _bands(mel_format)
    levels = (target.numpy()[:, bands.first :] / bands.heights).astype(np.float32)
    pairs = levels[:, :-1] + levels[:, 1:]
    present = _is_alone(levels, pairs) & _is_even(pairs) & (pairs > _FAINT * pairs.max(axis=1, keepdims=True))
    present[:, [0, -1]] = False  # what is beyond them is not known
    if not present.any():
        return None
    share = levels[:, 1:] / np.maximum(pairs, _TINY)
    bins = np.interp(np.arange(pairs.shape[1]) + share, bands.places, bands.bins).astype(np.float32)
    density = np.pad(levels / bands.widths, ((0, 0), (1, 1)))
    return Partials(present, bins, pairs / _LOBE_SUM, np.maximum(density[:, :-3], density[:, 3:]))


def _is_alone(levels: Array, pairs: Array) -> NDArray[np.bool_]:
    """Pairs that are stronger than their neighbours, and beside which there is little."""
    padded = np.pad(levels, ((0, 0), (1, 1)))
    beside = padded[:, :-3] + padded[:, 3:]
    around = np.pad(pairs, ((0, 0), (1, 1)))
    strongest = (pairs >= around[:, :-2]) & (pairs > around[:, 2:])
    return strongest & (beside < _NEIGHBOURS * (beside + pairs))


def _is_even(pairs: Array) -> NDArray[np.bool_]:
    """Pairs whose level, over five frames, rises or falls evenly."""
    log = np.log(np.maximum(pairs, _TINY))
    uneven = np.zeros_like(log)
    uneven[1:-1] = np.abs(log[:-2] - 2 * log[1:-1] + log[2:])
    reach = _STEADY_FRAMES // 2 - 1
    padded = np.pad(uneven, ((reach, reach), (0, 0)), mode="edge")
    worst = np.max([padded[start : start + len(log)] for start in range(2 * reach + 1)], axis=0)
    return worst < _UNEVEN
