"""Estimate of the RAM that a training takes. torch is imported late: ask in a thread."""

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.window import WINDOW_FRAMES
from distill_app.training.vae.config import TrainingConfig

_PROGRAM_BYTES = 800 * 2**20
"""Measured: interpreter, torch, and the vocoder that renders the sliders."""
_NETWORK_COPIES = 12
"""Measured: trained, averaged and best network, gradient, two moments, and a checkpoint being written."""
_WINDOW_COPIES = 5
"""Copies of the analysed windows: mels, intermediate results, and the features that latents are tested on."""
_ANALYSED_HOP = WINDOW_FRAMES // 4
ANALYSED_MAX = 4_000
_FLOAT_BYTES = 4


def estimated_bytes(seconds: float) -> int:
    """Memory of a training on so many seconds of recordings."""
    frames = DISTILL_MEL.frames(round(seconds * DISTILL_MEL.sample_rate))
    return training_bytes(TrainingConfig(), DISTILL_MEL.bands, frames)


def training_bytes(config: TrainingConfig, bands: int, frames: int) -> int:
    """Estimated bytes for a corpus of `frames` mel frames. Raises ValueError if the architecture is invalid."""
    import torch

    from distill_app.models.vae import build_vae, parameter_count

    with torch.device("meta"):
        parameters = parameter_count(build_vae(bands, config.architecture))
    window = WINDOW_FRAMES * bands
    analysed = min(frames // _ANALYSED_HOP, ANALYSED_MAX) * window * _WINDOW_COPIES
    values = _NETWORK_COPIES * parameters + analysed
    return _PROGRAM_BYTES + _FLOAT_BYTES * values
