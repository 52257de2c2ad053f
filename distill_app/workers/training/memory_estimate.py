"""What a training will take, before it begins. torch comes late: to be asked in a thread."""

from distill_app.dsp.mel_format import DISTILL_MEL


def estimated_bytes(seconds: float) -> int:
    """Memory of a training on so many seconds of recordings."""
    from distill_app.training.vae.config import TrainingConfig
    from distill_app.training.vae.memory_estimate import training_bytes

    return training_bytes(
        TrainingConfig(), DISTILL_MEL.bands, DISTILL_MEL.frames(round(seconds * DISTILL_MEL.sample_rate))
    )
