"""The part of a model's header that describes the recordings it carries. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from distill_app.common.parsing import ParseError, parse_guard
from distill_app.common.typed_values import get_text, require_int, require_list, require_number, require_object

GRAIN_HOURS_MAX = 2.2
"""Limit of sound in a model, somewhat more than a training keeps: 1.4 GB when decoded, twice as much in stereo."""
SEGMENTS_MAX = 20_000
_ONSETS_MAX = 100_000
_RATE_MIN, _RATE_MAX = 1_000, 768_000
_NAME_LENGTH_MAX = 1_024
_GAIN_MIN, _GAIN_MAX = 1e-9, 1e9
TENSORS = "grain."
"""Prefix of the names of tensors, which are FLAC streams."""
SEGMENTS, SAMPLE_RATE, WEIGHTS = "segments", "sample_rate", "weights"
_MONO = (1.0,)


@dataclass(frozen=True)
class SegmentHeader:
    """Description of a segment, see `distill_app.grain.bank.BankSegment`."""

    recording: str
    samples: int
    gain: float = 1.0
    onsets: tuple[int, ...] | None = None
    weights: tuple[float, ...] = _MONO

    def to_values(self) -> dict[str, Any]:
        """Plain values for JSON; those of one channel have no weights, as in version 4."""
        values = {
            "recording": self.recording,
            "samples": self.samples,
            "gain": self.gain,
            "onsets": None if self.onsets is None else list(self.onsets),
        }
        return values if self.weights == _MONO else values | {WEIGHTS: list(self.weights)}


@dataclass(frozen=True)
class GrainHeader:
    """Description of all segments."""

    sample_rate: int
    segments: tuple[SegmentHeader, ...]

    @property
    def seconds(self) -> float:
        return sum(segment.samples for segment in self.segments) / self.sample_rate

    @property
    def channels(self) -> int:
        """Most channels of any segment."""
        return max(len(segment.weights) for segment in self.segments)

    @property
    def recordings(self) -> tuple[str, ...]:
        """Names of the recordings, each once, in order."""
        return tuple(dict.fromkeys(segment.recording for segment in self.segments))

    def to_values(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {SAMPLE_RATE: self.sample_rate, SEGMENTS: [segment.to_values() for segment in self.segments]}


def parse_grain(values: Mapping[str, Any]) -> GrainHeader:
    """Header of a bank from plain values. Raises ParseError if it is wrong or absurd."""
    with parse_guard():
        rate = require_int(values[SAMPLE_RATE], SAMPLE_RATE, _RATE_MIN, _RATE_MAX)
        listed = require_list(values[SEGMENTS], SEGMENTS, SEGMENTS_MAX)
        found = GrainHeader(rate, tuple(_parse_segment(require_object(each), rate) for each in listed))
        onsets = sum(len(segment.onsets or ()) for segment in found.segments)
        if not 0 < found.seconds <= GRAIN_HOURS_MAX * 3600 or onsets > _ONSETS_MAX:
            raise ParseError("no sound, or more of it than a model carries")
    return found


def grain_channels(values: Mapping[str, Any]) -> int:
    """Most channels of any segment in plain values; 1 where these are damaged."""
    try:
        return parse_grain(values).channels
    except ParseError:
        return 1


def _parse_segment(values: Mapping[str, Any], rate: int) -> SegmentHeader:
    samples = require_int(values["samples"], "samples", 1, round(GRAIN_HOURS_MAX * 3600 * rate))
    gain = require_number(values["gain"], "gain", _GAIN_MIN, _GAIN_MAX)
    onsets = None if values["onsets"] is None else _parse_onsets(values["onsets"], samples)
    weights = _parse_weights(values[WEIGHTS]) if WEIGHTS in values else _MONO
    return SegmentHeader(get_text(values, "recording", length_max=_NAME_LENGTH_MAX), samples, gain, onsets, weights)


def _parse_weights(values: object) -> tuple[float, ...]:
    weights = tuple(require_number(each, WEIGHTS, -1, 1) for each in require_list(values, WEIGHTS, 2))
    if len(weights) != 2 or not any(weights):
        raise ParseError("weights of other than two channels, or of none")
    return weights


def _parse_onsets(values: object, samples: int) -> tuple[int, ...]:
    onsets = [require_int(each, "onsets", 0, samples - 1) for each in require_list(values, "onsets", _ONSETS_MAX)]
    if onsets != sorted(set(onsets)):
        raise ParseError("onsets in another order")
    return tuple(onsets)
