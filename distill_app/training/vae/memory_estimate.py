"""Estimate of the RAM that a training takes. torch is imported late: ask in a thread."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.window import WINDOW_FRAMES
from distill_app.training.vae.config import TrainingConfig

_PROGRAM_BYTES = 800 * 2**20
"""Measured: interpreter, torch, and the vocoder that renders the sliders."""
_NETWORK_COPIES = 12
"""Measured: trained, averaged and best network, gradient, two moments, and a checkpoint being written."""
_WINDOW_COPIES = 5
"""Copies of the analysed windows: mels, intermediate results, and the features that latents are tested on."""
_ANALYSED_HOP = WINDOW_FRAMES // 16
ANALYSED_MAX = 4_000
_FLOAT_BYTES = 4


def estimated_bytes(seconds: float) -> int:
    """Memory of a training on so many seconds of recordings."""
    frames = DISTILL_MEL.frames(round(seconds * DISTILL_MEL.sample_rate))
    return _bytes(_default_parameters(), DISTILL_MEL.bands, frames)


def training_bytes(config: TrainingConfig, bands: int, frames: int) -> int:
    """Estimated bytes for a corpus of `frames` mel frames. Raises ValueError if the architecture is invalid."""
    return _bytes(_parameters(bands, config.architecture), bands, frames)


@cache
def _default_parameters() -> int:
    """Counted once: the window asks at each change of the recordings, and counting takes 0.1 s."""
    return _parameters(DISTILL_MEL.bands, TrainingConfig().architecture)


def _parameters(bands: int, architecture: Mapping[str, Any]) -> int:
    import torch

    from distill_app.models.vae import build_vae, parameter_count

    with torch.device("meta"):
        return parameter_count(build_vae(bands, architecture))


def _bytes(parameters: int, bands: int, frames: int) -> int:
    window = WINDOW_FRAMES * bands
    analysed = min(frames // _ANALYSED_HOP, ANALYSED_MAX) * window * _WINDOW_COPIES
    return _PROGRAM_BYTES + _FLOAT_BYTES * (_NETWORK_COPIES * parameters + analysed)
