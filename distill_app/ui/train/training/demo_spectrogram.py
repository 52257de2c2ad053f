"""Spectrograms of a demo from its two mels: the recording and its reconstruction. numpy only."""

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from distill_app.common.logging_setup import logger
from distill_app.common.parsing import ParseError, parse_guard, read_limited
from distill_app.dsp.log_frequency import DB_FLOOR, FrequencyScale
from distill_app.dsp.mel_format import DISTILL_MEL, MelFormat
from distill_app.dsp.spectrogram import ROWS, Spectrogram

_DB_PER_NAT = 20 / math.log(10)
_BREAK_HZ, _BREAK_MEL = 1000.0, 15.0
_LINEAR_HZ = 200 / 3
_LOG_STEP = math.log(6.4) / 27
"""Slaney's mel scale (Auditory Toolbox, 1998): 66.7 Hz a mel up to 1 kHz, above it 27 mels for a factor of 6.4."""


class DemoPicture(NamedTuple):
    """Spectrograms of a demo, in dB relative to the loudest bin of the original."""

    original: Spectrogram
    reconstruction: Spectrogram


def read_demo_picture(path: Path) -> DemoPicture | None:
    """Reads the file of a demo; None where it is missing or damaged, because the next demo replaces it soon."""
    try:
        tensors = load(read_limited(path))
        with parse_guard():
            original, reconstruction = tensors["original"], tensors["rebuilt"]
            if original.shape != reconstruction.shape or original.ndim != 2 or not np.isfinite(original).all():
                raise ParseError("no two mels of one length")
            return demo_picture(original, reconstruction)
    except (OSError, SafetensorError, ParseError) as error:
        logger.info("no picture of %s: %s", path, error)
        return None


def demo_picture(
    original: NDArray[np.float32], reconstruction: NDArray[np.float32], mel_format: MelFormat = DISTILL_MEL
) -> DemoPicture:
    """Spectrograms of two log-mels `[bands, frames]` in nats."""
    loudest = float(original.max())
    first, second = (_spectrogram(mel - loudest, mel_format) for mel in (original, reconstruction))
    return DemoPicture(first, second)


def _spectrogram(mel: NDArray[np.float32], mel_format: MelFormat) -> Spectrogram:
    bands, frames = mel.shape
    scale = FrequencyScale.of(mel_format.sample_rate, ROWS)
    centres = np.array([scale.frequency(row) for row in range(scale.rows)])
    position = np.clip(_band(centres, bands, mel_format), 0, bands - 1)
    below = np.minimum(position.astype(np.intp), bands - 2)
    weight = (position - below)[:, None]
    decibels = _DB_PER_NAT * (mel[below] * (1 - weight) + mel[below + 1] * weight)
    levels = np.clip(np.nan_to_num(decibels, nan=DB_FLOOR), DB_FLOOR, 0).astype(np.float32)
    return Spectrogram(levels, scale.low_hz, scale.high_hz, frames * mel_format.hop / mel_format.sample_rate)


def _band(hertz: NDArray[np.float64], bands: int, mel_format: MelFormat) -> NDArray[np.float64]:
    """Fractional band index whose centre is at each frequency."""
    low, high = slaney_mel(np.array([mel_format.low_hz, mel_format.top_hz]))
    return (slaney_mel(hertz) - low) / (high - low) * (bands + 1) - 1


def slaney_mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slaney mel of frequencies in Hz."""
    high = _BREAK_MEL + np.log(np.maximum(hertz, _BREAK_HZ) / _BREAK_HZ) / _LOG_STEP
    return np.where(hertz < _BREAK_HZ, hertz / _LINEAR_HZ, high)
