"""A streamed sound plays completely, in order, and without a click where it is replaced."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pytestqt.qtbot import QtBot

from distill_app.audio.file_player import FilePlayer
from distill_app.audio.stream_buffer import StreamBuffer
from distill_app.dsp.sound import Samples

RATE, BLOCK = 44_100, 256


def tone(seconds: float, hertz: float = 441.0) -> Samples:
    """Sine `[n, 2]`."""
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.repeat(wave[:, None].astype(np.float32), 2, axis=1)


def heard(stream_buffer: StreamBuffer) -> Samples:
    """All blocks `[n, 2]` until playback ends."""
    blocks: list[Samples] = []
    while stream_buffer.playing:
        block = stream_buffer.next_block(BLOCK)
        if block is not None:
            blocks.append(block)
    return np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)


@pytest.fixture
def stream_buffer() -> StreamBuffer:
    return StreamBuffer(RATE)


def test_blocks_of_any_length_play_completely_and_in_order(stream_buffer: StreamBuffer) -> None:
    sound, number = tone(0.5), stream_buffer.begin()
    for start, stop in ((0, 10), (10, 5000), (5000, len(sound))):
        assert stream_buffer.put(number, sound[start:stop])
    stream_buffer.end(number)
    result = heard(stream_buffer)
    np.testing.assert_array_equal(result[: len(sound)], sound)
    assert not result[len(sound) :].any()
    assert stream_buffer.heard_seconds == pytest.approx(0.5)


def test_playback_begins_when_enough_is_buffered_or_the_sound_has_ended(stream_buffer: StreamBuffer) -> None:
    number = stream_buffer.begin()
    stream_buffer.put(number, tone(0.1))
    assert stream_buffer.next_block(BLOCK) is None
    stream_buffer.end(number)
    assert stream_buffer.next_block(BLOCK) is not None


def test_an_empty_buffer_returns_none(stream_buffer: StreamBuffer) -> None:
    assert stream_buffer.next_block(BLOCK) is None
    assert not stream_buffer.playing


def test_stop_fades_out(stream_buffer: StreamBuffer) -> None:
    number = stream_buffer.begin()
    stream_buffer.put(number, np.full((RATE, 2), 0.5, np.float32))
    stream_buffer.next_block(BLOCK)
    stream_buffer.stop()
    last = stream_buffer.next_block(BLOCK)
    assert last is not None
    assert abs(float(last[0, 0]) - 0.5) < 0.01
    assert abs(float(last[-1, 0])) < 0.01
    assert np.abs(np.diff(last[:, 0])).max() < 0.01
    assert stream_buffer.next_block(BLOCK) is None


def test_a_new_sound_replaces_the_first_and_refuses_its_blocks(stream_buffer: StreamBuffer) -> None:
    first = stream_buffer.begin()
    stream_buffer.put(first, tone(1.0))
    stream_buffer.next_block(BLOCK)
    second = stream_buffer.begin()
    assert not stream_buffer.put(first, tone(1.0))
    stream_buffer.put(second, tone(0.3, 882.0))
    stream_buffer.end(second)
    result = heard(stream_buffer)
    np.testing.assert_array_equal(result[BLOCK : round(0.3 * RATE)], tone(0.3, 882.0)[BLOCK:])


def test_put_waits_for_room_and_returns_on_stop(stream_buffer: StreamBuffer) -> None:
    number, answers = stream_buffer.begin(), list[bool]()
    stream_buffer.put(number, tone(4.0))
    thread = threading.Thread(target=lambda: answers.append(stream_buffer.put(number, tone(1.0))))
    thread.start()
    thread.join(0.1)
    assert thread.is_alive()
    stream_buffer.stop()
    thread.join(60)
    assert answers == [False]


# A file


@pytest.fixture
def file_player(qtbot: QtBot, stream_buffer: StreamBuffer) -> Iterator[FilePlayer]:
    file_player = FilePlayer(stream_buffer)
    yield file_player
    file_player.close()


def spectral_peak(samples: Samples) -> float:
    """Frequency of the highest peak in Hz."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(power) * RATE / len(samples))


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
def test_a_file_of_any_rate_keeps_its_pitch_and_length(
    file_player: FilePlayer, stream_buffer: StreamBuffer, tmp_path: Path, rate: int
) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate), rate)
    file_player.listen(path)
    result = heard(stream_buffer)
    assert np.flatnonzero(result[:, 0])[-1] == pytest.approx(RATE, abs=BLOCK)
    assert spectral_peak(result[: RATE // 2, 0]) == pytest.approx(440, abs=2)


def test_a_file_longer_than_the_buffer_plays_to_its_end(
    file_player: FilePlayer, stream_buffer: StreamBuffer, tmp_path: Path
) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, np.linspace(0, 0.9, 8 * RATE, dtype=np.float32), RATE, subtype="FLOAT")
    file_player.listen(path)
    result = heard(stream_buffer)
    np.testing.assert_allclose(result[: 8 * RATE, 0], np.linspace(0, 0.9, 8 * RATE), atol=1e-4)


def test_playback_can_begin_within_the_file(
    file_player: FilePlayer, stream_buffer: StreamBuffer, tmp_path: Path
) -> None:
    path = tmp_path / "ramp.wav"
    ramp = np.linspace(0, 0.9, 2 * RATE, dtype=np.float32)
    soundfile.write(path, ramp, RATE, subtype="FLOAT")
    file_player.listen(path, 1.5)
    assert heard(stream_buffer)[0, 0] == pytest.approx(ramp[round(1.5 * RATE)], abs=1e-5)
    assert file_player.position_seconds == pytest.approx(2.0, abs=0.01)


def test_a_file_that_cannot_be_read_reports_why(
    qtbot: QtBot, file_player: FilePlayer, stream_buffer: StreamBuffer, tmp_path: Path
) -> None:
    path = tmp_path / "noise.wav"
    path.write_bytes(b"no sound at all")
    with qtbot.waitSignal(file_player.failed, timeout=100_000) as caught:
        file_player.listen(path)
    assert "noise.wav" in caught.args[1]
    assert heard(stream_buffer).size == 0


def test_one_channel_of_24_keeps_its_level(
    file_player: FilePlayer, stream_buffer: StreamBuffer, tmp_path: Path
) -> None:
    channels = np.zeros((RATE // 2, 24), np.float32)
    channels[:, 5] = tone(0.5)[:, 0]
    soundfile.write(tmp_path / "field.wav", channels, RATE, subtype="FLOAT")
    file_player.listen(tmp_path / "field.wav")
    np.testing.assert_allclose(heard(stream_buffer)[: RATE // 2], tone(0.5), atol=1e-6)
