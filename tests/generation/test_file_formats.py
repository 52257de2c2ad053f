"""File formats of exports: one entry adds a format, which the export and file names then know."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from distill_app.common.errors import AudioFileError
from distill_app.generation.export import export_sound
from distill_app.generation.export_format import ExportFormat
from distill_app.generation.file_formats import FILE_FORMATS, FileFormat, format_titles, with_sound_suffix


class FlacEncoder:
    def __init__(self, file: BinaryIO, wanted: ExportFormat, title: str, channels: int) -> None:
        self._file = soundfile.SoundFile(file, "w", wanted.rate, channels, f"PCM_{wanted.bits}", format="FLAC")
        self._shift = 32 - int(wanted.bits)

    def write(self, samples: NDArray[np.float32] | NDArray[np.int32]) -> None:
        self._file.write(samples.astype(np.int32) << self._shift)

    def finish(self) -> None:
        self._file.close()


@pytest.fixture
def _flac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FILE_FORMATS, ".flac", FileFormat("FLAC", (16, 24), FlacEncoder))


@pytest.mark.usefixtures("_flac")
def test_one_entry_adds_a_file_format(tmp_path: Path) -> None:
    samples = (0.5 * np.sin(np.arange(10_000) / 10)).astype(np.float32)
    list(export_sound(tmp_path / "a.flac", [samples], 44_100, ExportFormat()))
    read, rate = soundfile.read(tmp_path / "a.flac")
    assert (rate, soundfile.info(tmp_path / "a.flac").format) == (44_100, "FLAC")
    np.testing.assert_allclose(read, samples, atol=2**-23)
    assert format_titles() == "WAV and FLAC"
    assert with_sound_suffix(Path("a.flac")) == Path("a.flac")


@pytest.mark.usefixtures("_flac")
def test_a_format_refuses_samples_that_it_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="cannot hold"):
        export_sound(tmp_path / "a.flac", [], 44_100, ExportFormat(bits="32f"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.wav", "a.wav"), ("a.WAV", "a.WAV"), ("a.mp3", "a.wav"), ("take 1.5", "take 1.5.wav"), ("a", "a.wav")],
)
def test_names_get_the_suffix_of_a_writable_format(name: str, expected: str) -> None:
    assert with_sound_suffix(Path(name)) == Path(expected)
