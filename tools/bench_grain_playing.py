"""Process that plays a model without recordings, then one with them, and prints the MiB that the second adds."""

import sys
from pathlib import Path

import torch

from distill_app.cli.benchmarks import peak_memory_mib
from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model
from distill_app.vocoders import get_vocoder
from tools.network_memory import reset_peak

_SECONDS_BEFORE, _SECONDS = 8.0, 60.0


def play(model: DistillModel, config: GenerationConfig) -> None:
    """Renders a sound by the model's own vocoder."""
    vocoder = get_vocoder("built-in" if model.grain is None else "grain", model=model)
    GenerationPipeline(model, vocoder).render(config)


def added_mib(plain: Path, model: Path) -> float:
    """MiB at most that a model takes above the program that plays `plain`, with its recordings being decoded."""
    play(load_model(plain), GenerationConfig(seconds=_SECONDS_BEFORE))
    reset_peak()
    before = peak_memory_mib()
    play(load_model(model), GenerationConfig(seconds=_SECONDS))
    return peak_memory_mib() - before


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(added_mib(*map(Path, sys.argv[1:])))
