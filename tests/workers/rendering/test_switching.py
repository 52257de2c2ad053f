"""While a loop plays, the old sound continues until another vocoder has rendered, also where it fails."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from torch import Tensor

from distill_app.audio.loop_source import SPLICE_SECONDS, LoopSource
from distill_app.audio.shared_loop import SharedLoop
from distill_app.common.errors import VocoderError
from distill_app.dsp.sound import Samples, Sound
from distill_app.generation.config import GenerationConfig
from distill_app.generation.export_format import ExportFormat
from distill_app.vocoders.base import Vocoder, VocoderInfo
from distill_app.vocoders.built_in import BUILT_IN_VOCODERS
from distill_app.vocoders.network_vocoder import NetworkVocoder
from distill_app.workers.rendering import vocoder_speeds
from distill_app.workers.rendering.messages import RenderRequest, RenderResult
from distill_app.workers.rendering.renderer import _at_playback_rate
from distill_app.workers.rendering.vocoder_speeds import read_speeds
from distill_app.workers.rendering.worker import RenderThread, RenderWorker
from tests.vocoders.small_networks import SMALL, info_of, small_network

RATE, BLOCK, WAIT_MS = 44_100, 256, 100_000
SPLICE = round(SPLICE_SECONDS * RATE)
CONFIG = SMALL["convnext"]
NETWORK = info_of("network", CONFIG, live=False)
BROKEN, BROKEN_SLOW = info_of("broken", CONFIG), info_of("broken-slow", CONFIG, live=False)
SENTENCE = "Its weights are damaged; get it again."


class SlowNetwork:
    """Small network that waits before each call, and runs out of memory for whole chunks."""

    def __init__(self, wait_seconds: float = 0.15, room: int = 45) -> None:
        self._network, self._wait_seconds, self._room = small_network(CONFIG), wait_seconds, room

    def __call__(self, mel: Tensor) -> Tensor:
        time.sleep(self._wait_seconds)
        if mel.shape[-1] > self._room:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        samples: Tensor = self._network(mel)
        return samples


def _network_vocoder(info: VocoderInfo) -> Vocoder:
    return NetworkVocoder(info, SlowNetwork(), CONFIG.context_frames, chunk_frames=40)


def _broken(_: VocoderInfo) -> Vocoder:
    raise VocoderError(SENTENCE)


class Recorder(threading.Thread):
    """Reads a loop in real time; keeps blocks `[n]` and their positions in the loop."""

    def __init__(self, live: SharedLoop) -> None:
        super().__init__()
        self.over, self.heard = threading.Event(), list[tuple[int, Samples]]()
        self._live = live

    def run(self) -> None:
        while not self.over.wait(BLOCK / RATE):
            moment, block = self._live.next_block(BLOCK)
            self.heard.append((moment.position, block[:, 0]))


@pytest.fixture
def live() -> SharedLoop:
    return SharedLoop(RATE)


@pytest.fixture
def worker(live: SharedLoop, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[RenderWorker]:
    factories = {NETWORK: _network_vocoder, BROKEN: _broken, BROKEN_SLOW: _broken}
    for info, factory in factories.items():
        monkeypatch.setitem(BUILT_IN_VOCODERS, info, factory)
    monkeypatch.setattr(vocoder_speeds, "cache_folder", lambda: tmp_path / "cache")
    thread = RenderThread()
    thread.worker.play_into(live)
    thread.start()
    yield thread.worker
    thread.stop()


@pytest.fixture
def before(qtbot: QtBot, worker: RenderWorker, tiny_model_file: Path) -> RenderResult:
    return _rendered(qtbot, worker, RenderRequest(tiny_model_file, "griffin-lim", GenerationConfig(seconds=2.0)))


@pytest.fixture
def recorder(live: SharedLoop, before: RenderResult) -> Iterator[Recorder]:
    """Recorder of the loop, which plays the sound before."""
    live.play(0)
    recorder = Recorder(live)
    recorder.start()
    yield recorder
    recorder.over.set()
    recorder.join()


def _rendered(qtbot: QtBot, worker: RenderWorker, request: RenderRequest) -> RenderResult:
    with qtbot.waitSignal(worker.finished, timeout=WAIT_MS) as signal:
        worker.submit(request)
    result = signal.args[0]
    assert isinstance(result, RenderResult)
    return result


def _is(block: tuple[int, Samples], result: RenderResult) -> bool | None:
    """Whether the block is part of that loop; None near its ends, where a patched one is crossfaded."""
    (position, samples), sound = block, result.loop
    assert sound is not None
    if not 2_000 < position < sound.frames - 2_000 - BLOCK:
        return None
    return np.array_equal(samples, sound.samples[0, position : position + BLOCK])


def test_the_old_sound_plays_until_the_new_one_is_ready(
    qtbot: QtBot, worker: RenderWorker, before: RenderResult, recorder: Recorder
) -> None:
    recorder.heard.clear()
    after = _rendered(qtbot, worker, replace(before.request, vocoder=NETWORK.id))
    count = len(recorder.heard)
    qtbot.waitUntil(lambda: len(recorder.heard) > count + 60, timeout=WAIT_MS)
    matches = [(_is(block, before), _is(block, after)) for block in recorder.heard[8:]]
    matches = [each for each in matches if None not in each]
    first = _leading(matches, (True, False))
    last = len(matches) - _leading(matches[::-1], (False, True))
    assert first > 10
    assert set(matches[first:last]) <= {(False, False)}
    assert last - first <= SPLICE // BLOCK + 2
    assert len(matches) - last > 10


def _leading(matches: list[tuple[bool | None, bool | None]], wanted: tuple[bool, bool]) -> int:
    """Number of equal entries at the beginning."""
    return next(index for index, each in enumerate(matches) if each != wanted)


def test_the_speed_of_a_render_is_saved(qtbot: QtBot, worker: RenderWorker, before: RenderResult) -> None:
    """The network waits at least seven times 0.15 s for 2 s of sound."""
    assert read_speeds().known(NETWORK.id) is None
    _rendered(qtbot, worker, replace(before.request, vocoder=NETWORK.id))
    speed = read_speeds().known(NETWORK.id)
    assert speed is not None
    assert 0.5 < speed < 100  # on a busy machine it takes longer
    assert read_speeds().known(before.request.vocoder) is not None


def test_scarce_memory_is_reported_once_in_the_main_thread(
    qtbot: QtBot, worker: RenderWorker, before: RenderResult
) -> None:
    notices: list[tuple[str, str]] = []
    worker.noticed.connect(lambda sentence: notices.append((threading.current_thread().name, sentence)))
    for slider in (0.1, 0.2):
        config = replace(before.request.config, sliders=(slider, 0.0))
        _rendered(qtbot, worker, replace(before.request, vocoder=NETWORK.id, config=config))
    assert [thread for thread, _ in notices] == [threading.current_thread().name]
    assert "memory" in notices[0][1]


@pytest.mark.parametrize("name", [BROKEN.id, BROKEN_SLOW.id])
def test_a_vocoder_that_cannot_be_loaded_leaves_the_sound_as_it_was(
    qtbot: QtBot, worker: RenderWorker, before: RenderResult, recorder: Recorder, name: str
) -> None:
    recorder.heard.clear()
    with qtbot.waitSignal(worker.failed, timeout=WAIT_MS) as signal:
        worker.submit(replace(before.request, vocoder=name))
    assert signal.args == [replace(before.request, vocoder=name), SENTENCE, ""]
    qtbot.wait(200)
    assert {_is(block, before) for block in recorder.heard[8:]} <= {True, None}
    moved = replace(before.request, config=replace(before.request.config, sliders=(0.5, 0.0)))
    assert _rendered(qtbot, worker, moved).request == moved


def test_a_slider_is_heard_while_a_slow_vocoder_exports(
    qtbot: QtBot, worker: RenderWorker, before: RenderResult, tmp_path: Path
) -> None:
    """The export takes some seconds, and another sound is rendered meanwhile."""
    slow = replace(before.request, vocoder=NETWORK.id, config=replace(before.request.config, seconds=6.0))
    written: list[Path] = []
    worker.exported.connect(lambda path, _: written.append(path))
    worker.export(slow, tmp_path / "slow.wav", ExportFormat(RATE, "32f"))
    with qtbot.waitSignal(worker.export_progressed, timeout=WAIT_MS, check_params_cb=lambda _, done: done > 0):
        pass
    moved = replace(before.request, config=replace(before.request.config, sliders=(0.5, 0.0), seconds=0.2))
    _rendered(qtbot, worker, moved)
    assert not written
    qtbot.waitUntil(lambda: bool(written), timeout=WAIT_MS)
    samples, _ = soundfile.read(written[0], dtype="float32")
    again = _rendered(qtbot, worker, slow).sound.samples[0]
    np.testing.assert_allclose(samples, again, atol=1e-6)  # the network computes in blocks of another size


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_level_stays_through_a_splice_of_unrelated_sounds(seed: int) -> None:
    """The level of a splice between uncorrelated sounds stays constant within half a decibel."""
    random = np.random.default_rng(seed)
    power = np.mean([_spliced(random) ** 2 for _ in range(150)], axis=0)
    level_db = 10 * np.log10(power.reshape(-1, 60).mean(axis=1))
    assert np.abs(level_db).max() < 0.5


def _spliced(random: np.random.Generator) -> Samples:
    """Splice `[frames]` between two noises of level 1, from its beginning on."""
    source = LoopSource(RATE)
    source.set_loop(_noise(random))
    source.play(500)
    source.next_block(400)
    source.set_loop(_noise(random))
    return source.next_block(900)[:, 0]


def _noise(random: np.random.Generator) -> Sound:
    return Sound(random.standard_normal((1, 8_000)).astype(np.float32), RATE)


@settings(max_examples=30, deadline=None)
@given(seconds=st.floats(0.01, 3.0), rate=st.sampled_from([8_000, 22_050, 24_000, 32_000, 44_100, 48_000]))
def test_a_sound_of_any_rate_has_the_same_length(seconds: float, rate: int) -> None:
    """Previews of another vocoder fit into the loop only at equal length."""
    samples = np.ones((1, round(seconds * rate)), np.float32)
    assert _at_playback_rate(samples, rate, seconds).shape == (1, round(seconds * RATE))
