"""Embedded vocoders of a few thousand random weights."""

from dataclasses import replace
from pathlib import Path

import torch

from distill_app.models.model_file import embed_vocoder
from distill_app.vocoders.embedded.quality_gate import Distance, QualityGate
from distill_app.vocoders.embedded.vocoder import EmbeddedVocoder
from distill_app.vocoders.networks import build_generator
from distill_app.vocoders.networks.config import GeneratorConfig
from distill_app.vocoders.networks.presets import TINY
from distill_app.vocoders.networks.weights_file import stored_state

NEAR, FAR = Distance(0.04, 0.9, 0.6, 0.6, 0.1), Distance(0.05, 1.0, 0.7, 0.7, 0.15)
PASSED = QualityGate(10, 10, 7.5, 0.12, {"own": NEAR, "built-in": FAR}, {})
FAILED = replace(PASSED, nearer=4, gain=-0.01)


def make_embedded(gate: QualityGate = PASSED, config: GeneratorConfig = TINY) -> EmbeddedVocoder:
    return EmbeddedVocoder(config, gate, {"base": "built-in"})


def make_state(config: GeneratorConfig = TINY, seed: int = 0) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    return stored_state(build_generator(config), half=True)


def embed(path: Path, gate: QualityGate = PASSED, seed: int = 0, config: GeneratorConfig = TINY) -> None:
    """Add a vocoder to a model file."""
    embed_vocoder(path, make_embedded(gate, config).to_dict(), make_state(config, seed))
