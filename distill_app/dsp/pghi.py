"""Phase gradient heap integration (PGHI; Průša, Balazs & Søndergaard 2017) for frames that start at the window's first
sample.

The phase's gradient follows from the magnitudes: its step from frame to frame from their slope over the bins (the
frequency), its step from bin to bin from their slope over time (the group delay). The steps are integrated from the
strongest cells on. The magnitudes are interpolated to twice as many frames first: measured, a quarter of an overlap is
too coarse for attacks.
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.dsp.grid_integration import integrate_grid
from distill_app.dsp.mel_format import MelFormat

_HANN_SPREAD = 0.25645
"""Squared length of the Gaussian window that is most like Hann's, in squared window lengths (Průša et al., table 1)."""
_FLOOR = 1e-6
"""Magnitude below the loudest from which on differences say nothing."""
_TINY = 1e-9
_FLAT, _SHARP = 0.8, 1.2
"""Drop on both sides of a peak, in nepers, from which on it is a lobe's, and is certainly; a Hann lobe's is 1.4."""

Array = NDArray[np.float32]


def pghi_phases(magnitude: Tensor, mel_format: MelFormat, known: Tensor | None = None) -> Tensor:
    """Phases `[frames, bins]` that belong to magnitudes `[frames, bins]`.

    Args:
        known: phases `[n, bins]` of the first frames, which stay.
    """
    levels = magnitude.numpy()
    levels = _insert_frames(np.log(np.maximum(levels, levels.max() * _FLOOR + _TINY)))
    fixed = np.full(levels.shape, np.nan)
    if known is not None:
        fixed[: 2 * len(known) : 2] = known.numpy()
    down, right = _frame_steps(levels, mel_format), _bin_steps(levels, mel_format)
    phases = integrate_grid(levels, down, right, fixed)
    return torch.from_numpy(np.remainder(phases[::2], 2 * math.pi).astype(np.float32))


def _insert_frames(levels: Array) -> Array:
    """Levels with a frame between each two, by Catmull-Rom interpolation: `[2 * frames - 1, bins]`."""
    padded = np.pad(levels, ((1, 1), (0, 0)), mode="edge")
    finer = np.empty((2 * len(levels) - 1, levels.shape[1]), np.float32)
    finer[::2] = levels
    finer[1::2] = (9 * (levels[:-1] + levels[1:]) - padded[:-3] - padded[3:]) / 16
    return finer


def _frame_steps(levels: Array, mel_format: MelFormat) -> Array:
    """Steps of the phase from frame to frame, by the frequency of each bin."""
    slope = np.tanh(_central_difference(levels, axis=1))
    offset = 4 * slope / (3 + np.sqrt(9 - 8 * slope**2))  # exact for a Hann lobe, whose slope this is
    offset += _peak_weights(levels) * (_peak_offsets(levels) - offset)
    advance = math.pi * mel_format.hop / mel_format.n_fft * (np.arange(levels.shape[1], dtype=np.float32) + offset)
    return ((advance[1:] + advance[:-1]) / 2).astype(np.float32)


def _peak_offsets(levels: Array) -> Array:
    """Distance of a peak from its bin, by its stronger neighbour: less wrong than the slope where lobes are wide."""
    above, below = _neighbour_differences(levels)
    ratio = np.exp(np.minimum(np.maximum(above, below), 0))
    return ((2 * ratio - 1) / (ratio + 1)).clip(0, 0.5) * np.where(above > below, 1, -1)


def _peak_weights(levels: Array) -> Array:
    """1 for peaks that are as sharp as a lobe, 0 for what is flatter, or no peak."""
    above, below = _neighbour_differences(levels)
    sharpness = ((-above - below - _FLAT) / (_SHARP - _FLAT)).clip(0, 1)
    return np.where(np.maximum(above, below) <= 0, sharpness, 0)


def _neighbour_differences(levels: Array) -> tuple[Array, Array]:
    """Differences of the bins above and below to each bin; beyond the ends, a drop of the least sharpness."""
    rises = np.diff(levels, axis=1)
    ends = ((0, 0), (0, 1)), ((0, 0), (1, 0))
    return np.pad(rises, ends[0], constant_values=-_FLAT), np.pad(-rises, ends[1], constant_values=-_FLAT)


def _bin_steps(levels: Array, mel_format: MelFormat) -> Array:
    """Steps of the phase from bin to bin: π for half a window, and the energy's distance from the window's centre."""
    delay = -2 * _HANN_SPREAD * mel_format.n_fft / mel_format.hop * _central_difference(levels, axis=0)
    return ((delay[:, 1:] + delay[:, :-1]) / 2 - math.pi).astype(np.float32)


def _central_difference(levels: Array, axis: int) -> Array:
    """Mean of the differences to both neighbours along an axis; half as much at its ends."""
    steps = np.diff(levels, axis=axis)
    ends = [(0, 0), (0, 0)]
    ends[axis] = (1, 1)
    around = np.pad(steps, ends)
    return ((np.delete(around, 0, axis) + np.delete(around, -1, axis)) / 2).astype(np.float32)
