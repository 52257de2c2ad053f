"""What the window plays, as a sound server hears it, is what the render contains."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from distill_app.dsp.sound import Samples
from distill_app.engine.voice import WRAP_SECONDS
from tests.local_vocoder import TONE, TONE_HZ, TONE_LEVEL
from tools.sound_server import RATE, available, sound_server

_ROOT = Path(__file__).parents[2]
_WRAP = round(WRAP_SECONDS * RATE)
_TRIES = 4
_GAP = 0.005 * RATE
_SETTLED_SECONDS = 3.5  # half a second of the first sound, two of the sweep, and the render of the last

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not available(),
        reason="pulseaudio is not installed: nothing checks here that a sound server hears the render "
        "(tests/ui/test_engine.py checks what is written to the device)",
    ),
]


Played = tuple[Samples, Samples, int]
"""What was heard, the render of what was heard last, and the underflows."""


@pytest.fixture(scope="module", params=["griffin-lim", TONE.id])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tiny_model_path: Path) -> Played:
    """Again where device or server ran dry: a computer too busy to play in time tells nothing of the app."""
    for _ in range(_TRIES):
        once = _play(request.param, tmp_path_factory.mktemp("played"), tiny_model_path)
        if not once[2] and _longest_gap(once[0]) < _GAP:
            break
    return once


def _play(vocoder: str, folder: Path, tiny_model_path: Path) -> Played:
    raw = folder / "heard.raw"
    with sound_server(folder) as server, server.recorded(raw):
        command = [sys.executable, "-m", "tests.ui.play_window", str(folder), str(tiny_model_path), vocoder]
        surroundings = os.environ | dict(server.environment)
        done = subprocess.run(command, cwd=_ROOT, env=surroundings, capture_output=True, text=True, timeout=100)
        assert done.returncode == 0, done.stderr
    octets = np.fromfile(raw, "<f4")
    frames = octets[: len(octets) // 2 * 2].reshape(-1, 2)
    assert np.array_equal(frames[:, 0], frames[:, 1])
    return frames[:, 0], np.load(folder / "render.npy"), json.loads(done.stdout.splitlines()[-1])["underflows"]


def _longest_gap(heard: Samples) -> int:
    """Samples of silence in a row, once it sounds."""
    return int(np.diff(np.flatnonzero(heard)).max())


def _rounds(heard: Samples, render: Samples) -> list[int]:
    """Where in `heard` the loop's part outside its own crossfade begins."""
    part = render[_WRAP : len(render) - _WRAP]
    starts = np.flatnonzero(heard[: len(heard) - len(part)] == part[0])
    return [int(start) for start in starts if np.array_equal(heard[start : start + 64], part[:64])]


def test_after_the_sweep_the_render_is_heard_round_after_round(played: Played) -> None:
    heard, render, underflows = played
    part = render[_WRAP : len(render) - _WRAP]
    settled = np.flatnonzero(heard)[0] + _SETTLED_SECONDS * RATE
    rounds = [start for start in _rounds(heard, render) if start > settled]
    assert underflows == 0
    assert len(rounds) >= 2
    for start in rounds[:2]:
        difference = heard[start : start + len(part)] - part
        assert np.abs(difference).max() <= 10 ** (-100 / 20) * np.abs(part).max()


def test_there_is_silence_before_and_after_and_none_between(played: Played) -> None:
    heard, _, _ = played
    sounding = np.flatnonzero(heard)
    first, last = sounding[0], sounding[-1]
    assert first > 0.2 * RATE
    assert len(heard) - last > 0.2 * RATE
    assert _longest_gap(heard) < _GAP
    assert 6 * RATE < last - first < 9 * RATE


@pytest.mark.parametrize("played", [TONE.id], indirect=True)
def test_no_splice_of_the_sweep_is_a_step(played: Played) -> None:
    """Where two tones meet in a splice a step may be twice a tone's; without one it is fifty times that."""
    heard, _, _ = played
    assert np.abs(np.diff(heard)).max() < 2.5 * TONE_LEVEL * 2 * np.pi * TONE_HZ / RATE
