"""An exported file holds the sound exactly, whole or not at all."""

import errno
import math
import os
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray

from distill_app.common.errors import AudioFileError, SettingsError
from distill_app.dsp.audio_file import is_made_by_distill
from distill_app.dsp.limiter import CEILING, LOOK_AHEAD, Limiter
from distill_app.dsp.resample import resample
from distill_app.dsp.sound import Samples
from distill_app.generation import export, wav
from distill_app.generation.export import ExportFormat, ExportResult, export_sound
from distill_app.generation.export_format import Bits
from tests.disks import as_nobody, file_size_limit

_RATE = 44_100
_NOISE = np.random.default_rng(0).uniform(-0.9, 0.9, 30_001).astype(np.float32)


def _blocks(samples: Samples, size: int = 7001) -> Iterator[Samples]:
    for start in range(0, len(samples), size):
        yield samples[start : start + size]


def _exported(
    path: Path, samples: Samples, wanted: ExportFormat, overwrite: bool = False, title: str = ""
) -> ExportResult:
    job = export_sound(path, _blocks(samples), _RATE, wanted, overwrite, title)
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value


def _read(path: Path) -> tuple[NDArray[np.float64], int]:
    samples, rate = soundfile.read(path, dtype="float64")
    return samples, rate


@pytest.mark.parametrize("frames", [32_600, 32_653, 32_700])
def test_holds_as_many_samples_as_are_asked_for(tmp_path: Path, frames: int) -> None:
    list(export_sound(tmp_path / "a.wav", _blocks(_NOISE), _RATE, ExportFormat(48_000, "32f"), frames=frames))
    expected = resample(torch.from_numpy(_NOISE[None]), _RATE, 48_000)[0].numpy()[:frames]
    samples, _ = _read(tmp_path / "a.wav")
    assert len(samples) == frames
    np.testing.assert_allclose(samples[: len(expected)], expected, atol=2e-6)
    assert not samples[len(expected) :].any()


@pytest.mark.parametrize(
    ("bits", "subtype", "tolerance"), [(16, "PCM_16", 1.51 / 2**15), (24, "PCM_24", 0.51 / 2**23), ("32f", "FLOAT", 0)]
)
@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000, 8_000, 192_000])
def test_holds_the_resampled_sound(tmp_path: Path, rate: int, bits: Bits, subtype: str, tolerance: float) -> None:
    path = tmp_path / "a.wav"
    result = _exported(path, _NOISE, ExportFormat(rate, bits))
    expected = resample(torch.from_numpy(_NOISE[None]), _RATE, rate)[0].numpy()
    samples, file_rate = _read(path)
    assert (soundfile.info(path).subtype, file_rate) == (subtype, rate)
    assert result.frames == len(samples) == math.ceil(len(_NOISE) * rate / _RATE)
    inside = np.abs(expected) < 1 - 2 / 2**15
    assert np.abs(samples - expected)[inside].max() <= tolerance + 1e-6 * (rate != _RATE)


def test_24_bits_are_exact_to_the_bit(tmp_path: Path) -> None:
    numbers = np.random.default_rng(1).integers(-(2**23), 2**23, 9999)
    _exported(tmp_path / "a.wav", (numbers / 2**23).astype(np.float32), ExportFormat(_RATE, 24))
    np.testing.assert_array_equal(_read(tmp_path / "a.wav")[0] * 2**23, numbers)


def test_16_bits_are_dithered_and_the_same_each_time(tmp_path: Path) -> None:
    quiet = np.full(50_000, 0.3 / 2**15, np.float32)
    for name in ("a", "b"):
        _exported(tmp_path / f"{name}.wav", quiet, ExportFormat(_RATE, 16))
    steps = _read(tmp_path / "a.wav")[0] * 2**15
    assert steps.mean() == pytest.approx(0.3, abs=0.02)
    assert set(np.unique(steps)) == {-1, 0, 1}
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


