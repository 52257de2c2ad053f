"""Places of recordings, and of an earlier bank, that may enter a bank."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice, pairwise

import torch
from torch import Tensor

from distill_app.corpus.corpus import Recording
from distill_app.corpus.mel_sources import MelSlice
from distill_app.corpus.requirements import RANGE_DB
from distill_app.dsp.mel import to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.mono import Mixdown
from distill_app.dsp.sound import Samples
from distill_app.grain.bank import BankSegment, decode_segment
from distill_app.models.loudness import NATS_PER_DB
from distill_app.models.model import DistillModel
from distill_app.models.window import LEAD_FRAMES, ONSET_SAMPLES, WINDOW_FRAMES
from distill_app.training.grain.excerpts import Excerpt, Span

PLACE_FRAMES = 4 * DISTILL_MEL.sample_rate // DISTILL_MEL.hop
"""Longest place (4 s)."""
_ENCODE_BATCH = 64
_TAIL_FRAMES = 3
_FRAME_SECONDS = DISTILL_MEL.hop / DISTILL_MEL.sample_rate


@dataclass(frozen=True, eq=False)
class Place:
    """Frames `start` … `stop` of the mel of a recording."""

    recording: Recording
    start: int
    stop: int

    @property
    def seconds(self) -> float:
        """Length within the recording, whose mel may be padded with silence."""
        return min((self.stop - self.start) * _FRAME_SECONDS, self.recording.seconds)

    @property
    def span(self) -> Span:
        """Samples of the recording; those of an aligned mel, whose frames are shifted at onsets, are approximate."""
        hit = LEAD_FRAMES * DISTILL_MEL.hop + ONSET_SAMPLES if self.recording.starts is not None else 0
        first = self.recording.first_sample + hit
        return max(0, first + self.start * DISTILL_MEL.hop), max(0, first + self.stop * DISTILL_MEL.hop)

    def window(self, floor: float) -> Tensor:
        """Log-mel `[bands, WINDOW_FRAMES]` that stands for the place: its middle, or the begin of a hit."""
        first = self.start
        if self.recording.starts is None:
            first += max(0, (self.stop - self.start - WINDOW_FRAMES) // 2)
        return MelSlice(self.recording.mel, first, self.stop, floor).read(0, WINDOW_FRAMES)


@dataclass(frozen=True, eq=False)
class EarlierPlace:
    """Samples `span` of a segment of an earlier bank."""

    segment: BankSegment
    span: Span
    sample_rate: int

    @property
    def seconds(self) -> float:
        return (self.span[1] - self.span[0]) / self.sample_rate


def recording_places(recordings: Sequence[Recording], most: int) -> list[Place]:
    """Places of all recordings; if they exceed `most`, only every second, third … is taken."""
    places = [place for each in recordings for place in _places(each)]
    return [_without_tail(place) for place in places[:: -(-len(places) // most) or 1]]


def _places(recording: Recording) -> list[Place]:
    frames = recording.mel.frames
    if recording.starts is None:
        starts = range(0, frames, PLACE_FRAMES)
        return [Place(recording, start, min(frames, start + PLACE_FRAMES)) for start in starts]
    ends = (*recording.starts[1:], frames)
    hits = zip(recording.starts, ends, strict=True)
    return [Place(recording, start, min(end, start + PLACE_FRAMES)) for start, end in hits if end > start]


def _without_tail(place: Place) -> Place:
    """Place of a hit up to the silence after it; others unchanged."""
    if place.recording.starts is None:
        return place
    levels = place.recording.mel.read(place.start, place.stop).mul(2).logsumexp(0) / 2
    loud = (levels > levels.max() - RANGE_DB * NATS_PER_DB).nonzero()
    return replace(place, stop=min(place.stop, place.start + int(loud[-1]) + _TAIL_FRAMES))


def earlier_places(segments: Sequence[BankSegment], rate: int) -> list[EarlierPlace]:
    """Places of the segments of a bank, cut at their hits or every `PLACE_FRAMES`."""
    return [EarlierPlace(segment, span, rate) for segment in segments for span in _segment_spans(segment)]


def _segment_spans(segment: BankSegment) -> list[Span]:
    length = PLACE_FRAMES * DISTILL_MEL.hop
    edges = [*(segment.onsets or range(0, segment.samples, length)), segment.samples]
    return [(start, min(stop, start + length)) for start, stop in pairwise(edges)]


def place_latents(model: DistillModel, places: Sequence[Place], floor: float) -> Tensor:
    """Latents `[n, latent]` of places."""
    return _encode(model, (place.window(floor) for place in places))


def earlier_latents(model: DistillModel, places: Sequence[EarlierPlace]) -> Tensor:
    """Latents `[n, latent]` of places of a bank, those of a segment one after another."""
    return _encode(model, _earlier_windows(places))


def _earlier_windows(places: Sequence[EarlierPlace]) -> Iterator[Tensor]:
    """Log-mels `[bands, WINDOW_FRAMES]`; each segment is decoded once."""
    for _, of_segment in groupby(places, lambda place: id(place.segment)):
        group = list(of_segment)
        mono = earlier_excerpt(group[0].segment).mono
        yield from (_samples_window(mono[slice(*each.span)], each.segment.onsets is not None) for each in group)


def earlier_excerpt(segment: BankSegment) -> Excerpt:
    """Sound of a segment. Raises ValueError if it is damaged."""
    return Excerpt(decode_segment(segment), Mixdown(segment.weights), segment.onsets)


def _samples_window(samples: Samples, is_hit: bool) -> Tensor:
    """Log-mel `[bands, WINDOW_FRAMES]` of the middle of samples `[n]`, or of the begin of a hit."""
    size, lead = WINDOW_FRAMES * DISTILL_MEL.hop, LEAD_FRAMES * DISTILL_MEL.hop + ONSET_SAMPLES if is_hit else 0
    mono = torch.from_numpy(samples)
    first = 0 if is_hit else max(0, (len(mono) - size) // 2)
    part = mono[first : first + size - lead]
    return to_mel(torch.nn.functional.pad(part, (lead, size - lead - len(part))))[:, :WINDOW_FRAMES]


def _encode(model: DistillModel, windows: Iterable[Tensor]) -> Tensor:
    """Latents `[n, latent]` of log-mels; a batch of windows is in RAM at a time."""
    left, latents = iter(windows), [torch.empty(0, model.vae.latent)]
    while batch := list(islice(left, _ENCODE_BATCH)):
        latents.append(model.encode(torch.stack(batch)))
    return torch.cat(latents)
