"""Networks of the golden folders, read once; tests do not change them."""

from functools import cache

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from distill_app.vocoders.networks import GeneratorConfig
from distill_app.vocoders.published.loader import load_published
from tests.paths import GOLDEN


@cache
@torch.inference_mode(False)
def golden_network(name: str) -> tuple[nn.Module, GeneratorConfig]:
    return load_published(GOLDEN / name)


@cache
@torch.inference_mode(False)
def golden_tensors(name: str) -> dict[str, Tensor]:
    """Mel and samples of the official code."""
    return load_file(GOLDEN / name / "golden.safetensors")


@cache
@torch.inference_mode()
def golden_samples(name: str, frames: int) -> Tensor:
    """Samples of the network for the first frames of the mel."""
    samples: Tensor = golden_network(name)[0](golden_tensors(name)["mel"][..., :frames])
    return samples
