"""Listening to a file: a thread decodes it, converts it to the player's rate, and hands it over as it is heard."""

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

_PIECE_SECONDS = 0.25

_log = logging.getLogger(__name__)


class FilePlayer(QObject):
    """One file at a time, of any length; its signals arrive in the thread that it was made in."""

    failed = Signal(Path, str)
    """A file that cannot be listened to, or not to its end, and a sentence."""

    def __init__(self, stream_buffer: StreamBuffer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stream_buffer = stream_buffer
        self._thread: threading.Thread | None = None
        self._begun_seconds = 0.0

    def listen(self, path: Path, from_seconds: float = 0.0) -> None:
        """Begins there and at once; what was heard before gives way."""
        job = self._stream_buffer.begin(), path, from_seconds
        self._begun_seconds = from_seconds
        self._thread = threading.Thread(target=self._run, args=job, name="distill-listener", daemon=True)
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
        """Where in the file it is."""
        return self._begun_seconds + self._stream_buffer.heard_seconds

    def _run(self, number: int, path: Path, from_seconds: float) -> None:
        skipped = round(from_seconds * self._stream_buffer.sample_rate)
        try:
            for piece in _after(skipped, _pieces(path, self._stream_buffer.sample_rate)):
                if not self._stream_buffer.put(number, piece):
                    return
        except AudioFileError as error:
            self.failed.emit(path, str(error))
        except Exception:
            _log.exception("listening to %s", path.name)
            raise
        finally:
            self._stream_buffer.end(number)


def _pieces(path: Path, rate: int) -> Iterator[Samples]:
    """The file as `[n, 2]` at `rate` Hz, of more than two channels the mono signal that is learned from.

    What it needs is imported here: the window shows before.
    """
    from distill_app.dsp.audio_file import read_pieces
    from distill_app.dsp.mono import Mixdown
    from distill_app.dsp.mono_file import file_mixdown
    from distill_app.dsp.resample import near_rate
    from distill_app.dsp.streaming_resampler import StreamingResampler

    resampler: StreamingResampler | None = None
    mixdown: Mixdown | None = None
    for sound in read_pieces(path, _PIECE_SECONDS):
        if resampler is None:
            resampler = StreamingResampler(near_rate(sound.sample_rate, rate), rate)
            mixdown = file_mixdown(path) if sound.channels > CHANNELS else None
        samples = sound.samples if mixdown is None else mixdown.apply(sound.samples)[None]
        yield resampler.push(stereo(samples).T).T
    if resampler is not None:
        yield resampler.flush().T


def _after(frames: int, pieces: Iterator[Samples]) -> Iterator[Samples]:
    """Without the first so many frames."""
    for piece in pieces:
        yield piece[frames:]
        frames = max(0, frames - len(piece))
