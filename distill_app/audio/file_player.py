"""Playback of a file: a thread decodes it, converts it to the player's rate and writes it to the stream buffer."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.audio.format import CHANNELS
from distill_app.audio.play_cursor import stereo
from distill_app.audio.stream_buffer import StreamBuffer
from distill_app.common.errors import AudioFileError
from distill_app.dsp.sound import Samples

_BLOCK_SECONDS = 0.25

_log = logging.getLogger(__name__)


class FilePlayer(QObject):
    """Plays one file at a time, of any length; its signals arrive in the thread of this object."""

    failed = Signal(Path, str)
    """A file that cannot be read, or not to its end, and a sentence for the user."""

    def __init__(self, stream_buffer: StreamBuffer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stream_buffer = stream_buffer
        self._thread: threading.Thread | None = None
        self._start_seconds = 0.0

    def listen(self, path: Path, from_seconds: float = 0.0) -> None:
        """Plays a file from a position on, in place of the one that plays."""
        job = self._stream_buffer.begin(), path, from_seconds
        self._start_seconds = from_seconds
        self._thread = threading.Thread(target=self._run, args=job, name="distill-file-player", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stream_buffer.stop()

    def close(self) -> None:
        """Stops, and waits for the thread."""
        self.stop()
        if self._thread is not None:
            self._thread.join()

    @property
    def playing(self) -> bool:
        return self._stream_buffer.playing

    @property
    def position_seconds(self) -> float:
        """Position in the file that is played."""
        return self._start_seconds + self._stream_buffer.heard_seconds

    def _run(self, number: int, path: Path, from_seconds: float) -> None:
        skipped = round(from_seconds * self._stream_buffer.sample_rate)
        try:
            for block in _skip(skipped, _stereo_blocks(path, self._stream_buffer.sample_rate)):
                if not self._stream_buffer.put(number, block):
                    return
        except AudioFileError as error:
            self.failed.emit(path, str(error))
        except Exception:
            _log.exception("playing %s", path.name)
            raise
        finally:
            self._stream_buffer.end(number)


def _stereo_blocks(path: Path, rate: int) -> Iterator[Samples]:
    """Blocks `[n, 2]` of a file at `rate` Hz; a file of more than two channels is mixed down as for the training.

    Imports its decoders when called, because the window imports this module.
    """
    from distill_app.dsp.audio_file import read_pieces
    from distill_app.dsp.mono import Mixdown
    from distill_app.dsp.mono_file import file_mixdown
    from distill_app.dsp.resample import near_rate
    from distill_app.dsp.streaming_resampler import StreamingResampler

    resampler: StreamingResampler | None = None
    mixdown: Mixdown | None = None
    for sound in read_pieces(path, _BLOCK_SECONDS):
        if resampler is None:
            resampler = StreamingResampler(near_rate(sound.sample_rate, rate), rate)
            mixdown = file_mixdown(path) if sound.channels > CHANNELS else None
        samples = sound.samples if mixdown is None else mixdown.apply(sound.samples)[None]
        yield resampler.push(stereo(samples).T).T
    if resampler is not None:
        yield resampler.flush().T


def _skip(frames: int, blocks: Iterator[Samples]) -> Iterator[Samples]:
    """Blocks without their first `frames` frames."""
    for block in blocks:
        yield block[frames:]
        frames = max(0, frames - len(block))
