"""All of a vocoder's training that `--resume` needs: networks, average, moments and the step.

Batches and learning rate depend on the step alone, so that there is no random state to keep.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from distill_app.training.run.checkpoint_file import State, Values, check_header, read_checkpoint, write_checkpoint
from distill_app.vocoders.networks.config import GeneratorConfig, config_from_dict

FORMAT_VERSION = 1
_KIND = "vocoder-training"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Where a training stands.

    Args:
        generator: the network trained.
        step: steps done.
        seconds: of training so far.
        parts: tensors of each part: "generator", "average", "optimizer", and the discriminators'.
    """

    generator: GeneratorConfig
    step: int
    seconds: float
    parts: Mapping[str, State]


def checkpoint_path(out: Path) -> Path:
    """Beside the weights."""
    return out.with_name(f"{out.stem}.checkpoint.safetensors")


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Whole or not at all. Raises TrainingError."""
    values = {"kind": _KIND, "format_version": FORMAT_VERSION, "generator": checkpoint.generator.to_dict()}
    values |= {"step": checkpoint.step, "seconds": checkpoint.seconds}
    write_checkpoint(path, values, checkpoint.parts)


def load_checkpoint(path: Path) -> Checkpoint:
    """Raises TrainingError where it is missing, foreign, newer or damaged."""
    return read_checkpoint(path, lambda values: check_header(values, _KIND, FORMAT_VERSION), _checkpoint)


def _checkpoint(values: Values, parts: dict[str, State]) -> Checkpoint:
    generator = config_from_dict(values["generator"])
    return Checkpoint(generator, values["step"], float(values["seconds"]), parts)
