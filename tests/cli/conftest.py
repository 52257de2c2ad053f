"""Running command lines in this process, with temporary user folders."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from distill_app.cli.main import main
from distill_app.common.logging_setup import stop_logging


@dataclass(frozen=True)
class Outcome:
    """Exit status and output of a command line."""

    status: int
    out: str
    err: str

    @property
    def values(self) -> dict[str, Any]:
        """Standard output, parsed as one JSON object."""
        values = json.loads(self.out)
        assert isinstance(values, dict)
        return values

    @property
    def sentence(self) -> str:
        """Standard error, which has to be one sentence."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].endswith(".")
        return lines[0]


Distill = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / ".home" / name.lower()))


@pytest.fixture
def distill(capsys: pytest.CaptureFixture[str]) -> Iterator[Distill]:
    """`distill("render", path, …)` runs that command line here."""

    def run(*arguments: object) -> Outcome:
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Outcome(status, captured.out, captured.err)

    yield run
    stop_logging()


@pytest.fixture(scope="session")
def _plucks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plucks")
    seconds = np.arange(110_250) / 44_100
    for pitch in (110, 165, 220):
        harmonics = sum(np.sin(2 * np.pi * pitch * k * seconds) / k for k in range(1, 9))
        soundfile.write(folder / f"pluck {pitch}.wav", 0.2 * harmonics * np.exp(-2 * seconds), 44_100)
    return folder


@pytest.fixture
def recordings(_plucks: Path, tmp_path: Path) -> Path:
    """A folder of three plucked tones of 2.5 s, which a test may change."""
    return shutil.copytree(_plucks, tmp_path / "recordings")


@pytest.fixture
def notes(recordings: Path) -> list[str]:
    """Truncates one recording and gives another one cancelling channels; the expected notes about them."""
    cut, opposed = recordings / "pluck 110.wav", recordings / "pluck 165.wav"
    cut.write_bytes(cut.read_bytes()[: round(0.8 * cut.stat().st_size)])
    wave, rate = soundfile.read(opposed)
    soundfile.write(opposed, np.stack([wave, -wave], 1), rate)
    return [
        "“pluck 110.wav” is cut off: 80% of what it says it holds is there, and used.",
        "“pluck 165.wav”: channels cancel each other: used left minus right.",
    ]
