"""`distill doctor`: report of the installation, complete even if a part is broken."""

from pathlib import Path

import numpy as np
import pytest

from distill_app.audio import portaudio
from distill_app.cli import doctor
from distill_app.common.errors import AudioDeviceError
from distill_app.common.paths import STARTER_MODEL
from distill_app.models.header import read_header
from tests.cli.conftest import Distill


def test_json_lists_versions_devices_display_and_folders(distill: Distill, tmp_path: Path) -> None:
    values = distill("doctor", "--json").values
    assert values["versions"]["numpy"] == np.__version__
    assert values["computing"]["torch"] == "works"
    assert values["display"]["available"] is False  # the tests are offscreen
    assert values["starter"]["sliders"] == [axis.name for axis in read_header(STARTER_MODEL).axes]
    assert isinstance(values["audio"]["outputs"], list)
    assert Path(values["folders"]["cache"]).is_relative_to(tmp_path)


def test_the_caches_are_measured(distill: Distill) -> None:
    cache = Path(distill("doctor", "--json").values["folders"]["cache"]) / "dragged"
    cache.mkdir(parents=True)
    (cache / "a.wav").write_bytes(bytes(1234))
    for name in ("mels", "recordings"):
        (cache.parent / name).mkdir()
        (cache.parent / name / "b").write_bytes(bytes(10))
    folders = distill("doctor", "--json").values["folders"]
    assert [folders[f"{name}_bytes"] for name in ("cache", "mels", "recordings")] == [1254, 10, 10]


def test_a_broken_part_does_not_hide_the_others(
    distill: Distill, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing() -> tuple[str, ...]:
        raise AudioDeviceError("PortAudio is missing; install libportaudio2.")

    monkeypatch.setattr(portaudio, "list_outputs", missing)
    monkeypatch.setattr(doctor, "STARTER_MODEL", tmp_path / "gone.distillgan")
    monkeypatch.setattr(doctor, "_PACKAGES", ("torch", "no-such-package"))
    outcome = distill("doctor")
    assert outcome.status == 0
    for words in ("PortAudio is missing", "“gone.distillgan” cannot be opened", "no-such-package  –", "works"):
        assert words in outcome.out
