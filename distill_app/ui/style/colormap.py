"""Magma colour map of the spectrograms (van der Walt and Smith, CC0): perceptually uniform, black to pale yellow."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from distill_app.dsp.log_frequency import DB_FLOOR

_POINTS = (
    "000004 090720 1A1042 311165 4A1079 621980 792282 912B81 AA337D"
    "C23B75 D9466B EC5860 F7725C FC8E64 FEAA74 FEC68A FDE2A3 FCFDBF"
)
"""Every fifteenth of the 256 colours; linear interpolation between them is within 3 of 255 of the original."""


def color_table() -> list[int]:
    """256 colours in the form of a QImage's colour table."""
    points = np.frombuffer(bytes.fromhex(_POINTS), np.uint8).reshape(-1, 3)
    positions = np.arange(256) / 255 * (len(points) - 1)
    channels = [np.interp(positions, np.arange(len(points)), points[:, channel]) for channel in range(3)]
    return [QColor(*rgb).rgb() for rgb in np.round(np.stack(channels, axis=1)).astype(int).tolist()]


def color_indices(levels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Indices into the colour table for levels in dB: 0 for DB_FLOOR, 255 for full scale."""
    return np.minimum((levels - DB_FLOOR) * (255 / -DB_FLOOR), 255).astype(np.uint8)


def level_db_of(index: int) -> float:
    """Level in dB of an index into the colour table, to half a dB."""
    return DB_FLOOR - index * DB_FLOOR / 255
