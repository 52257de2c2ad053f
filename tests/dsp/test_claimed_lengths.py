"""A sound file is read to its end, whatever length its header claims; missing data is reported."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from distill_app.common.errors import AudioFileError
from distill_app.dsp.audio_file import read_pieces, read_sound
from distill_app.dsp.containers.byte_stream import SplicedFile
from distill_app.dsp.containers.detection import find_streams
from distill_app.dsp.decoder import open_decoder
from distill_app.dsp.sound import Sound
from tests.dsp import odd_files as odd
from tests.dsp.odd_files import RATE


def read(path: Path, data: bytes | None = None) -> tuple[Sound, list[str]]:
    """A file of these bytes, and what was noted."""
    if data is not None:
        path.write_bytes(data)
    notes = list[str]()
    pieces = list(read_pieces(path, 1.0, notes))
    return Sound(np.concatenate([piece.samples for piece in pieces], axis=1), pieces[0].sample_rate), notes


def level(sound: Sound, start: float, stop: float) -> float:
    """RMS of a stretch given in seconds."""
    return float(np.sqrt(np.square(sound.samples[:, round(start * RATE) : round(stop * RATE)]).mean()))


def test_an_mp3_of_one_bit_rate_without_a_header_is_whole(tmp_path: Path) -> None:
    data = odd.without_mp3_header(odd.mp3(tmp_path / "a.mp3", odd.tone(10)))
    sound, notes = read(tmp_path / "a.mp3", data)
    assert sound.seconds == pytest.approx(10, abs=0.06)
    assert level(sound, 9.5, 9.9) == pytest.approx(0.25 / np.sqrt(2), rel=0.07)  # its encoder scales by 0.95
    tagged = b"ID3\x03\0\0\0\0\0\x14" + bytes(20) + data + b"TAG" + bytes(125)
    assert read(tmp_path / "a.mp3", tagged)[0].seconds == pytest.approx(10, abs=0.06)
    assert notes == []


def test_an_mp3_with_a_loud_start_and_no_header_is_read_to_its_quiet_end(tmp_path: Path) -> None:
    data = odd.without_mp3_header(odd.mp3(tmp_path / "a.mp3", odd.loud_then_quiet(10), "VARIABLE"))
    sound, notes = read(tmp_path / "a.mp3", data)
    assert sound.seconds == pytest.approx(10, abs=0.06)
    assert level(sound, 9, 9.9) == pytest.approx(0.02 / np.sqrt(2), rel=0.05)
    assert notes == []


def test_an_mp3_that_says_its_length_keeps_it_to_the_sample(tmp_path: Path) -> None:
    data = odd.mp3(tmp_path / "a.mp3", odd.tone(2))
    for end in (b"", b"TAG" + bytes(125), b"APETAGEX" + bytes(4) + (3000).to_bytes(4, "little") + bytes(16)):
        assert read(tmp_path / "a.mp3", data + end)[0].frames == 2 * RATE


def test_joined_mp3s_are_read_one_after_the_other(tmp_path: Path) -> None:
    first, second = (odd.mp3(tmp_path / "a.mp3", odd.tone(3, hz)) for hz in (440, 1000))
    sound, notes = read(tmp_path / "a.mp3", first + second)
    assert sound.seconds == pytest.approx(6, abs=0.15)
    spectrum = np.abs(np.fft.rfft(sound.samples[0, round(4 * RATE) : 5 * RATE]))
    assert int(spectrum.argmax()) == 1000
    assert notes == []


def test_joined_mp3s_of_one_and_two_channels_are_one_sound(tmp_path: Path) -> None:
    first = odd.mp3(tmp_path / "a.mp3", odd.tone(3))
    second = odd.encoded(tmp_path / "a.mp3", np.stack([odd.tone(3, 1000)] * 2, 1))
    for data, channels in ((first + second, 1), (second + first, 2)):
        sound, notes = read(tmp_path / "a.mp3", data)
        assert (sound.channels, notes) == (channels, [])
        assert sound.seconds == pytest.approx(6, abs=0.2)
        assert all(np.std(part) == pytest.approx(0.177, rel=0.08) for part in np.array_split(sound.samples, 6, 1))


def test_the_second_rate_of_joined_mp3s_is_skipped_and_reported(tmp_path: Path) -> None:
    first, second = (odd.encoded(tmp_path / "a.mp3", odd.tone(3), rate=rate) for rate in (RATE, 48_000))
    sound, notes = read(tmp_path / "a.mp3", first + second)
    assert sound.seconds == pytest.approx(3, abs=0.1)
    assert notes == ["“a.mp3” changes its sample rate after 3.0 seconds; what comes then is left out."]


def test_an_mp3_within_a_wav_is_whole(tmp_path: Path) -> None:
    data = odd.without_mp3_header(odd.mp3(tmp_path / "a.mp3", odd.loud_then_quiet(5), "VARIABLE"))
    wav = odd.riff(odd.wav_format(0x55, bits=0) + odd.chunk(b"data", data))
    assert read(tmp_path / "a.wav", wav)[0].seconds == pytest.approx(5, abs=0.06)


@pytest.mark.parametrize("total", [0, 1000, 2**36 - 1])
def test_a_flac_is_whole_whatever_number_of_samples_it_claims(tmp_path: Path, total: int) -> None:
    wave = np.random.default_rng(0).uniform(-0.5, 0.5, 200_000)
    data = odd.encoded(tmp_path / "a.flac", wave)
    whole = read_sound(tmp_path / "a.flac").samples
    sound, notes = read(tmp_path / "a.flac", odd.with_flac_total(data, total))
    np.testing.assert_array_equal(sound.samples, whole)
    assert bool(notes) == (total > 200_000)


@pytest.mark.parametrize("behind", [b"TAG" + bytes(125), bytes(5000), b"\xaa" * 777])
def test_trailing_data_takes_no_sample_of_a_flac(tmp_path: Path, behind: bytes) -> None:
    data = odd.encoded(tmp_path / "a.flac", np.random.default_rng(0).uniform(-0.5, 0.5, 200_000))
    sound, notes = read(tmp_path / "a.flac", data + behind)
    assert sound.frames == 200_000
    assert notes == []


def test_joined_flacs_are_read_one_after_the_other(tmp_path: Path) -> None:
    parts = [odd.encoded(tmp_path / "a.flac", odd.tone(1, hz)) for hz in (440, 880, 1320)]
    alone = [read(tmp_path / "a.flac", part)[0].samples for part in parts]
    sound, notes = read(tmp_path / "a.flac", b"".join(parts))
    np.testing.assert_array_equal(sound.samples, np.concatenate(alone, axis=1))
    assert notes == []


def test_a_damaged_flac_is_read_up_to_the_damage(tmp_path: Path) -> None:
    data = odd.encoded(tmp_path / "a.flac", np.random.default_rng(0).uniform(-0.5, 0.5, 200_000))
    whole = read_sound(tmp_path / "a.flac").samples
    half = len(data) // 2
    sound, notes = read(tmp_path / "a.flac", data[:half] + bytes(5000) + data[half + 5000 :])
    assert 90_000 < sound.frames < 100_000
    np.testing.assert_array_equal(sound.samples, whole[:, : sound.frames])
    assert notes == ["“a.flac” is damaged or cut off after 2.2 of 4.5 seconds; what comes before is used."]


@pytest.mark.parametrize("behind", [bytes(50_000), b"LYRICSBEGIN" + 500 * b"la la " + b"LYRICS200TAG" + bytes(125)])
def test_trailing_data_takes_no_sample_of_an_mp3(tmp_path: Path, behind: bytes) -> None:
    data = odd.without_mp3_header(odd.mp3(tmp_path / "a.mp3", odd.tone(5)))
    alone, _ = read(tmp_path / "a.mp3", data)
    sound, notes = read(tmp_path / "a.mp3", data + behind)
    np.testing.assert_array_equal(sound.samples, alone.samples)
    assert notes == []


@pytest.mark.parametrize("header", [True, False])
def test_an_mp3_continues_after_a_hole(tmp_path: Path, header: bool) -> None:
    data = odd.mp3(tmp_path / "a.mp3", odd.tone(5))
    data = data if header else odd.without_mp3_header(data)
    parts = data[: len(data) // 2], data[len(data) // 2 : -5000], data[-5000:]
    sound, notes = read(tmp_path / "a.mp3", bytes(20_000).join(parts))
    assert sound.seconds == pytest.approx(5, abs=0.2)
    assert level(sound, 4.4, 4.6) == pytest.approx(0.25 / np.sqrt(2), rel=0.07)
    assert notes == ["“a.mp3” has damaged places, the first after 2.5 seconds; they are left out."]


@pytest.mark.parametrize(("suffix", "subtype", "rate"), [("ogg", "VORBIS", RATE), ("opus", "OPUS", 48_000)])
def test_joined_oggs_are_read_one_after_the_other(tmp_path: Path, suffix: str, subtype: str, rate: int) -> None:
    path = tmp_path / f"a.{suffix}"
    parts = [odd.encoded(path, odd.tone(1, hz)[: 40_000 + hz], subtype, rate, format="OGG") for hz in (440, 880, 1320)]
    alone = [read(path, part)[0].samples for part in parts]
    sound, notes = read(path, b"".join(parts))
    np.testing.assert_array_equal(sound.samples, np.concatenate(alone, axis=1))
    assert sound.frames == 3 * 40_000 + 440 + 880 + 1320
    assert notes == []


def test_joined_oggs_of_two_rates_are_read_up_to_the_second(tmp_path: Path) -> None:
    parts = [odd.encoded(tmp_path / "a.ogg", odd.tone(1), "VORBIS", rate) for rate in (RATE, 22_050)]
    sound, notes = read(tmp_path / "a.ogg", b"".join(parts))
    assert sound.seconds == 1
    assert notes == ["“a.ogg” changes its sample rate after 1.0 seconds; what comes then is left out."]


def test_joined_oggs_of_one_and_two_channels_are_one_sound(tmp_path: Path) -> None:
    mono = odd.encoded(tmp_path / "a.ogg", odd.tone(1), "VORBIS")
    soundfile.write(tmp_path / "b.ogg", np.stack([odd.tone(1)] * 2, 1)[:16_000], RATE)
    sound, _ = read(tmp_path / "a.ogg", mono + (tmp_path / "b.ogg").read_bytes())
    assert sound.samples.shape == (1, RATE + 16_000)


def test_flac_in_ogg_is_whole(tmp_path: Path) -> None:
    wave = np.random.default_rng(0).uniform(-0.5, 0.5, 200_000)
    data = odd.encoded(tmp_path / "a.flac", wave)
    whole = read_sound(tmp_path / "a.flac").samples
    ogg = odd.flac_in_ogg(odd.with_flac_total(data, 0))
    np.testing.assert_array_equal(read(tmp_path / "a.ogg", ogg)[0].samples, whole)
    assert read(tmp_path / "a.ogg", ogg + ogg)[0].frames == 400_000


WAVE = odd.tone(1.5)
DATA = odd.pcm(WAVE)
QUARTER = len(DATA) // 4 * 2
HEAD = odd.wav_format()
INFO = b"INFOICMT\x03\x00\x00\x00abc"
WAVS = {
    "nothing odd": odd.wav(WAVE),
    "unfinished": odd.wav(WAVE, 0),
    "unfinished, RIFF of 36 bytes": odd.riff(HEAD + odd.chunk(b"data", DATA, 0), 36),
    "a pipe": odd.wav(WAVE, 2**32 - 1),
    "another pipe": odd.wav(WAVE, 0x7FFFF000),
    "RIFF of no size": odd.riff(HEAD + odd.chunk(b"data", DATA), 0),
    "two data chunks": odd.riff(HEAD + odd.chunk(b"data", DATA[:QUARTER]) + odd.chunk(b"data", DATA[QUARTER:])),
    "a chunk of odd length": odd.riff(HEAD + odd.chunk(b"LIST", INFO) + odd.chunk(b"data", DATA)),
    "not filled up": odd.riff(HEAD + odd.chunk(b"LIST", INFO, padded=False) + odd.chunk(b"data", DATA)),
    "a chunk behind": odd.riff(HEAD + odd.chunk(b"data", DATA) + odd.chunk(b"LIST", INFO)),
    "garbage behind": odd.riff(HEAD + odd.chunk(b"data", DATA)) + b"\xaa" * 777,
    "RF64": odd.large_wav(b"RF64", len(DATA), DATA),
    "BW64": odd.large_wav(b"BW64", len(DATA), DATA),
    "RF64, unfinished": odd.large_wav(b"RF64", 0, DATA),
}


@pytest.mark.parametrize("kind", WAVS)
def test_every_wav_is_whole(tmp_path: Path, kind: str) -> None:
    sound, notes = read(tmp_path / "a.wav", WAVS[kind])
    np.testing.assert_array_equal(sound.samples[0] * 32_768, np.frombuffer(DATA, "<i2"))
    assert notes == []


def test_a_wav_without_samples_but_with_a_comment_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(odd.riff(HEAD + odd.chunk(b"data", b"") + odd.chunk(b"LIST", INFO)))
    with pytest.raises(AudioFileError, match="is empty"):
        read_sound(tmp_path / "a.wav")


@pytest.mark.parametrize("claimed", ["wrapped", 0x7FFFF000, 0])
def test_a_wav_over_4_gib_is_whole(tmp_path: Path, claimed: int | str) -> None:
    """The file is a hole with a second of sound at its end."""
    path, size = tmp_path / "a.wav", 2**32 + 12_345_678
    header = odd.riff(HEAD + odd.chunk(b"data", b"", size % 2**32 if claimed == "wrapped" else int(claimed)), 0)
    with open(path, "wb") as file:
        file.write(header)
        os.truncate(path, len(header) + size)
        file.seek(len(header) + size - 2 * RATE)
        file.write(odd.pcm(odd.tone(1)))
    (stream,) = find_streams(path)
    with open_decoder(path, stream) as opened:
        assert opened.frames == size // 2
        assert len(opened.read(1000)) == 1000
    with SplicedFile(path, stream.parts) as spliced:
        spliced.seek(-2 * RATE, os.SEEK_END)
        assert spliced.read() == odd.pcm(odd.tone(1))
    path.unlink()


@pytest.mark.parametrize("kind", ["AIFF", "AU"])
def test_other_files_over_4_gib_are_whole(tmp_path: Path, kind: str) -> None:
    """The file is a hole behind its header; its size is without the upper bits."""
    path, size = tmp_path / "a", 2**32 + 12_345_678
    data = odd.encoded(path, np.zeros(10, np.int16), "PCM_16", format=kind)
    place, begin = (data.index(b"SSND") + 4, 8) if kind == "AIFF" else (8, 0)
    header = data[:place] + ((size + begin) % 2**32).to_bytes(4, "big") + data[place + 4 : -20]
    path.write_bytes(header)
    os.truncate(path, len(header) + size)
    frames = 0
    for stream in find_streams(path):
        with open_decoder(path, stream) as opened:
            frames += opened.frames
            assert len(opened.read(1000)) == 1000
    assert frames == size // 2
    path.unlink()


def with_bytes(place: bytes, offset: int, new: bytes) -> Callable[[bytes], bytes]:
    """Writes over what comes so far behind the first `place`."""

    def changed(data: bytes) -> bytes:
        start = data.index(place) + offset
        return data[:start] + new + data[start + len(new) :]

    return changed


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("AIFF", with_bytes(b"SSND", 4, bytes(4))),
        ("AIFF", with_bytes(b"SSND", 4, bytes((0, 0, 0, 8)))),
        ("CAF", with_bytes(b"data", 4, b"\xff" * 8)),
        ("CAF", with_bytes(b"data", 4, bytes(8))),
        ("AU", with_bytes(b".snd", 8, bytes(4))),
        ("AU", with_bytes(b".snd", 8, b"\xff" * 4)),
        ("W64", with_bytes(b"data", 16, bytes(8))),
    ],
)
def test_other_files_whose_size_was_never_written_are_whole(
    tmp_path: Path, kind: str, change: Callable[[bytes], bytes]
) -> None:
    data = odd.encoded(tmp_path / "a", np.frombuffer(DATA, "<i2"), "PCM_16", format=kind)
    sound, notes = read(tmp_path / "a", change(data))
    assert sound.frames - len(WAVE) in (0, 1, 2)  # some end with a few bytes that fill up
    np.testing.assert_array_equal(sound.samples[0, : len(WAVE)] * 32_768, np.frombuffer(DATA, "<i2"))
    assert notes == []


def damaged(data: bytes, changes: list[tuple[int, int]], stop: float) -> bytes:
    content = bytearray(data)
    for place, value in changes:
        content[place % len(content)] = value
    return bytes(content[: round(stop * len(content))])


SHORT = odd.tone(0.1)


@pytest.fixture(scope="module")
def formats(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("formats")
    kinds = (("WAV", None), ("AIFF", None), ("CAF", None), ("AU", None), ("W64", None), ("FLAC", None), ("OGG", None))
    found = [odd.encoded(folder / "a", SHORT, subtype, format=kind) for kind, subtype in kinds]
    mp3 = odd.mp3(folder / "a.mp3", SHORT)
    return [*found, mp3, odd.without_mp3_header(mp3), odd.flac_in_ogg(found[5]), found[6] * 2, odd.wav(SHORT, 0)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=st.integers(0, 11),
    changes=st.lists(st.tuples(st.integers(0, 100), st.sampled_from([0, 1, 127, 128, 255])), max_size=4),
    stop=st.floats(0, 1),
)
@example(number=10, changes=[(5, 0)], stop=1.0)
def test_random_bytes_are_read_or_refused(
    tmp_path: Path, formats: list[bytes], number: int, changes: list[tuple[int, int]], stop: float
) -> None:
    (tmp_path / "a").write_bytes(damaged(formats[number], changes, stop))
    try:
        frames = read_sound(tmp_path / "a").frames
    except AudioFileError:
        frames = -1
    assert frames
