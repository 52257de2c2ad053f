"""Where a training keeps its files. No torch here."""

from pathlib import Path

SUFFIX = ".training"
DEMO_PREFIX = "demo-"
"""So begin what the network made of a sound that it does not know, and what it looks like."""
ORIGINAL = "original.wav"
BASE_MODEL = "origin.distillgan"
LOCK = "lock"
"""Held by the one program that trains there."""


def training_folder(out: Path) -> Path:
    """Beside the model `out`; nothing in it is ever learned from."""
    return out.with_suffix(SUFFIX)


def base_model_path(out: Path) -> Path:
    """A copy of the model that a training goes on from, which may be written over before it is resumed."""
    return training_folder(out) / BASE_MODEL


def checkpoint_path(out: Path) -> Path:
    """There as long as there is a training to go on with."""
    return training_folder(out) / "checkpoint.safetensors"


def vocoder_checkpoint_path(model: Path) -> Path:
    """The same of a training of the vocoder that the model `model` carries."""
    return model.with_suffix(f".vocoder{SUFFIX}") / "checkpoint.safetensors"