@pytest.mark.parametrize(("bits", "clipped"), [(16, 3), (24, 3), ("32f", 0)])
def test_says_how_many_samples_were_cut_off(tmp_path: Path, bits: Bits, clipped: int) -> None:
    loud = np.array([0.0, 1.0, 1.5, -2.0, -1.0, 1.0001, 0.5], np.float32)
    result = _exported(tmp_path / "a.wav", loud, ExportFormat(_RATE, bits))
    assert result.clipped == clipped
    if bits == "32f":
        np.testing.assert_array_equal(_read(tmp_path / "a.wav")[0], loud)


@pytest.mark.parametrize("source_rate", [44_100, 22_050])
def test_the_limiter_gives_the_file_what_it_gives_the_ear(tmp_path: Path, source_rate: int) -> None:
    """At the rate of playback, whatever that of the vocoder: sample by sample, only without the player's delay."""
    loud = np.concatenate([2 * _NOISE, 0.1 * _NOISE, 3 * _NOISE])
    at_rate = resample(torch.from_numpy(loud), source_rate, 44_100).numpy()
    player = Limiter(44_100)
    padded = np.pad(at_rate, (0, -len(at_rate) % 256 + 256))
    heard = np.concatenate(
        [player.process(np.repeat(block[:, None], 2, 1)) for block in np.split(padded, len(padded) // 256)]
    )
    path, wanted = tmp_path / "a.wav", ExportFormat(44_100, "32f", limiter=True)
    list(export_sound(path, _blocks(loud), source_rate, wanted))
    assert np.abs(at_rate).max() > 1.5
    np.testing.assert_allclose(_read(path)[0], heard[LOOK_AHEAD:, 0][: len(at_rate)], atol=1e-6)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_nothing_limited_is_cut_off_at_any_rate(tmp_path: Path, rate: int) -> None:
    result = _exported(tmp_path / "a.wav", 3 * _NOISE, ExportFormat(rate, "32f", limiter=True))
    assert np.abs(_read(tmp_path / "a.wav")[0]).max() <= CEILING
    assert result.limited
    soft = _exported(tmp_path / "b.wav", 0.1 * _NOISE, ExportFormat(rate, "32f", limiter=True))
    assert not soft.limited
    _exported(tmp_path / "c.wav", 0.1 * _NOISE, ExportFormat(rate, "32f"))
    np.testing.assert_allclose(_read(tmp_path / "b.wav")[0], _read(tmp_path / "c.wav")[0], atol=1e-6)


@pytest.mark.parametrize("bits", [16, 24, "32f"])
@pytest.mark.parametrize("frames", [0, 1, 2, 3])
def test_the_chunks_lengths_fit_the_file(tmp_path: Path, bits: Bits, frames: int) -> None:
    _exported(tmp_path / "a.wav", _NOISE[:frames], ExportFormat(_RATE, bits), title="odd")
    content = (tmp_path / "a.wav").read_bytes()
    assert int.from_bytes(content[4:8], "little") == len(content) - 8
    assert len(content) % 2 == 0
    assert soundfile.info(tmp_path / "a.wav").frames == frames


def test_a_whole_file_in_memory_is_what_the_export_writes(tmp_path: Path) -> None:
    loud = 1.5 * _NOISE
    _exported(tmp_path / "a.wav", loud, ExportFormat(_RATE, 24))
    assert wav.whole(loud[None], _RATE) == (tmp_path / "a.wav").read_bytes()


def test_a_title_that_is_no_text_spoils_nothing(tmp_path: Path) -> None:
    """A model is called after its folder, whose name may hold any octets."""
    _exported(tmp_path / "a.wav", _NOISE, ExportFormat(), title="b\udce4d")
    with soundfile.SoundFile(tmp_path / "a.wav") as file:
        assert file.title == "b?d"


def test_carries_its_title(tmp_path: Path) -> None:
    _exported(tmp_path / "a.wav", _NOISE, ExportFormat(), title="Glöckchen")
    with soundfile.SoundFile(tmp_path / "a.wav") as file:
        assert file.title == "Glöckchen"


def test_yields_the_samples_done_and_once_more_for_the_end(tmp_path: Path) -> None:
    assert list(export_sound(tmp_path / "a.wav", _blocks(_NOISE, 10_000), _RATE, ExportFormat())) == [
        10_000,
        20_000,
        30_000,
        30_001,
        30_001,
    ]


def test_a_cancelled_export_leaves_nothing(tmp_path: Path) -> None:
    job = export_sound(tmp_path / "a.wav", _blocks(_NOISE), _RATE, ExportFormat())
    next(job)
    assert list(tmp_path.iterdir())
    job.close()
    assert not list(tmp_path.iterdir())


def test_a_cancelled_export_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"dear")
    job = export_sound(tmp_path / "a.wav", _blocks(_NOISE), _RATE, ExportFormat(), overwrite=True)
    next(job)
    job.close()
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"dear"]


