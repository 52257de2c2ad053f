"""A grain bank as tensors and header of a model file."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from distill_app.common.parsing import ParseError
from distill_app.grain.bank import BankSegment, GrainBank
from distill_app.models.grain_header import GrainHeader, SegmentHeader, parse_grain

_RATE_START, _RATE_END = 18, 21
"""Bytes of a FLAC stream whose first 20 bits are the sample rate."""


def grain_header(bank: GrainBank) -> GrainHeader:
    """Description of a bank."""
    segments = (SegmentHeader(each.recording, each.samples, each.gain, each.onsets) for each in bank.segments)
    return GrainHeader(bank.sample_rate, tuple(segments))


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
    if flac.dtype != torch.uint8 or flac.dim() != 1 or _stream_rate(flac) != rate:
        raise ParseError("a stream that is none, or of another rate")
    return BankSegment(header.recording, flac, header.samples, header.gain, header.onsets)


def _stream_rate(flac: Tensor) -> int:
    """Sample rate in the first block of a FLAC stream, 0 if it is none; nothing is decoded."""
    begin = bytes(flac[:_RATE_END].tolist())
    return int.from_bytes(begin[_RATE_START:], "big") >> 4 if begin.startswith(b"fLaC") else 0
