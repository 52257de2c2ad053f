"""Grain bank of a trained model: all of its recordings, or the parts of them that cover the latent space best.

Neither all files are decoded, nor all windows encoded, where the recordings are longer than the bank.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from distill_app.common.errors import AudioFileError
from distill_app.common.parsing import replace_surrogates
from distill_app.corpus.corpus import Corpus, Recording
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.grain.bank import BankSegment, GrainBank, encode_segment
from distill_app.models.grain_header import SEGMENTS_MAX
from distill_app.models.model import DistillModel
from distill_app.training.grain.candidates import (
    EarlierPlace,
    Place,
    earlier_excerpt,
    earlier_latents,
    earlier_places,
    place_latents,
    recording_places,
)
from distill_app.training.grain.coverage import farthest_first
from distill_app.training.grain.cutting import cut_hits, cut_textures, hit_near
from distill_app.training.grain.excerpts import Excerpt, Span, merge_spans, read_spans

RATE = DISTILL_MEL.sample_rate
_PLACES_PER_SECOND, _PLACES_MIN, _PLACES_MAX = 8, 2_000, 8_000
_MARGIN = round(0.15 * RATE)
"""Samples around an approximate place in which its hit is looked for."""


@dataclass(frozen=True)
class GrainProgress:
    """Progress of building a bank; `notes` are sentences about recordings that are left out."""

    message: str
    fraction: float
    notes: tuple[str, ...] = ()


@dataclass
class _Plan:
    """Parts of recordings to read, or all of them (None), and segments of the earlier bank to keep."""

    spans: list[tuple[Recording, list[Span] | None]]
    earlier: list[BankSegment] = field(default_factory=list)


GrainSteps = Generator[GrainProgress, None, GrainBank | None]


def grain_bank_steps(
    model: DistillModel, corpus: Corpus, minutes: float, earlier: GrainBank | None = None
) -> GrainSteps:
    """Bank of the recordings, without takes and copies; None if it would be empty.

    Args:
        model: encodes the recordings, where only a part of them is kept.
        minutes: length of the bank; 0 for none.
        earlier: what the model that was continued carries of recordings that are not given again.
    """
    if not minutes:
        return None
    recordings = _distinct_recordings(corpus)
    before, notes = _readable_segments(earlier)
    yield GrainProgress("Choosing the recordings' sound to keep", 0.0, notes)
    plan = _plan(model, recordings, before, 60 * minutes, corpus.floor)
    return (yield from _read(plan, notes))


def _distinct_recordings(corpus: Corpus) -> list[Recording]:
    """Recordings whose files are known, without takes; of equal files the first one."""
    recordings = [file for file in corpus.files if file.kind == "recordings" and file.path is not None]
    first: dict[object, Recording] = {}
    for number, file in enumerate(recordings):
        first.setdefault((file.digest, file.starts is None) if file.digest else number, file)
    return list(first.values())


def _readable_segments(bank: GrainBank | None) -> tuple[list[BankSegment], tuple[str, ...]]:
    """Segments of a bank, and a note if some are damaged."""
    if bank is None:
        return [], ()
    good = [segment for segment in bank.segments if bank.sample_rate == RATE and _is_readable(segment)]
    note = "A part of the recordings that the model carried is damaged and left out."
    return good, () if len(good) == len(bank.segments) else (note,)


def _is_readable(segment: BankSegment) -> bool:
    try:
        earlier_excerpt(segment)
    except ValueError:
        return False
    return True


def _plan(
    model: DistillModel, recordings: Sequence[Recording], earlier: list[BankSegment], budget: float, floor: float
) -> _Plan:
    seconds = sum(file.seconds for file in recordings) + sum(segment.samples for segment in earlier) / RATE
    if seconds <= budget:
        return _Plan([(file, None) for file in recordings], earlier)
    most = min(_PLACES_MAX, max(_PLACES_MIN, round(_PLACES_PER_SECOND * budget)))
    new, old = recording_places(recordings, most), earlier_places(earlier, RATE)
    latents = torch.cat([place_latents(model, new, floor), earlier_latents(model, old)])
    lengths = [place.seconds for place in new] + [place.seconds for place in old]
    chosen = sorted(farthest_first(latents, lengths, budget)[: SEGMENTS_MAX // 2])
    places = [new[number] for number in chosen if number < len(new)]
    return _Plan(_by_recording(places), _cut_earlier([old[each - len(new)] for each in chosen if each >= len(new)]))


def _by_recording(places: Sequence[Place]) -> list[tuple[Recording, list[Span] | None]]:
    """Spans of each recording; those of textures that touch are joined."""
    spans: dict[int, list[Span]] = {}
    recordings = {id(place.recording): place.recording for place in places}
    for place in places:
        spans.setdefault(id(place.recording), []).append(place.span)
    return [
        (file, spans[key] if file.starts is not None else merge_spans(spans[key])) for key, file in recordings.items()
    ]


def _cut_earlier(places: Sequence[EarlierPlace]) -> list[BankSegment]:
    """Segments of the chosen places of an earlier bank."""
    found: list[BankSegment] = []
    segments = {id(place.segment): place.segment for place in places}
    for key, segment in segments.items():
        spans = [place.span for place in places if id(place.segment) == key]
        excerpt = earlier_excerpt(segment)
        parts = [excerpt.between(*span) for span in (spans if segment.onsets else merge_spans(spans))]
        found += [_encode(segment.recording, part, 1.0) for part in parts]
    return found


def _read(plan: _Plan, notes: tuple[str, ...]) -> GrainSteps:
    """Bank of a plan; recordings that cannot be read any more are left out."""
    segments = list(plan.earlier)
    for number, (recording, spans) in enumerate(plan.spans):
        name = replace_surrogates(recording.name)
        yield GrainProgress(f"Keeping the sound of “{name}”", number / len(plan.spans), notes)
        try:
            segments += [_encode(name, part, recording.gain) for part in _parts(recording, spans)]
        except AudioFileError as error:
            notes = (*notes, f"The model carries nothing of “{name}”: {error}")
            yield GrainProgress(f"“{name}” is left out", (number + 1) / len(plan.spans), notes)
    return GrainBank(tuple(segments[:SEGMENTS_MAX]), RATE) if segments else None


def _encode(name: str, part: Excerpt, gain: float) -> BankSegment:
    return encode_segment(name, part.samples * np.float32(gain), RATE, part.onsets, part.mixdown.weights)


def _parts(recording: Recording, spans: list[Span] | None) -> list[Excerpt]:
    """Sounding parts of a recording, of all of it (None) or of spans. Raises AudioFileError."""
    assert recording.path is not None
    peak = recording.peak
    if spans is None:
        (whole,) = read_spans(recording.path, [(0, _end(recording))])
        return cut_textures(whole, peak) if recording.starts is None else cut_hits(whole, peak)
    if recording.starts is None:
        return [part for excerpt in read_spans(recording.path, spans) for part in cut_textures(excerpt, peak)]
    around = [(max(0, start - _MARGIN), stop) for start, stop in spans]
    found = zip(read_spans(recording.path, around), spans, around, strict=True)
    return [part for each, span, wider in found for part in _hit(each, peak, span[0] - wider[0], wider[0] == 0)]


def _end(recording: Recording) -> int:
    return round((recording.seconds + 1) * RATE)


def _hit(excerpt: Excerpt, peak: float, place: int, begins: bool) -> list[Excerpt]:
    """The hit near sample `place`, up to the silence after it; empty where the file has become shorter."""
    if place >= excerpt.length:
        return []
    sounding = cut_textures(hit_near(excerpt, place, begins), peak)[:1]
    return [part.with_onsets(sorted({0, *(part.onsets or ())})) for part in sounding]