def test_an_existing_file_is_kept_unless_overwriting(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"dear")
    with pytest.raises(AudioFileError, match="exists already"):
        export_sound(path, _blocks(_NOISE), _RATE, ExportFormat())
    assert path.read_bytes() == b"dear"
    _exported(path, _NOISE, ExportFormat(), overwrite=True)
    assert soundfile.info(path).frames == len(_NOISE)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="is a folder"):
        export_sound(tmp_path, _blocks(_NOISE), _RATE, ExportFormat(), overwrite=True)


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="There is no folder"):
        export_sound(tmp_path / "nowhere" / "a.wav", _blocks(_NOISE), _RATE, ExportFormat())
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_folder_that_is_not_writable_is_reported(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    for parent in [*tmp_path.parents][:3]:
        if parent.owner() == tmp_path.owner() and parent != Path("/tmp"):
            parent.chmod(0o755)
    with as_nobody(), pytest.raises(AudioFileError, match=r"“a\.wav” cannot be written \(Permission denied\)"):
        _exported(tmp_path / "a.wav", _NOISE, ExportFormat())
    tmp_path.chmod(0o755)
    assert not list(tmp_path.iterdir())


class _FullDisk:
    """A file on a disk with room for so many bytes."""

    def __init__(self, file: BinaryIO, room: int) -> None:
        self._file, self._room = file, room

    def write(self, octets: bytes) -> int:
        self._room -= len(octets)
        if self._room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(octets)

    def __enter__(self) -> "_FullDisk":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@pytest.mark.parametrize("room", [10, 1000, 50_000])
def test_a_full_disk_is_reported_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    (tmp_path / "a.wav").write_bytes(b"dear")
    monkeypatch.setattr(export, "open", lambda path, _: _FullDisk(Path(path).open("wb"), room), raising=False)  # noqa: SIM115
    with pytest.raises(AudioFileError, match="no room on the disk"):
        _exported(tmp_path / "a.wav", _NOISE, ExportFormat(), overwrite=True)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"dear"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no limit to a file's size")
def test_a_file_size_limit_is_reported_and_leaves_nothing(tmp_path: Path) -> None:
    with file_size_limit(100_000), pytest.raises(AudioFileError, match="no room on the disk"):
        _exported(tmp_path / "a.wav", np.zeros(441_000, np.float32), ExportFormat())
    assert not list(tmp_path.iterdir())


def test_values_that_are_not_finite_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="not numbers"):
        _exported(tmp_path / "a.wav", np.array([0.0, np.nan], np.float32), ExportFormat())
    assert not list(tmp_path.iterdir())


def test_a_failure_of_the_sound_leaves_nothing(tmp_path: Path) -> None:
    def failing() -> Iterator[Samples]:
        yield _NOISE
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        list(export_sound(tmp_path / "a.wav", failing(), _RATE, ExportFormat()))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("rate", "bits"), [(7_999, 16), (7_975, 16), (44_101, 16), (192_025, 24), (0, 24), (44_100, 8)]
)
def test_other_formats_are_refused(rate: int, bits: Bits) -> None:
    with pytest.raises(SettingsError):
        ExportFormat(rate, bits)


