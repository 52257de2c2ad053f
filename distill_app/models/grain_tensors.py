"""A grain bank as tensors and header of a model file."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from distill_app.common.parsing import ParseError
from distill_app.grain.bank import BankSegment, GrainBank
from distill_app.models.grain_header import GrainHeader, SegmentHeader, parse_grain

_FORM_START, _FORM_END = 18, 21
"""Bytes of a FLAC stream that are 20 bits of sample rate, three of the number of channels less one, and another."""


def grain_header(bank: GrainBank) -> GrainHeader:
    """Description of a bank."""
    return GrainHeader(bank.sample_rate, tuple(map(_segment_header, bank.segments)))


def _segment_header(segment: BankSegment) -> SegmentHeader:
    return SegmentHeader(segment.recording, segment.samples, segment.gain, segment.onsets, segment.weights)


def grain_tensors(bank: GrainBank) -> dict[str, Tensor]:
    """FLAC streams by number of the segment."""
    return {str(number): segment.flac for number, segment in enumerate(bank.segments)}


def read_grain(values: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> GrainBank | None:
    """Bank from header values and tensors; None if it is damaged. Streams are decoded by `GrainSource`."""
    try:
        header = parse_grain(values)
        segments = [
            _segment(each, tensors[str(number)], header.sample_rate) for number, each in enumerate(header.segments)
        ]
    except (ParseError, LookupError):
        return None
    return GrainBank(tuple(segments), header.sample_rate)


def _segment(header: SegmentHeader, flac: Tensor, rate: int) -> BankSegment:
    if flac.dtype != torch.uint8 or flac.dim() != 1 or _stream_form(flac) != (rate, len(header.weights)):
        raise ParseError("a stream that is none, or of another rate or number of channels")
    return BankSegment(header.recording, flac, header.samples, header.gain, header.onsets, header.weights)


def _stream_form(flac: Tensor) -> tuple[int, int]:
    """Sample rate and channels in the first block of a FLAC stream, 0 if it is none; nothing is decoded."""
    begin = bytes(flac[:_FORM_END].tolist())
    bits = int.from_bytes(begin[_FORM_START:], "big")
    return (bits >> 4, (bits >> 1) % 8 + 1) if begin.startswith(b"fLaC") else (0, 0)
