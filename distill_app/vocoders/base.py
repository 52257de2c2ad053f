"""The `Vocoder` protocol and its description. No torch at import: the registry is read before torch is loaded."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from distill_app.dsp.mel_format import MelFormat

if TYPE_CHECKING:
    from torch import Tensor

Feature = Literal["stream", "seed", "steps", "sigma"]
"""Options of a vocoder: streaming in blocks, random seed, number of steps, temperature."""


@dataclass(frozen=True)
class VocoderInfo:
    """Description of a vocoder, as the selector shows it.

    Args:
        id: the name that `get_vocoder` and `--vocoder` take.
        title: the name that the selector shows.
        summary: one sentence for a musician.
        mel_format: the mel it reads; its sample rate is the rate of the sound.
        parameters: number of trained values, 0 if there are none.
        licence: SPDX identifier of the weights or of the code.
        live: whether it is fast enough to follow a moving slider.
        size_bytes: size of its weights on disk, 0 if there are none.
        features: options that it supports.
    """

    id: str
    title: str
    summary: str
    mel_format: MelFormat
    parameters: int
    licence: str
    live: bool
    size_bytes: int = 0
    features: tuple[Feature, ...] = ("stream",)


class Vocoder(Protocol):
    """Converts a log-mel of its own format to samples."""

    @property
    def info(self) -> VocoderInfo: ...

    @property
    def sample_rate(self) -> int: ...

    @property
    def context_frames(self) -> int:
        """Frames on either side of a frame that its samples (audibly) depend on."""
        ...

    def mel_to_waveform(self, mel: "Tensor") -> "Tensor":
        """Samples `[batch, 1, info.mel_format.samples(frames)]` of a log-mel `[batch, bands, frames]`.

        Raises VocoderError where the shape or a value is invalid, or the mel is empty.
        """
        ...

    def preview(self, mel: "Tensor") -> "Tensor":
        """Samples `[1, info.mel_format.samples(frames)]` of a log-mel `[bands, frames]`, while a slider moves.

        May be faster and of lower quality than `mel_to_waveform`, whose sound replaces it when the slider rests.
        """
        ...

    def stream(self, blocks: "Iterable[Tensor]") -> "Iterator[Tensor]":
        """Blocks of samples `[1, n]` of consecutive mel blocks `[bands, frames]`.

        Joined, they equal `mel_to_waveform` of the joined mel, however it was cut; memory does not grow with the
        length. Blocks may be empty, so that a long computation can be stopped between them.
        """
        ...
