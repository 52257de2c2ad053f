"""Vocoders that ship with the app, one entry each in `BUILT_IN_VOCODERS`. No torch at import."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.vocoders.base import VocoderInfo

if TYPE_CHECKING:
    from distill_app.vocoders.base import Vocoder

VocoderFactory = Callable[[VocoderInfo], "Vocoder"]

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


def lazy(module: str, name: str) -> VocoderFactory:
    """Factory `name` of a module that is imported when the first vocoder is created."""

    def create(info: VocoderInfo) -> "Vocoder":
        return cast("VocoderFactory", getattr(import_module(module), name))(info)

    return create


BUILT_IN_VOCODERS: dict[VocoderInfo, VocoderFactory] = {
    BUILT_IN: lazy("distill_app.vocoders.phase.hybrid", "built_in"),
    GRIFFIN_LIM: lazy("distill_app.vocoders.phase.griffin_lim", "GriffinLim"),
}
"""Factory of each vocoder, in the order of the selector."""
