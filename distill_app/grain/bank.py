"""Recordings that a model carries, coded as FLAC."""

import io
from dataclasses import dataclass

import numpy as np
import soundfile
import torch
from torch import Tensor

from distill_app.dsp.mono import Mixdown
from distill_app.dsp.sound import Samples

_FULL_SCALE = 0.999


@dataclass(frozen=True, eq=False)
class BankSegment:
    """Contiguous part of a recording.

    Args:
        recording: name of the file it comes from; "" in a copy without names.
        flac: `[bytes]` uint8, one FLAC stream of 16 bits, of one or two channels.
        samples: its length.
        gain: factor from the decoded samples to the recording's; 1 unless the recording exceeds full scale.
        onsets: samples where hits begin, ascending; None where any moment may be used.
        weights: factor of each channel in the mono signal that the model was trained on.
    """

    recording: str
    flac: Tensor
    samples: int
    gain: float = 1.0
    onsets: tuple[int, ...] | None = None
    weights: tuple[float, ...] = (1.0,)

    @property
    def channels(self) -> int:
        return len(self.weights)


@dataclass(frozen=True, eq=False)
class GrainBank:
    """All segments, at one sample rate."""

    segments: tuple[BankSegment, ...]
    sample_rate: int

    @property
    def seconds(self) -> float:
        return sum(segment.samples for segment in self.segments) / self.sample_rate

    @property
    def channels(self) -> int:
        """Most channels of any segment."""
        return max(segment.channels for segment in self.segments)

    @property
    def size_bytes(self) -> int:
        return sum(len(segment.flac) for segment in self.segments)

    @property
    def recordings(self) -> tuple[str, ...]:
        """Names of the recordings, each once, in order."""
        return tuple(dict.fromkeys(segment.recording for segment in self.segments))


def encode_segment(
    recording: str,
    samples: Samples,
    sample_rate: int,
    onsets: tuple[int, ...] | None = None,
    weights: tuple[float, ...] = (),
) -> BankSegment:
    """Segment of samples `[channels, n]`, whose mono signal is by default their mean."""
    gain = max(1.0, float(np.abs(samples).max(initial=0.0)) / _FULL_SCALE)
    file = io.BytesIO()
    soundfile.write(file, (samples / gain).T, sample_rate, format="FLAC", subtype="PCM_16")
    flac = torch.from_numpy(np.frombuffer(file.getvalue(), np.uint8).copy())
    return BankSegment(recording, flac, samples.shape[1], gain, onsets, weights or Mixdown.mean(len(samples)).weights)


def decode_segment(segment: BankSegment) -> Samples:
    """Samples `[channels, n]` of a segment.

    Raises ValueError where the stream is damaged, or has another length or number of channels than the segment says.
    """
    try:
        with soundfile.SoundFile(io.BytesIO(segment.flac.numpy().tobytes())) as file:
            if (file.format, file.frames, file.channels) != ("FLAC", segment.samples, segment.channels):
                raise ValueError("a stream of another kind or length")
            samples = file.read(dtype="float32", always_2d=True).T
    except soundfile.SoundFileError as error:
        raise ValueError(str(error)) from error
    if samples.shape[1] != segment.samples:
        raise ValueError("a stream that is cut off")
    return np.ascontiguousarray(samples) * np.float32(segment.gain)
