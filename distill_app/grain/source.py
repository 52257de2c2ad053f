"""Decoded recordings of a bank, with the mels by which their frames are chosen and shaped."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.common.lru_cache import LruCache
from distill_app.dsp.mel import frames_stft, hann_window, log_mel
from distill_app.dsp.mel_format import MelFormat
from distill_app.dsp.sound import Samples
from distill_app.grain.bank import GrainBank, decode_segment
from distill_app.grain.frame_features import AHEAD_FRAMES, FrameFeatures
from distill_app.grain.mono_reader import MonoReader
from distill_app.grain.peaks import RecordedPeaks
from distill_app.grain.segments import frames_by_segment, mono_weights
from distill_app.grain.shaping import window_level
from distill_app.grain.transposition import transposed_spectra

_BLOCK_FRAMES = 256
_WINDOWS_KEPT = 8
_CANCELLED = 0.7
"""Nepers (6 dB) below the mean power of the channels from which on a mono signal counts as cancelled; uncorrelated ones
lose 3 dB."""

Frames = NDArray[np.int64]
Reconstruct = Callable[[Tensor], Tensor]
"""Log-mels `[n, bands, frames]` of recorded windows, as a model that learned them decodes them."""


def unchanged(mel: Tensor) -> Tensor:
    """Reconstruction without a model: the recording itself."""
    return mel


@dataclass(frozen=True, eq=False)
class GrainSource:
    """Recordings one after another, with silence between them.

    The position of a frame is the first sample of its hop; its transform begins `mel_format.padding` samples before.

    Args:
        samples: `[channels, n]`; every segment is preceded and followed by at least one transform of silence.
        starts, stops: `[segments]`, samples where each segment begins and ends, multiples of the hop.
        onsets: positions where hits begin, ascending; empty where any moment may be used.
        weights: `[channels, segments]`, factors of the channels in the mono signal of each segment.
        reconstruct: what the model makes of recorded windows. Two sounds of the model differ less from what is asked
            than a sound of the model and a recording, whose details the model never had.
    """

    samples: Tensor
    starts: tuple[int, ...]
    stops: tuple[int, ...]
    onsets: tuple[int, ...]
    mel_format: MelFormat
    weights: Tensor
    reconstruct: Reconstruct = unchanged

    @classmethod
    def of(cls, bank: GrainBank, mel_format: MelFormat, reconstruct: Reconstruct = unchanged) -> "GrainSource":
        """Source of a bank. Raises ValueError where a segment is damaged or of another rate."""
        if bank.sample_rate != mel_format.sample_rate:
            raise ValueError("recordings of another rate")
        onsets, weights = zip(*((each.onsets or (), each.weights) for each in bank.segments), strict=True)
        samples = [decode_segment(segment) for segment in bank.segments]
        return replace(cls.of_samples(samples, mel_format, onsets, weights), reconstruct=reconstruct)

    @classmethod
    def of_samples(
        cls,
        segments: Sequence[Samples],
        mel_format: MelFormat,
        onsets: Sequence[Sequence[int]] = (),
        weights: Sequence[Sequence[float]] = (),
    ) -> "GrainSource":
        """Source of segments `[channels, n]`, with the onsets and weights of each; mono ones sound in the middle."""
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
        factors = [mono_weights(weights[number] if weights else (), channels) for number in range(len(segments))]
        columns = torch.tensor(factors).T
        return cls(torch.cat(parts, 1), tuple(starts), tuple(stops), tuple(found), mel_format, columns)

    @property
    def silence(self) -> float:
        """Log-mel of silence."""
        return math.log(self.mel_format.floor)

    @property
    def frames(self) -> int:
        """Number of hops of all samples, silence included."""
        return self.samples.shape[1] // self.mel_format.hop

    @property
    def channels(self) -> int:
        return len(self.samples)

    @torch.inference_mode()
    def spectra(self, positions: Tensor, ratio: float = 1.0) -> Tensor:
        """Complex spectra `[channels, n_fft // 2 + 1, n]` of the frames at positions `[n]`.

        Args:
            ratio: speed at which the frames are read; frequencies change with it.
        """
        if ratio == 1:
            return self._transformed(self._cut(positions.long()))
        begins, ends = (torch.tensor(each)[self.segments(positions.long())] for each in (self.starts, self.stops))
        begins = torch.where(positions < self.starts[0] - self._overlap, ends, begins)  # the silence before all
        return transposed_spectra(self.samples, positions, (begins, ends), ratio, self.mel_format)

    @torch.inference_mode()
    def mono_spectra(self, positions: Tensor, ratio: float = 1.0) -> Tensor:
        """Complex spectra `[1, n_fft // 2 + 1, n]`, as `spectra`, of the frames of the mono signal."""
        if self.channels == 1:
            return self.spectra(positions, ratio)
        weights = self.weights[:, self.segments(positions.long())]
        if ratio == 1:
            return self._transformed((self._cut(positions.long()) * weights[:, :, None]).sum(0, keepdim=True))
        return (self.spectra(positions, ratio) * weights[:, None]).sum(0, keepdim=True)

    def _cut(self, positions: Tensor) -> Tensor:
        """Samples `[channels, n, n_fft]` of the frames at positions `[n]`."""
        size = self.mel_format.n_fft
        begins = (positions - self.mel_format.padding).clamp(0, self.samples.shape[1] - size)  # beyond is silence, too
        return self.samples.unfold(1, size, 1)[:, begins]

    def _transformed(self, cut: Tensor) -> Tensor:
        return torch.fft.rfft(cut * hann_window(self.mel_format.n_fft), dim=2).transpose(1, 2)

    @property
    def _overlap(self) -> int:
        """Samples that a frame reaches beyond its position."""
        return self.mel_format.n_fft - self.mel_format.padding

    def segments(self, positions: Tensor) -> Tensor:
        """Numbers `[n]` of the segments of the frames at positions `[n]`; no frame reaches into two."""
        return (torch.searchsorted(torch.tensor(self.starts) - self._overlap, positions, right=True) - 1).clamp_min(0)

    def mel_at(self, positions: Tensor, ratio: float = 1.0) -> Tensor:
        """Log-mel `[bands, n]`, as `spectra`, of the frames of the mono signal."""
        return log_mel(self.mono_spectra(positions, ratio), self.mel_format)[0]

    @cached_property
    @torch.inference_mode()
    def mel(self) -> Tensor:
        """Log-mel `[bands, frames]` of the frames of the mono signal at every hop."""
        return torch.cat([log_mel(spectra, self.mel_format)[0] for spectra in self._spectra_blocks(self._mono())], 1)

    @cached_property
    @torch.inference_mode()
    def level_mel(self) -> Tensor:
        """Log-mel `[bands, frames]` by which the frames at every hop are brought to a level.

        It is that of the mono signal, but not far below that of the channels: what cancels in the mono signal would
        else be raised to a spectrum that holds more of it.
        """
        if self.channels == 1:
            return self.mel
        blocks = [self._channels_mel(spectra) for spectra in self._spectra_blocks(self.samples)]
        return torch.maximum(self.mel, torch.cat(blocks, 1) - _CANCELLED)

    @torch.inference_mode()
    def level_mel_at(self, positions: Tensor) -> Tensor:
        """Log-mel `[bands, n]`, as `level_mel`, of the frames at positions `[n]`."""
        mono = self.mel_at(positions)
        return mono if self.channels == 1 else mono.maximum(self._channels_mel(self.spectra(positions)) - _CANCELLED)

    def _channels_mel(self, spectra: Tensor) -> Tensor:
        """Log-mel `[bands, n]` of the mean power of channels, from their spectra `[channels, bins, n]`."""
        return ((2 * log_mel(spectra, self.mel_format)).logsumexp(0) - math.log(self.channels)) / 2

    def _mono(self) -> Tensor:
        """Mono signal `[1, n]`."""
        if self.channels == 1:
            return self.samples
        mono = torch.zeros(1, self.samples.shape[1])
        for start, stop, weights in zip(self.starts, self.stops, self.weights.T, strict=True):
            mono[0, start:stop] = weights @ self.samples[:, start:stop]
        return mono

    def _spectra_blocks(self, samples: Tensor) -> Iterator[Tensor]:
        """Complex spectra `[channels, bins, n]` of the frames at every hop, some at a time."""
        hop, size = self.mel_format.hop, self.mel_format.n_fft
        padded = torch.nn.functional.pad(samples, (self.mel_format.padding, size))
        for start in range(0, self.frames, _BLOCK_FRAMES):
            stop = min(self.frames, start + _BLOCK_FRAMES)
            yield frames_stft(padded[:, start * hop : (stop - 1) * hop + size], self.mel_format)

    @cached_property
    def mono(self) -> MonoReader:
        """Samples of the mono signal."""
        return MonoReader(self.samples.numpy(), self.weights.numpy(), [start - self._overlap for start in self.starts])

    @cached_property
    def peaks(self) -> RecordedPeaks:
        """Largest samples near each frame."""
        return RecordedPeaks(self._mono(), self.samples, self.mel_format.hop)

    @cached_property
    def features(self) -> FrameFeatures:
        """Features of the frames at every hop."""
        return FrameFeatures(self.mel, self.level_mel)

    def window_level(self, path: Frames) -> Tensor:
        """Log-mel `[bands]` from which the gains of the frames of a path lead; the latest are kept."""
        key = path.tobytes()
        known = self._window_levels.find(key)
        if known is None:
            recorded = self.mel[:, path]
            level = window_level(self.level_mel[:, path], recorded, self.reconstruct(recorded[None])[0])
            known = self._window_levels.put(key, level)
        return known

    @cached_property
    def _window_levels(self) -> LruCache[bytes, Tensor]:
        return LruCache(_WINDOWS_KEPT)

    def windows(self, first: Sequence[int], frames: int) -> Tensor:
        """Log-mels `[len(first), bands, frames]` of the frames from each of `first` on; silence beyond the last."""
        places = torch.tensor(first)[:, None] + torch.arange(frames)
        found = self.mel[:, places.clamp(max=self.frames - 1)].transpose(0, 1)
        return torch.where((places < self.frames)[:, None], found, self.silence)

    @cached_property
    def usable(self) -> Tensor:
        """`[frames]`, whether a sound may begin there: AHEAD_FRAMES follow, or it is the first of a shorter segment."""
        first = (self.ends > 0) & (torch.nn.functional.pad(self.ends[:-1], (1, 0)) == 0)
        return (self.ends > 0) & (first | (self.ends - torch.arange(self.frames) >= AHEAD_FRAMES))

    @cached_property
    def begins(self) -> Tensor:
        """`[frames]`, the frame at which the segment of each frame begins; 0 in the silence between segments."""
        return frames_by_segment(self.starts, self.stops, self.starts, self.frames, self.mel_format.hop)

    @cached_property
    def ends(self) -> Tensor:
        """`[frames]`, the frame at which the segment of each frame ends; 0 in the silence between segments."""
        return frames_by_segment(self.starts, self.stops, self.stops, self.frames, self.mel_format.hop)
