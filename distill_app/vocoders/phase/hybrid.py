"""The built-in vocoder: a small network above 2.5 kHz, phase retrieval below.

    mel ─┬▶ network (Vocos-like, at frame rate) ─▶ spectrum above 2.5 kHz ─┬▶ two projections ─▶ samples
         └▶ projections at 1/8 of the rate ──────▶ spectrum below ─────────┘

Below 2.5 kHz the mel determines the phases, and projections find them better than the networks that were tried. Above,
it does not; a network is trained on attacks and noise.
"""

from pathlib import Path

import torch

from distill_app.common.errors import VocoderError
from distill_app.common.paths import BUILT_IN_WEIGHTS
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.networks.convnext import ConvNextGenerator
from distill_app.vocoders.networks.highband import HighBandNetwork
from distill_app.vocoders.networks.weights_file import load_generator
from distill_app.vocoders.phase.griffin_lim import GriffinLim
from distill_app.vocoders.phase.phase_retrieval import IterationBudget, first_high_bin

BUDGET, PREVIEW_BUDGET = IterationBudget(low=128, full=2), IterationBudget(low=8, full=1)


def load_hybrid(info: VocoderInfo, path: Path = BUILT_IN_WEIGHTS, budget: IterationBudget = BUDGET) -> GriffinLim:
    """Hybrid vocoder with the weights of a file.

    Raises VocoderError where they are missing, damaged or of another kind.
    """
    network, header = load_generator(path)
    if not isinstance(network, ConvNextGenerator) or header.config.mel_format != info.mel_format:
        raise VocoderError(f"“{path.name}” holds another kind of vocoder than the built-in one.")
    return hybrid_vocoder(info, network, budget)


def hybrid_vocoder(info: VocoderInfo, network: ConvNextGenerator, budget: IterationBudget = BUDGET) -> GriffinLim:
    """Hybrid vocoder of a network with its present weights."""
    with torch.inference_mode():
        high_band = HighBandNetwork(network, first_high_bin(info.mel_format))
    return GriffinLim(info, budget, PREVIEW_BUDGET, high_band)
