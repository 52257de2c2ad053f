"""Comparison of a sound server's recording of the window with the render."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE

import numpy as np
import pytest

from distill_app.dsp.sound import Samples
from tests.local_vocoder import TONE, TONE_HZ, TONE_LEVEL
from tests.paths import ROOT
from tests.recorded import PIECE, difference, pieces, segments
from tools.environment import missing_test_packages
from tools.sound_server import RATE, SoundServer, sound_server

_LAST_SECONDS = 1.0

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        bool(missing_test_packages()),
        reason="a package of tools/environment.py is missing: nothing checks here that a sound server hears the "
        "render (tests/ui/app/test_playing.py checks what is written to the device)",
    ),
]


@dataclass(frozen=True)
class Played:
    """Recording that a sound server made while the window played.

    Args:
        heard: samples `[n]`, silence before and after included.
        render: samples of the loop that was heard last.
        underflows: how often the device ran dry, as the app counted.
    """

    heard: Samples
    render: Samples
    underflows: int

    @property
    def segments(self) -> list[Samples]:
        """Segments of the recording without gaps."""
        return segments(self.heard)


_VOCODERS = ("griffin-lim", TONE.id)


@pytest.fixture(scope="module")
def all_played(tmp_path_factory: pytest.TempPathFactory, tiny_model_path: Path) -> dict[str, Played]:
    """Recordings by vocoder, of one window."""
    folder = tmp_path_factory.mktemp("played")
    with sound_server(folder) as server:
        command = [sys.executable, "-m", "tests.ui.play_window", str(folder), str(tiny_model_path), *_VOCODERS]
        surroundings = os.environ | dict(server.environment)
        with subprocess.Popen(command, cwd=ROOT, env=surroundings, stdin=PIPE, stdout=PIPE, text=True) as window:
            try:
                return {vocoder: _play(window, vocoder, server, folder) for vocoder in _VOCODERS}
            finally:
                window.communicate(timeout=180)
                assert window.returncode == 0


def _play(window: subprocess.Popen[str], vocoder: str, server: SoundServer, folder: Path) -> Played:
    """Has the window play its next vocoder, and records it."""
    assert window.stdin is not None
    assert window.stdout is not None
    raw = folder / f"{vocoder}.raw"
    with server.recorded(raw):
        print(file=window.stdin, flush=True)
        answer = window.stdout.readline()
    octets = np.fromfile(raw, "<f4")
    frames = octets[: len(octets) // 2 * 2].reshape(-1, 2)
    assert np.array_equal(frames[:, 0], frames[:, 1])
    return Played(frames[:, 0], np.load(folder / f"{vocoder}.npy"), json.loads(answer)["underflows"])


@pytest.fixture(params=_VOCODERS)
def played(request: pytest.FixtureRequest, all_played: dict[str, Played]) -> Played:
    return all_played[request.param]


def _looped(loop: Samples) -> Samples:
    """More than one round of the loop, starting within it."""
    return np.tile(loop, 3)[len(loop) // 2 :]


def test_the_recording_after_the_sweep_is_the_loop_of_the_render(played: Played) -> None:
    """Compares sample by sample up to the fade of the stop; an underflow may cost the pieces on either side of it."""
    loop, limit = _looped(played.render), 10 ** (-100 / 20) * np.abs(played.render).max()
    last = pieces(played.heard)[-1 - round(_LAST_SECONDS * RATE / PIECE) : -1]
    equal = [difference(piece, loop) <= limit for piece in last]
    assert any(equal)
    assert equal.count(False) <= 2 * played.underflows


def test_silence_within_the_playback_is_counted_as_underflow(played: Played) -> None:
    sounding = np.flatnonzero(played.heard)
    first, last = sounding[0], sounding[-1]
    assert first > 0.2 * RATE
    assert len(played.heard) - last > 0.2 * RATE
    assert last - first > 3 * RATE
    assert len(played.segments) == 1 or played.underflows > 0


@pytest.mark.parametrize("played", [TONE.id], indirect=True)
def test_no_splice_of_the_sweep_is_a_step(played: Played) -> None:
    """The largest step in a crossfade of two tones is twice a tone's; without a crossfade it is fifty times that.

    An underflow that is too short to be a gap is two steps.
    """
    limit = 2.5 * TONE_LEVEL * 2 * np.pi * TONE_HZ / RATE
    steps = sum(int((np.abs(np.diff(segment)) >= limit).sum()) for segment in played.segments)
    assert steps <= 2 * played.underflows
