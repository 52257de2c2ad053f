"""Export of sound to a file, in blocks, in constant memory and atomically."""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distill_app.common.atomic_io import atomic_path, write_error_message
from distill_app.common.errors import AudioFileError
from distill_app.dsp.dither import TpdfDither, to_pcm
from distill_app.dsp.limiter import Limiter
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.sound import Samples
from distill_app.dsp.streaming_resampler import StreamingResampler
from distill_app.generation.export_format import Bits, ExportFormat
from distill_app.generation.file_formats import SoundEncoder, file_format

_BLOCK = 65_536  # longer blocks are split, so that memory stays small and a cancellation is noticed
_DITHER_SEED = 0
_LIMITER_RATE = DISTILL_MEL.sample_rate
"""Sample rate in Hz at which playback is limited."""


@dataclass(frozen=True)
class ExportResult:
    """Result of writing a sound to a file.

    Args:
        frames: at the file's rate.
        clipped: samples beyond full scale, cut off there.
        limited: whether the safety limiter turned anything down.
        channels: of the file.
    """

    path: Path
    frames: int
    clipped: int
    limited: bool = False
    channels: int = 1


__all__ = ["Export", "ExportFormat", "ExportResult", "export_sound"]

Export = Generator[int, None, ExportResult]


def export_sound(
    path: Path,
    blocks: Iterable[Samples],
    source_rate: int,
    wanted: ExportFormat,
    overwrite: bool = False,
    title: str = "",
    frames: int | None = None,
) -> Export:
    """Write `blocks` `[channels, n]`, or mono `[n]`, at `source_rate` Hz to `path`, in the format of its suffix.

    The generator yields the number of finished source samples and returns an ExportResult. The file appears (or
    replaces the old one) at its end; closing it early leaves nothing behind. At another rate the file holds
    exactly the samples of `dsp.resample.resample` of the whole, ceil(n * rate / source_rate) of them. The limiter
    works at the rate at which the sound is played if that is one of the two rates.

    Args:
        frames: length of the file at its own rate; the sound is cut or padded with silence. By default the length is
            that of the converted sound.

    Raises AudioFileError, at once where the path cannot be used, later where the disk is full.
    """
    try:
        _check(path, wanted, overwrite)
    except OSError as error:
        raise AudioFileError(write_error_message(path, error)) from error
    return _export(path, blocks, source_rate, wanted, title, frames)


def _check(path: Path, wanted: ExportFormat, overwrite: bool) -> None:
    if path.is_dir():
        raise AudioFileError(f"“{path.name}” is a folder; give the sound a file name.")
    if not path.parent.is_dir():
        raise AudioFileError(f"There is no folder “{path.parent}” to write “{path.name}” to; choose another place.")
    if path.exists() and not overwrite:
        raise AudioFileError(f"“{path.name}” exists already; choose another name or allow it to be replaced.")
    if wanted.bits not in file_format(path).bits:
        raise AudioFileError(f"“{path.name}” cannot hold samples of {wanted.bits} bits; choose another sample format.")


def _export(
    path: Path, blocks: Iterable[Samples], source_rate: int, wanted: ExportFormat, title: str, frames: int | None
) -> Export:
    channels, blocks = _two_dimensional(blocks)
    signal = _SignalChain(source_rate, wanted, channels)
    try:
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            writer = _Writer(file_format(path).encoder(file, wanted, title, channels), wanted.bits, channels, frames)
            yield from signal.write(writer, blocks)
            writer.finish()
    except OSError as error:
        raise AudioFileError(write_error_message(path, error)) from error
    return ExportResult(path, writer.frames, writer.clipped, signal.limited, channels)


def _two_dimensional(blocks: Iterable[Samples]) -> tuple[int, Iterator[Samples]]:
    """Number of channels, by the first block, and blocks `[channels, n]`."""
    each = map(np.atleast_2d, blocks)
    first = next(each, np.zeros((1, 0), np.float32))
    return len(first), chain([first], each)


class _SignalChain:
    """Signal chain from source blocks to samples of the file: limiter and sample-rate conversion."""

    def __init__(self, source_rate: int, wanted: ExportFormat, channels: int) -> None:
        self._resampler = StreamingResampler(source_rate, wanted.rate, channels)
        self._limits_source = source_rate == _LIMITER_RATE
        self._limiter = Limiter(source_rate if self._limits_source else wanted.rate, channels)
        self._limiter.active = wanted.limiter
        self._done = 0

    @property
    def limited(self) -> bool:
        return self._limiter.limited > 0

    def write(self, writer: "_Writer", blocks: Iterable[Samples]) -> Iterator[int]:
        """Write all blocks; yields the number of finished source samples."""
        counted = self._count_samples(blocks)
        if not self._limiter.active:
            samples = self._convert_rate(counted)
        elif self._limits_source:
            samples = map(self._limiter.clip, self._convert_rate(self._limiter.stream(counted)))
        else:
            samples = self._limiter.stream(self._convert_rate(counted))
        for block in samples:
            writer.write(block)
            yield self._done

    def _count_samples(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        for block in _split_blocks(blocks):
            if not np.isfinite(block).all():
                raise AudioFileError("The sound holds values that are not numbers, so it was not written.")
            self._done += block.shape[1]
            yield block

    def _convert_rate(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        for block in blocks:
            yield self._resampler.push(block)
        yield self._resampler.flush()


def _split_blocks(blocks: Iterable[Samples]) -> Iterator[Samples]:
    for block in blocks:
        for start in range(0, max(1, block.shape[1]), _BLOCK):
            yield block[:, start : start + _BLOCK]


class _Writer:
    """Length, dither and clipping of the samples of an open file."""

    def __init__(self, encoder: SoundEncoder, bits: Bits, channels: int, wanted_frames: int | None) -> None:
        self._encoder, self._bits = encoder, bits
        self._channels, self._wanted_frames = channels, wanted_frames
        self._dither = TpdfDither(_DITHER_SEED)
        self.frames = self.clipped = 0

    def write(self, samples: Samples) -> None:
        """Append samples `[channels, n]`."""
        if self._wanted_frames is not None:
            samples = samples[:, : self._wanted_frames - self.frames]
        frames = samples.T
        self._encoder.write(frames if self._bits == "32f" else self._to_pcm(frames, self._bits))
        self.frames += len(frames)

    def _to_pcm(self, samples: Samples, bits: int) -> NDArray[np.int32]:
        self.clipped += int(np.count_nonzero(np.abs(samples) > 1.0))
        return to_pcm(self._dither(samples, bits) if bits == 16 else samples, bits)

    def finish(self) -> None:
        if self._wanted_frames is not None:
            self.write(np.zeros((self._channels, self._wanted_frames - self.frames), np.float32))
        self._encoder.finish()
