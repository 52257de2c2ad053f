"""The vocoders there are. A new one is one file and one entry here."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.errors import VocoderError
from distill_app.paths import BUILT_IN_WEIGHTS
from distill_app.vocoders.base import VocoderInfo

if TYPE_CHECKING:
    from distill_app.vocoders.base import Vocoder

GRIFFIN_LIM = VocoderInfo(
    id="griffin-lim",
    title="Griffin-Lim",
    summary="Always there, nothing to load: estimates the phase from the spectrogram alone.",
    mel_format=DISTILL_MEL,
    parameters=0,
    licence="MIT",
    live=True,
)
BUILT_IN = VocoderInfo(
    id="built-in",
    title="Built-in",
    summary="A small network for attacks, noise and treble, phase retrieval below: fast enough for a moving hand.",
    mel_format=DISTILL_MEL,
    parameters=3_403_267,
    licence="MIT",
    live=True,
)
DEFAULT_VOCODER = GRIFFIN_LIM.id
LIVE_VOCODER = BUILT_IN.id
"""Answers the hand in place of one that is too slow for it."""


def _griffin_lim() -> "Vocoder":
    from distill_app.vocoders.griffin_lim import GriffinLim

    return GriffinLim(GRIFFIN_LIM)


def _built_in() -> "Vocoder":
    from distill_app.vocoders.built_in import built_in

    return built_in(BUILT_IN, BUILT_IN_WEIGHTS)


_MAKERS: dict[VocoderInfo, Callable[[], "Vocoder"]] = {BUILT_IN: _built_in, GRIFFIN_LIM: _griffin_lim}


def vocoders() -> tuple[VocoderInfo, ...]:
    """What the selector and `distill vocoders` list."""
    return tuple(_MAKERS)


def get_vocoder(name: str = DEFAULT_VOCODER) -> "Vocoder":
    """The vocoder of that id, ready to use. Raises VocoderError where there is none."""
    for info, make in _MAKERS.items():
        if info.id == name:
            return make()
    known = ", ".join(info.id for info in _MAKERS)
    raise VocoderError(f"There is no vocoder called “{name}”; choose one of: {known}.")
