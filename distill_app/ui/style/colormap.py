"""The colours of the pictures: magma (van der Walt and Smith, CC0), black to pale yellow, even to the eye."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from distill_app.dsp.log_frequency import DB_FLOOR

_POINTS = (
    "000004 090720 1A1042 311165 4A1079 621980 792282 912B81 AA337D"
    "C23B75 D9466B EC5860 F7725C FC8E64 FEAA74 FEC68A FDE2A3 FCFDBF"
)
"""Every fifteenth of the 256 colours; straight lines between them stay within 3 of 255."""


def colour_table() -> list[int]:
    """256 colours as an image's colour table takes them."""
    points = np.frombuffer(bytes.fromhex(_POINTS), np.uint8).reshape(-1, 3)
    places = np.arange(256) / 255 * (len(points) - 1)
    channels = [np.interp(places, np.arange(len(points)), points[:, channel]) for channel in range(3)]
    return [QColor(*colour).rgb() for colour in np.round(np.stack(channels, axis=1)).astype(int).tolist()]


def shades(levels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Places in the table of levels in dB, DB_FLOOR at least: that is 0, full scale 255."""
    return np.minimum((levels - DB_FLOOR) * (255 / -DB_FLOOR), 255).astype(np.uint8)


def level_of(shade: int) -> float:
    """The level in dB of a place in the table; to half a dB."""
    return DB_FLOOR - shade * DB_FLOOR / 255
