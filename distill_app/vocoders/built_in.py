"""Vocoders that ship with the app. No torch at import: factories import their module when they are called.

To add one, append its description and factory; see docs/architecture.md.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.vocoders.base import VocoderInfo

if TYPE_CHECKING:
    from distill_app.vocoders.base import Vocoder

VocoderFactory = Callable[[VocoderInfo], "Vocoder"]

BUILT_IN_VOCODERS: dict[VocoderInfo, VocoderFactory] = {}
"""Factory of each vocoder, in the order of the selector."""


def _entry(info: VocoderInfo) -> Callable[[VocoderFactory], VocoderFactory]:
    """Decorator that adds a factory to `BUILT_IN_VOCODERS`."""

    def add(create: VocoderFactory) -> VocoderFactory:
        BUILT_IN_VOCODERS[info] = create
        return create

    return add


BUILT_IN = VocoderInfo(
    id="built-in",
    title="Built-in",
    summary="A small network for attacks, noise and treble, phase retrieval below: fast enough for a moving slider.",
    mel_format=DISTILL_MEL,
    parameters=3_403_267,
    licence="MIT",
    live=True,
    size_bytes=6_813_686,
)
GRIFFIN_LIM = VocoderInfo(
    id="griffin-lim",
    title="Griffin-Lim",
    summary="Always there, nothing to load: estimates the phase from the spectrogram alone.",
    mel_format=DISTILL_MEL,
    parameters=0,
    licence="MIT",
    live=True,
)
GRAIN = VocoderInfo(
    id="grain",
    title="Grain: this model's recordings",
    summary="The recordings themselves, followed and shaped by the sliders.",
    mel_format=DISTILL_MEL,
    parameters=0,
    licence="",
    live=True,
)
"""Not among BUILT_IN_VOCODERS: it plays the recordings that a model carries."""


@_entry(BUILT_IN)
def _built_in(info: VocoderInfo) -> "Vocoder":
    from distill_app.vocoders.phase.hybrid import load_hybrid

    return load_hybrid(info)


@_entry(GRIFFIN_LIM)
def _griffin_lim(info: VocoderInfo) -> "Vocoder":
    from distill_app.vocoders.phase.griffin_lim import GriffinLim

    return GriffinLim(info)