def test_minutes_in_constant_memory(tmp_path: Path) -> None:
    second = np.random.default_rng(0).uniform(-1, 1, _RATE).astype(np.float32)
    list(export_sound(tmp_path / "warm.wav", [second], _RATE, ExportFormat(48_000, 16)))
    tracemalloc.start()
    list(export_sound(tmp_path / "a.wav", (second for _ in range(240)), _RATE, ExportFormat(48_000, 16)))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert soundfile.info(tmp_path / "a.wav").frames == 240 * 48_000
    assert most < 10e6


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("bits", [16, 24, "32f"])
@pytest.mark.parametrize("title", ["", "odd", "even"])
def test_every_format_carries_the_provenance_tags(tmp_path: Path, bits: Bits, rate: int, title: str) -> None:
    _exported(tmp_path / "a.wav", _NOISE, ExportFormat(rate, bits), title=title)
    assert is_made_by_distill(tmp_path / "a.wav")
    (tmp_path / "b.wav").write_bytes(wav.whole(_NOISE[None], rate))
    assert is_made_by_distill(tmp_path / "b.wav")


@pytest.mark.parametrize("bits", [16, 24, "32f"])
@pytest.mark.parametrize("frames", [1, 30_001])
def test_each_channel_is_in_the_file_as_it_would_be_alone(tmp_path: Path, bits: Bits, frames: int) -> None:
    channels = np.stack([0.6 * _NOISE, 0.3 * _NOISE[::-1]])[:, :frames]
    blocks = np.split(channels, range(7_001, frames, 7_001), axis=1)
    list(export_sound(tmp_path / "a.wav", blocks, _RATE, ExportFormat(48_000, bits)))
    written, rate = _read(tmp_path / "a.wav")
    expected = resample(torch.from_numpy(channels), _RATE, 48_000).numpy()
    assert (rate, written.shape) == (48_000, expected.T.shape)
    np.testing.assert_allclose(written.T, expected, atol=2**-14 if bits == 16 else 2e-6)
    content = (tmp_path / "a.wav").read_bytes()
    assert int.from_bytes(content[4:8], "little") == len(content) - 8


def test_the_limiter_turns_both_channels_down_together(tmp_path: Path) -> None:
    loud = (1.5 * np.sin(np.arange(_RATE) / 20)).astype(np.float32)
    sound = np.stack([loud, 0.25 * loud])
    list(export_sound(tmp_path / "a.wav", [sound], _RATE, ExportFormat(_RATE, "32f", limiter=True)))
    left, right = _read(tmp_path / "a.wav")[0].T
    assert np.abs(left).max() == pytest.approx(float(CEILING), abs=1e-3)
    np.testing.assert_allclose(right, 0.25 * left, atol=1e-6)
    _exported(tmp_path / "b.wav", loud, ExportFormat(_RATE, "32f", limiter=True))
    np.testing.assert_array_equal(_read(tmp_path / "b.wav")[0], left)


def test_a_stereo_sound_is_padded_and_one_in_memory_is_what_is_exported(tmp_path: Path) -> None:
    sound = np.stack([_NOISE, -0.5 * _NOISE])
    list(export_sound(tmp_path / "a.wav", [sound], _RATE, ExportFormat(_RATE, 24)))
    assert wav.whole(sound, _RATE) == (tmp_path / "a.wav").read_bytes()
    list(export_sound(tmp_path / "b.wav", [sound], _RATE, ExportFormat(_RATE, 24), frames=_NOISE.size + 100))
    padded, _ = _read(tmp_path / "b.wav")
    assert padded.shape == (_NOISE.size + 100, 2)
    assert not padded[_NOISE.size :].any()
