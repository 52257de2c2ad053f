"""How much memory a training takes, told before it begins."""

import torch

from distill_app.models.vae import build_vae, parameter_count
from distill_app.models.window import WINDOW_FRAMES
from distill_app.training.vae.config import TrainingConfig

_PROGRAM_BYTES = 800 * 2**20
"""Measured: the interpreter, torch, and the vocoder that listens to the sliders."""
_NETWORKS = 12
"""Measured: trained, averaged and best network, gradient, two moments, and a checkpoint on its way to the disk."""
_WINDOW_COPIES = 5
"""Of the windows that the sliders are found from: mels, what is in the making, and what the latents are tested on."""
_ANALYSED_HOP = WINDOW_FRAMES // 4
ANALYSED_MAX = 4_000
_FLOAT_BYTES = 4


def training_bytes(config: TrainingConfig, bands: int, frames: int) -> int:
    """An estimate for a corpus of so many mel frames. Raises ValueError where the architecture is none."""
    with torch.device("meta"):
        parameters = parameter_count(build_vae(bands, config.architecture))
    window = WINDOW_FRAMES * bands
    analysed = min(frames // _ANALYSED_HOP, ANALYSED_MAX) * window * _WINDOW_COPIES
    values = _NETWORKS * parameters + analysed
    return _PROGRAM_BYTES + _FLOAT_BYTES * values
