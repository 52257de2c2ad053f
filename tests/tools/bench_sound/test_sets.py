"""The fixed list of sets, and their files."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from distill_app.common.paths import STARTER_MODEL
from distill_app.models.grain_header import parse_grain
from distill_app.models.header import read_header
from tests.tools.bench_sound.signals import tone
from tools.bench_sound import set_files
from tools.bench_sound.set_files import file_name, mono_samples, write_sets
from tools.bench_sound.sets import SETS, SoundSet, set_named
from tools.vocoder_audio.heldout_items import Source


def _wav(rate: int, samples: np.ndarray) -> bytes:
    content = io.BytesIO()
    sf.write(content, samples, rate, format="WAV")
    return content.getvalue()


def test_names_are_unique_and_each_group_has_every_kind() -> None:
    assert len({each.name for each in SETS}) == len(SETS)
    for group in ("tuned", "judged"):
        kinds = {each.kind for each in SETS if each.group == group}
        assert kinds == {"sustained", "loops", "one-shots"}


def test_no_recording_is_in_both_groups() -> None:
    tuned, judged = ({file for each in SETS if each.group == group for file in each.files} for group in _GROUPS)
    assert tuned
    assert judged
    assert not tuned & judged


_GROUPS = ("tuned", "judged")


def test_the_starter_set_is_what_the_starter_model_carries() -> None:
    header = read_header(STARTER_MODEL)
    assert header.grain is not None
    carried = {Path(name).stem for name in parse_grain(header.grain).recordings}
    (starter,) = (each for each in SETS if each.group == "starter")
    assert {Path(file_name(source)).stem for source in starter.files} == carried


def test_files_of_a_set_have_different_names() -> None:
    assert SETS
    for each in SETS:
        assert len({file_name(source) for source in each.files}) == len(each.files) > 1


def test_sounds_become_mono_at_the_common_rate() -> None:
    stereo = np.stack([tone(100), np.zeros_like(tone(100))], 1)
    assert len(mono_samples(_wav(22_050, stereo))) == 2 * len(stereo)


def test_a_sound_of_a_pitch_is_moved_to_c() -> None:
    moved = mono_samples(_wav(44_100, tone(120.0)), pitch_hz=120.0)
    spectrum = np.abs(np.fft.rfft(moved))
    assert spectrum.argmax() * 44_100 / len(moved) == pytest.approx(130.8, abs=1)


class _FakePackages:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def version(self, package: str) -> str:
        return "1"


def test_files_are_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Source] = []

    def fake_read(_packages: _FakePackages, source: Source) -> bytes:
        read.append(source)
        return _wav(44_100, tone(200))

    monkeypatch.setattr(set_files, "Packages", _FakePackages)
    monkeypatch.setattr(set_files, "read", fake_read)
    files = tuple(Source("a-package", f"usr/{name}.ogg", "GPL") for name in ("one", "two"))
    small = SoundSet("small", "tuned", "loops", "two tones", files)
    write_sets([small], tmp_path)
    write_sets([small], tmp_path)
    entries = json.loads((tmp_path / "small" / "manifest.json").read_text())
    assert read == list(files)
    assert [each["file"] for each in entries] == ["one.wav", "two.wav"]
    assert entries[0]["package"] == "a-package 1"
    assert (tmp_path / "small" / "one.wav").is_file()


def test_a_set_is_found_by_its_name() -> None:
    assert set_named("loops") is SETS[0]
