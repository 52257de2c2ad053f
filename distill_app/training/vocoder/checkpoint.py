"""Checkpoint file of a vocoder training, read by `--resume`: networks, average, moments and step.

Batches and learning rate depend on the step alone, so there is no random state to save.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from distill_app.training.run.checkpoint_file import State, Values, check_header, read_checkpoint, write_checkpoint
from distill_app.vocoders.networks.config import GeneratorConfig, config_from_dict

FORMAT_VERSION = 1
_KIND = "vocoder-training"


@dataclass(frozen=True, eq=False)
class VocoderCheckpoint:
    """State of a vocoder training.

    Args:
        generator: config of the trained network.
        step: steps completed.
        seconds: training time so far.
        parts: tensors of "generator", "average", "optimizer" and the discriminators.
    """

    generator: GeneratorConfig
    step: int
    seconds: float
    parts: Mapping[str, State]


def checkpoint_path(out: Path) -> Path:
    """Checkpoint beside a weights file."""
    return out.with_name(f"{out.stem}.checkpoint.safetensors")


def save_checkpoint(checkpoint: VocoderCheckpoint, path: Path) -> None:
    """Write a checkpoint atomically. Raises TrainingError."""
    values = {"kind": _KIND, "format_version": FORMAT_VERSION, "generator": checkpoint.generator.to_dict()}
    values |= {"step": checkpoint.step, "seconds": checkpoint.seconds}
    write_checkpoint(path, values, checkpoint.parts)


def load_checkpoint(path: Path) -> VocoderCheckpoint:
    """Checkpoint from a file. Raises TrainingError if it is missing, foreign, newer or damaged."""
    return read_checkpoint(path, lambda values: check_header(values, _KIND, FORMAT_VERSION), _parse_checkpoint)


def _parse_checkpoint(values: Values, parts: dict[str, State]) -> VocoderCheckpoint:
    generator = config_from_dict(values["generator"])
    return VocoderCheckpoint(generator, values["step"], float(values["seconds"]), parts)
