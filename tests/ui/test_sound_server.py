"""Comparison of a sound server's recording of the window with the render."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from distill_app.audio.loop_source import LoopSource
from distill_app.dsp.sound import Samples, Sound
from tests.local_vocoder import TONE, TONE_HZ, TONE_LEVEL
from tests.paths import ROOT
from tests.recorded import PIECE, difference, pieces, segments
from tools.sound_server import RATE, available, sound_server

_LAST_SECONDS = 1.0

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not available(),
        reason="pulseaudio is not installed: nothing checks here that a sound server hears the render "
        "(tests/ui/app/test_playing.py checks what is written to the device)",
    ),
]


@dataclass(frozen=True)
class Played:
    """Recording that a sound server made while the window played.

    Args:
        heard: samples `[n]`, silence before and after included.
        render: samples of the sound that was heard last.
        underflows: how often the device ran dry, as the app counted.
    """

    heard: Samples
    render: Samples
    underflows: int

    @property
    def segments(self) -> list[Samples]:
        """Segments of the recording without gaps."""
        return segments(self.heard)


@pytest.fixture(scope="module", params=["griffin-lim", TONE.id])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tiny_model_path: Path) -> Played:
    folder = tmp_path_factory.mktemp("played")
    raw = folder / "heard.raw"
    with sound_server(folder) as server, server.recorded(raw):
        command = [sys.executable, "-m", "tests.ui.play_window", str(folder), str(tiny_model_path), request.param]
        surroundings = os.environ | dict(server.environment)
        done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr
    octets = np.fromfile(raw, "<f4")
    frames = octets[: len(octets) // 2 * 2].reshape(-1, 2)
    assert np.array_equal(frames[:, 0], frames[:, 1])
    underflows = json.loads(done.stdout.splitlines()[-1])["underflows"]
    return Played(frames[:, 0], np.load(folder / "render.npy"), underflows)


def _looped(render: Samples) -> Samples:
    """More than one round of the loop, starting within it, with the player's crossfade."""
    source = LoopSource(RATE)
    source.set_loop(Sound(render[None], RATE))
    source.play()
    return source.next_block(3 * len(render))[len(render) // 2 :, 0]


def test_the_recording_after_the_sweep_is_the_loop_of_the_render(played: Played) -> None:
    """Compares sample by sample up to the fade of the stop; around underflows, the segments on either side."""
    loop = _looped(played.render)
    last = pieces(played.heard)[-1 - round(_LAST_SECONDS * RATE / PIECE) : -1]
    assert max(difference(piece, loop) for piece in last) <= 10 ** (-100 / 20) * np.abs(played.render).max()


def test_silence_within_the_playback_is_counted_as_underflow(played: Played) -> None:
    sounding = np.flatnonzero(played.heard)
    first, last = sounding[0], sounding[-1]
    assert first > 0.2 * RATE
    assert len(played.heard) - last > 0.2 * RATE
    assert last - first > 6 * RATE
    assert len(played.segments) == 1 or played.underflows > 0


@pytest.mark.parametrize("played", [TONE.id], indirect=True)
def test_no_splice_of_the_sweep_is_a_step(played: Played) -> None:
    """The largest step in a crossfade of two tones is twice a tone's; without a crossfade it is fifty times that."""
    steps = [np.abs(np.diff(segment)).max() for segment in played.segments if len(segment) > 1]
    assert max(steps) < 2.5 * TONE_LEVEL * 2 * np.pi * TONE_HZ / RATE
