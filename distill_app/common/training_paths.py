"""Paths of the files of a training. No torch."""

from pathlib import Path

SUFFIX = ".training"
DEMO_PREFIX = "demo-"
"""Prefix of the files with the network's reconstructions of a validation sound, and their spectrograms."""
ORIGINAL = "original.wav"
BASE_MODEL = "origin.distillgan"
LOCK = "lock"
"""File locked by the program that trains in the folder."""


def training_folder(out: Path) -> Path:
    """Folder of a training, beside the model `out`; discovery of recordings skips it."""
    return out.with_suffix(SUFFIX)


def base_model_path(out: Path) -> Path:
    """Copy of the base model, so that the training can be resumed after the base model was overwritten."""
    return training_folder(out) / BASE_MODEL


def checkpoint_path(out: Path) -> Path:
    """Checkpoint of a training; it exists while the training can be resumed."""
    return training_folder(out) / "checkpoint.safetensors"


def vocoder_checkpoint_path(model: Path) -> Path:
    """Checkpoint of a training of the vocoder embedded in `model`."""
    return model.with_suffix(f".vocoder{SUFFIX}") / "checkpoint.safetensors"
