"""What every vocoder is. No torch at import: the catalogue is read before torch is there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from distill_app.dsp.mel_format import MelFormat

if TYPE_CHECKING:
    from torch import Tensor

Feature = Literal["stream", "seed", "steps", "sigma"]
"""What can be asked of a vocoder besides a sound: block after block, another take, more work, another temperature."""


@dataclass(frozen=True)
class VocoderInfo:
    """One line of the vocoder selector.

    Args:
        id: the name that `get_vocoder` and `--vocoder` take.
        title: what the selector shows.
        summary: one sentence for a musician.
        mel_format: the mel it reads; its sample rate is the rate of the sound.
        parameters: number of trained values, 0 where nothing is trained.
        licence: SPDX identifier of the weights or the method's code.
        live: whether it is fast enough to answer a moving slider by itself.
        size_bytes: of its weights on disk, 0 where there are none.
        features: what can be asked of it.
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
    """Turns a log-mel of its own format into samples."""

    @property
    def info(self) -> VocoderInfo: ...

    @property
    def sample_rate(self) -> int: ...

    @property
    def context_frames(self) -> int:
        """How many frames on either side of a place its sound depends on (in theory or for the ear)."""
        ...

    def mel_to_waveform(self, mel: "Tensor") -> "Tensor":
        """Samples `[batch, 1, info.mel_format.samples(frames)]` of a log-mel `[batch, bands, frames]`.

        Raises VocoderError where it is no such mel, or empty.
        """
        ...

    def preview(self, mel: "Tensor") -> "Tensor":
        """What a moving hand is answered with: `[1, info.mel_format.samples(frames)]` of a log-mel `[bands, frames]`.

        As soon as can be, so that it may be rougher than `mel_to_waveform`, whose sound follows when the hand rests.
        """
        ...

    def stream(self, blocks: "Iterable[Tensor]") -> "Iterator[Tensor]":
        """Samples `[1, n]`, block after block, of mel blocks `[bands, frames]` that follow each other.

        The blocks joined equal `mel_to_waveform` of the joined mel however it was cut, and memory does not
        grow with the length. Blocks may be empty: places to stop within a long computation.
        """
        ...
