"""Sound into a WAV file: block after block in constant memory, whole or not at all."""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from distill_app.common.atomic_io import atomic_path, write_error_message
from distill_app.common.errors import AudioFileError
from distill_app.dsp.dither import TpdfDither, to_pcm
from distill_app.dsp.limiter import Limiter
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.sound import Samples
from distill_app.dsp.streaming_resampler import StreamingResampler
from distill_app.generation import wav
from distill_app.generation.export_format import ExportFormat

_BLOCK = 65_536  # longer blocks are cut, so that memory stays small and a cancel is heard
_DITHER_SEED = 0
_LIMITER_RATE = DISTILL_MEL.sample_rate
"""Hz, at which what is heard is limited."""


@dataclass(frozen=True)
class ExportResult:
    """Result of writing a sound to a file.

    Args:
        frames: at the file's rate.
        clipped: samples beyond full scale, cut off there.
        limited: whether the safety limiter turned anything down.
    """

    path: Path
    frames: int
    clipped: int
    limited: bool = False


__all__ = ["Export", "ExportFormat", "ExportResult", "export_wav"]

Export = Generator[int, None, ExportResult]


def export_wav(
    path: Path,
    blocks: Iterable[Samples],
    source_rate: int,
    wanted: ExportFormat,
    overwrite: bool = False,
    title: str = "",
    frames: int | None = None,
) -> Export:
    """Writes mono `blocks` `[n]` at `source_rate` Hz as the mono file `path`.

    A generator: it yields how many samples of the source are done, and returns an ExportResult. Until it has ended
    there is no file (or still the old one); closing it early leaves nothing behind. At another rate the file holds
    exactly the samples of `dsp.resample.resample` of the whole, ceil(n * rate / source_rate) of them. The limiter
    works at the rate at which the sound is played if that is one of the two rates.

    Args:
        frames: how many samples the file has at its own rate: what is more is cut, what is missing is silence. By
            default all there are, which by way of another rate may be one more or less than the sound is long.

    Raises AudioFileError, at once where the path cannot be used, later where the disk is full.
    """
    try:
        _check(path, overwrite)
    except OSError as error:
        raise AudioFileError(write_error_message(path, error)) from error
    return _export(path, blocks, source_rate, wanted, title, frames)


def _check(path: Path, overwrite: bool) -> None:
    if path.is_dir():
        raise AudioFileError(f"“{path.name}” is a folder; give the sound a file name.")
    if not path.parent.is_dir():
        raise AudioFileError(f"There is no folder “{path.parent}” to write “{path.name}” to; choose another place.")
    if path.exists() and not overwrite:
        raise AudioFileError(f"“{path.name}” exists already; choose another name or allow it to be replaced.")


def _export(
    path: Path, blocks: Iterable[Samples], source_rate: int, wanted: ExportFormat, title: str, frames: int | None
) -> Export:
    try:
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            writer = _Writer(file, wanted, title, frames)
            chain = _Chain(source_rate, wanted)
            yield from chain.write(writer, blocks)
            writer.finish()
    except OSError as error:
        raise AudioFileError(write_error_message(path, error)) from error
    return ExportResult(path, writer.frames, writer.clipped, chain.limited)


class _Chain:
    """From blocks at the source's rate to samples of the file: the limiter and the conversion to the file's rate."""

    def __init__(self, source_rate: int, wanted: ExportFormat) -> None:
        self._resampler = StreamingResampler(source_rate, wanted.rate, channels=1)
        self._early = source_rate == _LIMITER_RATE
        self._limiter = Limiter(source_rate if self._early else wanted.rate, channels=1)
        self._limiter.active = wanted.limiter
        self._done = 0

    @property
    def limited(self) -> bool:
        return self._limiter.limited > 0

    def write(self, writer: "_Writer", blocks: Iterable[Samples]) -> Iterator[int]:
        """Yields how many samples of the source are done."""
        counted = self._counted(blocks)
        if not self._limiter.active:
            samples = self._converted(counted)
        elif self._early:
            samples = map(self._limiter.clip, self._converted(self._limiter.stream(counted)))
        else:
            samples = self._limiter.stream(self._converted(counted))
        for block in samples:
            writer.write(block)
            yield self._done

    def _counted(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        for block in _cut(blocks):
            if not np.isfinite(block).all():
                raise AudioFileError("The sound holds values that are not numbers, so it was not written.")
            self._done += len(block)
            yield block

    def _converted(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        for block in blocks:
            yield self._resampler.push(block[None])[0]
        yield self._resampler.flush()[0]


def _cut(blocks: Iterable[Samples]) -> Iterator[Samples]:
    for block in blocks:
        for start in range(0, max(1, len(block)), _BLOCK):
            yield block[start : start + _BLOCK]


class _Writer:
    """The open file: header, samples, and the header once more when their number is known."""

    def __init__(self, file: BinaryIO, wanted: ExportFormat, title: str, wanted_frames: int | None) -> None:
        self._file, self._wanted, self._title = file, wanted, title
        self._wanted_frames = wanted_frames
        self._dither = TpdfDither(_DITHER_SEED)
        self.frames = self.clipped = 0
        file.write(self._header())

    def _header(self) -> bytes:
        return wav.header(self._wanted.rate, self._wanted.bits, self.frames, self._title)

    def write(self, samples: Samples) -> None:
        if self._wanted_frames is not None:
            samples = samples[: self._wanted_frames - self.frames]
        self._file.write(self._octets(samples))
        self.frames += len(samples)

    def _octets(self, samples: Samples) -> bytes:
        bits = self._wanted.bits
        if bits == "32f":
            return wav.float_octets(samples)
        self.clipped += int(np.count_nonzero(np.abs(samples) > 1.0))
        return wav.pcm_octets(to_pcm(self._dither(samples, bits) if bits == 16 else samples, bits), bits)

    def finish(self) -> None:
        if self._wanted_frames is not None:
            self.write(np.zeros(self._wanted_frames - self.frames, np.float32))
        self._file.write(wav.padding(self._wanted.bits, self.frames))
        self._file.seek(0)
        self._file.write(self._header())
