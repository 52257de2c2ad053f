"""Decoded recordings of a bank, with the mels by which their frames are chosen and shaped."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from distill_app.dsp.mel import frames_stft, hann_window, log_mel
from distill_app.dsp.mel_format import MelFormat
from distill_app.dsp.sound import Samples
from distill_app.grain.bank import GrainBank, decode_segment
from distill_app.grain.targets import features, mean_ahead, smooth_power

AHEAD_FRAMES = 24
"""Frames (279 ms) over which places of the recordings are compared."""
POOL_FRAMES = 8
"""Frames that are pooled where the courses of sounds are compared."""
SMOOTH_FRAMES, SMOOTH_BANDS = 65, 3
"""Frames (0.75 s) and bands over which their power is smoothed before it is shaped."""
_BLOCK_FRAMES = 2_048


@dataclass(frozen=True, eq=False)
class GrainSource:
    """Recordings one after another, with silence between them.

    The position of a frame is the first sample of its hop; its transform begins `mel_format.padding` samples before.

    Args:
        samples: `[channels, n]`; every segment is preceded and followed by at least one transform of silence.
        starts, stops: `[segments]`, samples where each segment begins and ends, multiples of the hop.
        onsets: positions where hits begin, ascending; empty where any moment may be used.
    """

    samples: Tensor
    starts: tuple[int, ...]
    stops: tuple[int, ...]
    onsets: tuple[int, ...]
    mel_format: MelFormat

    @classmethod
    def of(cls, bank: GrainBank, mel_format: MelFormat) -> "GrainSource":
        """Source of a bank. Raises ValueError where a segment is damaged or of another rate."""
        if bank.sample_rate != mel_format.sample_rate:
            raise ValueError("recordings of another rate")
        onsets = [segment.onsets or () for segment in bank.segments]
        return cls.of_samples([decode_segment(segment) for segment in bank.segments], mel_format, onsets)

    @classmethod
    def of_samples(
        cls, segments: Sequence[Samples], mel_format: MelFormat, onsets: Sequence[Sequence[int]] = ()
    ) -> "GrainSource":
        """Source of segments `[channels, n]`, with the onsets of each."""
        channels, silence, hop = max(len(each) for each in segments), mel_format.n_fft, mel_format.hop
        parts, starts, stops, found, at = [torch.zeros(channels, silence)], [], [], [], silence
        for number, each in enumerate(segments):
            samples = torch.from_numpy(each).expand(channels, -1)
            whole = mel_format.frames_covering(samples.shape[1]) * hop
            parts += [torch.nn.functional.pad(samples, (0, whole - samples.shape[1] + silence))]
            starts.append(at)
            stops.append(at + whole)
            found += [at + onset for onset in (onsets[number] if number < len(onsets) else ())]
            at += whole + silence
        return cls(torch.cat(parts, 1), tuple(starts), tuple(stops), tuple(found), mel_format)

    @property
    def silence(self) -> float:
        """Log-mel of silence."""
        return math.log(self.mel_format.floor)

    @property
    def frames(self) -> int:
        """Number of hops of all samples, silence included."""
        return self.samples.shape[1] // self.mel_format.hop

    @torch.inference_mode()
    def spectra(self, positions: Tensor) -> Tensor:
        """Complex spectra `[channels, n_fft // 2 + 1, n]` of the frames at positions `[n]`."""
        size = self.mel_format.n_fft
        offsets = positions[:, None] - self.mel_format.padding + torch.arange(size)
        cut = self.samples[:, offsets.clamp(0, self.samples.shape[1] - 1)]
        return torch.fft.rfft(cut * hann_window(size), dim=2).transpose(1, 2)

    def mel_at(self, positions: Tensor) -> Tensor:
        """Log-mel `[bands, n]` of the frames at positions `[n]`; that of channels is the mean of their powers."""
        return channels_mel(self.spectra(positions), self.mel_format)

    @cached_property
    @torch.inference_mode()
    def mel(self) -> Tensor:
        """Log-mel `[bands, frames]` of the frames at every hop."""
        padded = torch.nn.functional.pad(self.samples, (self.mel_format.padding, self.mel_format.n_fft))
        starts = range(0, self.frames, _BLOCK_FRAMES)
        return torch.cat(
            [self._mel_block(padded, start, min(self.frames, start + _BLOCK_FRAMES)) for start in starts], 1
        )

    def _mel_block(self, padded: Tensor, start: int, stop: int) -> Tensor:
        """Log-mel `[bands, stop - start]` of samples that carry the padding before the first frame."""
        hop = self.mel_format.hop
        part = padded[:, start * hop : (stop - 1) * hop + self.mel_format.n_fft]
        return channels_mel(frames_stft(part, self.mel_format), self.mel_format)

    @cached_property
    def smooth(self) -> Tensor:
        """Log-mel `[bands, frames]` of the power smoothed over time and frequency."""
        return smooth_power(self.mel, SMOOTH_FRAMES, SMOOTH_BANDS)

    @cached_property
    def features(self) -> Tensor:
        """Features `[frames, n]` of the frames at every hop."""
        return features(self.mel)

    @cached_property
    def features_ahead(self) -> Tensor:
        """Mean features `[frames, n]` over AHEAD_FRAMES from each frame on."""
        return mean_ahead(self.features, AHEAD_FRAMES)

    @cached_property
    def features_pooled(self) -> Tensor:
        """Mean features `[frames, n]` over POOL_FRAMES from each frame on."""
        return mean_ahead(self.features, POOL_FRAMES)

    @cached_property
    def ends(self) -> Tensor:
        """`[frames]`, the frame at which the segment of each frame ends; 0 in the silence between segments."""
        ends = torch.zeros(self.frames, dtype=torch.long)
        for start, stop in zip(self.starts, self.stops, strict=True):
            ends[start // self.mel_format.hop : stop // self.mel_format.hop] = stop // self.mel_format.hop
        return ends


def channels_mel(spectra: Tensor, mel_format: MelFormat) -> Tensor:
    """Log-mel `[bands, n]` of spectra `[channels, bins, n]`, by the mean power of the channels."""
    if len(spectra) == 1:
        return log_mel(spectra, mel_format)[0]
    return log_mel(spectra.abs().square().mean(0, keepdim=True).sqrt().to(spectra.dtype), mel_format)[0]
