"""The worker renders the newest request, can be stopped at any time, and reports every failure in a sentence."""

import copy
import gc
import math
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from distill_app.audio.shared_loop import SharedLoop
from distill_app.dsp.sound import Samples
from distill_app.dsp.spectrogram import Spectrogram, spectrogram_steps
from distill_app.generation.config import GenerationConfig
from distill_app.generation.export_format import ExportFormat
from distill_app.generation.loop_render import render_loop
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model, save_model
from distill_app.vocoders.built_in import BUILT_IN_VOCODERS
from distill_app.workers.rendering import renderer as renderer_module
from distill_app.workers.rendering.failures import UNEXPECTED
from distill_app.workers.rendering.messages import ActiveVocoder, EndlessResult, RenderRequest, RenderResult
from distill_app.workers.rendering.worker import SWITCH_SECONDS, RenderThread, RenderWorker
from tests.local_vocoder import LOCAL, SLOW, BrokenVocoder, LocalVocoder

_WAIT_MS = 100_000


@dataclass(frozen=True)
class _Asker:
    """Creates requests for one model file."""

    model: Path

    def __call__(self, slider: float = 0.0, seconds: float = 0.2) -> RenderRequest:
        return RenderRequest(self.model, "griffin-lim", GenerationConfig(sliders=(slider, 0.0), seconds=seconds))


@pytest.fixture
def ask(tiny_model_file: Path) -> _Asker:
    return _Asker(tiny_model_file)


@pytest.fixture
def thread(qtbot: QtBot) -> Iterator[RenderThread]:
    thread = RenderThread()
    yield thread
    thread.stop()
    assert thread.isFinished() or not thread.isRunning()


@pytest.fixture
def worker(thread: RenderThread) -> RenderWorker:
    thread.start()
    return thread.worker


def _rendered(qtbot: QtBot, worker: RenderWorker, request: RenderRequest) -> RenderResult:
    with qtbot.waitSignal(worker.finished, timeout=_WAIT_MS) as signal:
        worker.submit(request)
    result = signal.args[0]
    assert isinstance(result, RenderResult)
    return result


def _collect(signal: Any) -> list[Any]:
    kept: list[Any] = []
    signal.connect(lambda *values: kept.append(values[0] if len(values) == 1 else values))
    return kept


def test_renders_the_sound_of_the_pipeline_and_its_spectrogram(qtbot: QtBot, worker: RenderWorker, ask: _Asker) -> None:
    request = ask(0.5, 1.0)
    result = _rendered(qtbot, worker, request)
    expected = GenerationPipeline(load_model(request.model)).render(request.config)
    assert result.request == request
    np.testing.assert_array_equal(result.sound.samples, expected.samples)
    assert result.spectrogram.seconds == pytest.approx(1.0)
    assert result.elapsed_seconds > 0


def test_ready_is_emitted_without_a_request(qtbot: QtBot, thread: RenderThread) -> None:
    with qtbot.waitSignal(thread.worker.ready, timeout=_WAIT_MS):
        thread.start()


def test_only_the_newest_waiting_request_is_rendered(qtbot: QtBot, thread: RenderThread, ask: _Asker) -> None:
    finished = _collect(thread.worker.finished)
    for slider in (0.1, 0.2, 0.3):
        thread.worker.submit(ask(slider))
    thread.start()
    qtbot.waitUntil(lambda: bool(finished), timeout=_WAIT_MS)
    qtbot.wait(200)
    assert [result.request for result in finished] == [ask(0.3)]


def test_a_newer_request_cancels_the_render(qtbot: QtBot, worker: RenderWorker, ask: _Asker) -> None:
    finished, cancelled = _collect(worker.finished), _collect(worker.cancelled)
    _begin(qtbot, worker, ask(0.0, 200.0))
    worker.submit(ask(0.5))
    qtbot.waitUntil(lambda: bool(finished), timeout=_WAIT_MS)
    assert cancelled == [ask(0.0, 200.0)]
    assert [result.request for result in finished] == [ask(0.5)]


def test_cancel_stops_the_render(qtbot: QtBot, worker: RenderWorker, ask: _Asker) -> None:
    finished = _collect(worker.finished)
    request = ask(0.0, 200.0)
    _begin(qtbot, worker, request)
    with qtbot.waitSignal(worker.cancelled, timeout=100_000) as signal:
        worker.cancel()
    assert signal.args == [request]
    assert not finished


def _begin(qtbot: QtBot, worker: RenderWorker, request: RenderRequest) -> None:
    """Submits a request and returns when a part of it is rendered."""
    with qtbot.waitSignal(worker.progressed, timeout=_WAIT_MS, check_params_cb=lambda _, done: 0 < done < 1):
        worker.submit(request)


def test_stop_does_not_wait_for_a_long_render(
    qtbot: QtBot, thread: RenderThread, worker: RenderWorker, ask: _Asker
) -> None:
    _begin(qtbot, worker, ask(0.0, 600.0))
    finished = _collect(worker.finished)
    thread.stop()
    assert not thread.isRunning()
    assert not finished, "ten minutes of sound were not waited for"


def test_a_missing_model_is_reported_in_a_sentence(qtbot: QtBot, worker: RenderWorker, ask: _Asker) -> None:
    request = RenderRequest(ask.model.with_name("gone.distillgan"), "griffin-lim", GenerationConfig())
    with (
        qtbot.waitSignal(worker.failed, timeout=_WAIT_MS) as signal,
        qtbot.waitSignal(worker.model_failed, timeout=_WAIT_MS) as model,
    ):
        worker.submit(request)
    assert model.args == [request.model]
    assert signal.args[0] == request
    assert "gone.distillgan" in signal.args[1]
    assert signal.args[2] == ""


def test_an_unknown_vocoder_is_reported_in_a_sentence(qtbot: QtBot, worker: RenderWorker, ask: _Asker) -> None:
    with qtbot.waitSignal(worker.failed, timeout=_WAIT_MS) as signal:
        worker.submit(RenderRequest(ask.model, "theremin", GenerationConfig()))
    assert "theremin" in signal.args[1]


def test_an_unexpected_error_carries_its_traceback_and_the_thread_continues(
    qtbot: QtBot, worker: RenderWorker, ask: _Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the sky has fallen")

    with monkeypatch.context() as patch:
        patch.setattr(GenerationPipeline, "stream", broken)
        with qtbot.waitSignal(worker.failed, timeout=_WAIT_MS) as signal:
            worker.submit(ask(0.1))
    assert signal.args[1] == UNEXPECTED
    assert "the sky has fallen" in signal.args[2]
    assert _rendered(qtbot, worker, ask(0.1)).sound.frames == 8820


def test_a_repeated_request_returns_the_cached_result(qtbot: QtBot, worker: RenderWorker, ask: _Asker) -> None:
    first = _rendered(qtbot, worker, ask(0.1))
    _rendered(qtbot, worker, ask(0.2))
    assert _rendered(qtbot, worker, ask(0.1)) is first


def test_a_rewritten_model_is_loaded_again(
    qtbot: QtBot, worker: RenderWorker, ask: _Asker, tiny_model: DistillModel
) -> None:
    before = _rendered(qtbot, worker, ask())
    louder = DistillModel(tiny_model.header, tiny_model.vae, tiny_model.mean + 1, tiny_model.std, tiny_model.axes)
    save_model(louder, ask.model)
    after = _rendered(qtbot, worker, ask())
    assert np.abs(after.sound.samples).max() > 1.5 * np.abs(before.sound.samples).max()


def test_exports_the_sound_that_is_heard(qtbot: QtBot, worker: RenderWorker, ask: _Asker, tmp_path: Path) -> None:
    heard = _rendered(qtbot, worker, ask(0.4, 0.5)).sound
    path = tmp_path / "out.wav"
    with qtbot.waitSignal(worker.exported, timeout=_WAIT_MS) as signal:
        worker.export(ask(0.4, 0.5), path, ExportFormat(44_100, "32f"))
    assert signal.args == [path, 0]
    samples, rate = soundfile.read(path, dtype="float32")
    assert rate == 44_100
    np.testing.assert_array_equal(samples, heard.samples[0])
    with soundfile.SoundFile(path) as file:
        assert file.title == "out"


def test_exports_a_loop_whose_end_continues_in_its_beginning(
    qtbot: QtBot, worker: RenderWorker, ask: _Asker, tmp_path: Path
) -> None:
    asked = ask(0.4, 0.5)
    with qtbot.waitSignal(worker.exported, timeout=_WAIT_MS):
        worker.export(asked, tmp_path / "loop.wav", ExportFormat(44_100, "32f"), seamless=True)
    samples, _ = soundfile.read(tmp_path / "loop.wav", dtype="float32")
    np.testing.assert_array_equal(samples, render_loop(GenerationPipeline(load_model(asked.model)), asked.config)[0])
    assert abs(samples[0]) > 1e-4, "a sound that is no loop begins with a fade"


def test_a_cancelled_export_leaves_nothing_and_others_are_written(
    qtbot: QtBot, worker: RenderWorker, ask: _Asker, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    with qtbot.waitSignal(worker.export_progressed, timeout=_WAIT_MS):
        worker.export(ask(0.0, 200.0), folder / "long.wav", ExportFormat())
    assert list(folder.iterdir())
    cancelled = _collect(worker.export_cancelled)
    with qtbot.waitSignal(worker.exported, timeout=_WAIT_MS):
        worker.export(ask(), folder / "take.wav", ExportFormat())
        worker.cancel_export(folder / "long.wav")
    assert cancelled == [folder / "long.wav"]
    assert [path.name for path in folder.iterdir()] == ["take.wav"]


def test_an_export_that_cannot_be_written_is_reported(
    qtbot: QtBot, worker: RenderWorker, ask: _Asker, tmp_path: Path
) -> None:
    (tmp_path / "old.wav").write_bytes(b"dear")
    with qtbot.waitSignal(worker.export_failed, timeout=_WAIT_MS) as signal:
        worker.export(ask(), tmp_path / "old.wav", ExportFormat())
    assert signal.args[0] == tmp_path / "old.wav"
    assert "exists already" in signal.args[1]
    assert (tmp_path / "old.wav").read_bytes() == b"dear"


def test_a_torch_that_cannot_be_loaded_fails_every_request(
    qtbot: QtBot, thread: RenderThread, ask: _Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distill_app.workers.rendering.renderer", None)
    failed = _collect(thread.worker.failed)
    thread.start()
    thread.worker.submit(ask())
    qtbot.waitUntil(lambda: bool(failed), timeout=_WAIT_MS)
    assert failed[0][1] == UNEXPECTED
    assert "distill_app.workers.rendering.renderer" in failed[0][2]


def test_the_window_side_imports_no_torch_and_no_device() -> None:
    code = (
        "import sys, distill_app.workers.rendering.worker, distill_app.audio.player, distill_app.dsp.spectrogram\n"
        "print([name for name in ('torch', 'torchaudio', 'sounddevice', 'rtmixer') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert shown.stdout.strip() == "[]"


def test_this_pyside_keeps_its_references(qtbot: QtBot) -> None:
    """PySide6 6.12.0 on Python 3.11 loses a reference to None at every call, until the interpreter aborts."""
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(200):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - 50


def test_plain_functions_are_called_in_the_main_thread(qtbot: QtBot, worker: RenderWorker, ask: _Asker) -> None:
    callers = _collect_threads(worker)
    _rendered(qtbot, worker, ask())
    assert callers
    assert set(callers) == {threading.current_thread().name}


def _collect_threads(worker: RenderWorker) -> list[str]:
    callers: list[str] = []
    worker.progressed.connect(lambda *_: callers.append(threading.current_thread().name))
    return callers


def test_garbage_is_collected_in_the_main_thread_only(qtbot: QtBot, worker: RenderWorker, ask: _Asker) -> None:
    collectors: list[str] = []

    def note(phase: str, _: object) -> None:
        collectors.append(threading.current_thread().name)

    gc.callbacks.append(note)
    try:
        _rendered(qtbot, worker, ask(0.3, 5.0))
        kept: list[list[int]] = [[] for _ in range(5000)]  # more than the youngest generation holds
        qtbot.waitUntil(lambda: bool(collectors), timeout=100_000)
    finally:
        gc.callbacks.remove(note)
    assert len(kept) == 5000
    assert set(collectors) == {threading.current_thread().name}


def test_automatic_collection_is_restored_when_the_thread_stops(thread: RenderThread) -> None:
    thread.start()
    assert not gc.isenabled()
    thread.stop()
    assert gc.isenabled()


@pytest.fixture
def live(ask: _Asker, worker: RenderWorker, qtbot: QtBot) -> Iterator[SharedLoop]:
    """Loop that plays the worker's first sound in real time."""
    live = SharedLoop(44_100)
    worker.play_into(live)
    _rendered(qtbot, worker, ask(0.0, 2.0))
    live.play(0)
    reader = _Reader(live)
    reader.start()
    yield live
    reader.over.set()
    reader.join()


class _Reader(threading.Thread):
    """Reads a loop in real time."""

    def __init__(self, live: SharedLoop) -> None:
        super().__init__()
        self.over = threading.Event()
        self._live = live

    def run(self) -> None:
        while not self.over.wait(256 / 44_100):
            self._live.next_block(256)


@pytest.fixture
def gate(worker: RenderWorker) -> Iterator[threading.Event]:
    """Event that lets the slow vocoder continue; what happens before cannot have waited for it."""
    gate = threading.Event()
    yield gate
    gate.set()


@pytest.fixture
def local_vocoders(monkeypatch: pytest.MonkeyPatch, gate: threading.Event) -> None:
    """Registers a vocoder that keeps up with a moving slider, and one that waits for the gate before every block."""
    monkeypatch.setitem(BUILT_IN_VOCODERS, LOCAL, LocalVocoder)
    monkeypatch.setitem(BUILT_IN_VOCODERS, SLOW, lambda info: LocalVocoder(info, gate.wait))
    monkeypatch.setattr(renderer_module, "LIVE_VOCODER", LOCAL.id)


def _assert_plays(live: SharedLoop, result: RenderResult) -> None:
    """Asserts that the loop is that of a result, from wherever the reader has left it."""
    live.play(0)
    moment, block = live.next_block(20_000)
    expected = _looped(result)[moment.position :][:20_000]
    np.testing.assert_array_equal(block[1000:, 0], expected[1000:])


def _looped(result: RenderResult) -> Samples:
    assert result.loop is not None
    return result.loop.samples[0]


def _with(request: RenderRequest, vocoder: str) -> RenderRequest:
    return replace(request, vocoder=vocoder)


@pytest.mark.usefixtures("local_vocoders")
def test_a_moving_slider_is_heard_before_any_render_is_finished(
    qtbot: QtBot, worker: RenderWorker, live: SharedLoop, ask: _Asker
) -> None:
    heard, finished = _collect(worker.heard), _collect(worker.finished)
    requests = [_with(ask(number / 40, 2.0), LOCAL.id) for number in range(40)]
    for request in requests:
        worker.submit(request)
        qtbot.wait(25)
    assert len(heard) > 5
    qtbot.waitUntil(lambda: bool(finished) and finished[-1].request == requests[-1], timeout=_WAIT_MS)
    assert 2 * len(finished) < len(heard), "a stalled computer may let one rest long enough"
    _assert_plays(live, finished[-1])


def test_invalid_samples_of_a_vocoder_become_silence_and_a_sentence(
    qtbot: QtBot, worker: RenderWorker, live: SharedLoop, ask: _Asker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = replace(LOCAL, id="broken", title="Broken")
    monkeypatch.setitem(BUILT_IN_VOCODERS, broken, lambda _: BrokenVocoder(math.nan))
    request = _with(ask(0.5, 2.0), broken.id)
    with qtbot.waitSignal(worker.failed, timeout=_WAIT_MS) as failed:
        worker.submit(request)
    assert "no sound" in failed.args[1]
    assert not failed.args[2]
    live.next_block(2_000)
    assert not live.next_block(2 * 88_200)[1].any()
    with qtbot.waitSignal(worker.export_failed, timeout=_WAIT_MS) as failed:
        worker.export(request, tmp_path / "a.wav", ExportFormat())
    assert "no sound" in failed.args[1]
    assert _rendered(qtbot, worker, ask(0.2, 2.0)).sound.samples.any(), "and the next sound is heard again"
    live.next_block(2_000)
    assert live.next_block(44_100)[1].any()


@pytest.mark.usefixtures("local_vocoders")
def test_a_preview_plays_until_a_slow_vocoder_is_ready(
    qtbot: QtBot, worker: RenderWorker, live: SharedLoop, ask: _Asker, gate: threading.Event
) -> None:
    heard, finished = _collect(worker.heard), _collect(worker.finished)
    worker.submit(_with(ask(0.5, 2.0), SLOW.id))
    qtbot.waitUntil(lambda: bool(heard), timeout=_WAIT_MS)
    assert heard == [ActiveVocoder(LOCAL.id, preview=True)]
    gate.set()
    qtbot.waitUntil(lambda: bool(finished), timeout=_WAIT_MS)
    assert heard[1:] == [ActiveVocoder(SLOW.id, preview=False)]


@pytest.mark.usefixtures("local_vocoders")
def test_the_old_vocoder_plays_until_the_new_one_is_ready(
    qtbot: QtBot, worker: RenderWorker, live: SharedLoop, ask: _Asker, gate: threading.Event
) -> None:
    """No third vocoder renders previews where only the vocoder changes."""
    heard, finished = _collect(worker.heard), _collect(worker.finished)
    before = ask(0.0, 2.0)
    worker.submit(_with(before, SLOW.id))
    qtbot.waitUntil(lambda: bool(heard), timeout=_WAIT_MS)
    assert heard == [ActiveVocoder(before.vocoder, preview=True)]
    gate.set()
    qtbot.waitUntil(lambda: bool(finished), timeout=_WAIT_MS)
    assert heard[1:] == [ActiveVocoder(SLOW.id, preview=False)]


@pytest.mark.usefixtures("local_vocoders")
def test_a_slider_is_heard_while_a_slow_vocoder_renders(
    qtbot: QtBot, worker: RenderWorker, live: SharedLoop, ask: _Asker
) -> None:
    worker.submit(_with(ask(0.0, 1.9), SLOW.id))
    qtbot.wait(300)
    for number in range(10):
        with qtbot.waitSignal(worker.heard, timeout=_WAIT_MS):
            worker.submit(_with(ask(number / 10, 2.0), SLOW.id))
        qtbot.wait(50)


@pytest.mark.usefixtures("local_vocoders")
def test_a_render_goes_before_the_rest_of_an_export(
    qtbot: QtBot, worker: RenderWorker, ask: _Asker, gate: threading.Event, tmp_path: Path
) -> None:
    order: list[str] = []
    worker.finished.connect(lambda _: order.append("render"))
    worker.exported.connect(lambda *_: order.append("export"))
    with qtbot.waitSignal(worker.export_progressed, timeout=_WAIT_MS):
        worker.export(_with(ask(), SLOW.id), tmp_path / "slow.wav", ExportFormat())
    _rendered(qtbot, worker, ask(0.2))
    gate.set()
    qtbot.waitUntil(lambda: len(order) == 2, timeout=_WAIT_MS)
    assert order == ["render", "export"]


@pytest.mark.usefixtures("local_vocoders")
def test_a_restored_result_replaces_the_previews(
    qtbot: QtBot, worker: RenderWorker, live: SharedLoop, ask: _Asker
) -> None:
    """After a cancelled slow sound, the sound that is shown plays again without a render."""
    before = _rendered(qtbot, worker, _with(ask(0.1, 2.0), LOCAL.id))
    with qtbot.waitSignal(worker.heard, timeout=_WAIT_MS):
        worker.submit(_with(ask(0.7, 2.0), SLOW.id))
    finished = _collect(worker.finished)
    with qtbot.waitSignal(worker.heard, timeout=_WAIT_MS) as heard:
        worker.restore(before)
    assert heard.args == [ActiveVocoder(LOCAL.id, preview=False)]
    assert not finished
    _assert_plays(live, before)


def test_a_sound_cancelled_in_its_last_step_is_not_written_to_the_loop(
    qtbot: QtBot, worker: RenderWorker, ask: _Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = SharedLoop(44_100)
    worker.play_into(live)
    before = _rendered(qtbot, worker, ask(0.0))
    finished, plain = _collect(worker.finished), spectrogram_steps

    def measure_and_cancel(samples: Samples, sample_rate: int) -> Generator[None, None, Spectrogram]:
        picture = yield from plain(samples, sample_rate)
        worker.cancel()
        return picture

    monkeypatch.setattr(renderer_module, "spectrogram_steps", measure_and_cancel)
    with qtbot.waitSignal(worker.cancelled, timeout=_WAIT_MS):
        worker.submit(ask(0.5))
    assert not finished
    live.play(0)
    np.testing.assert_array_equal(live.next_block(4_000)[1][1000:, 0], _looped(before)[1000:4_000])


@pytest.mark.usefixtures("local_vocoders")
def test_a_cancelled_request_is_not_heard(qtbot: QtBot, worker: RenderWorker, live: SharedLoop, ask: _Asker) -> None:
    finished, cancelled = _collect(worker.finished), _collect(worker.cancelled)
    request = _with(ask(0.7, 2.0), SLOW.id)
    worker.submit(request)
    qtbot.wait(300)
    worker.cancel()
    qtbot.waitUntil(lambda: bool(cancelled), timeout=_WAIT_MS)
    qtbot.wait(100)
    assert cancelled == [request]
    assert not finished


def _endless(request: RenderRequest) -> RenderRequest:
    return replace(request, config=replace(request.config, endless=True))


@pytest.mark.usefixtures("local_vocoders")
def test_an_endless_sound_plays_on_until_it_gets_an_end(
    qtbot: QtBot, worker: RenderWorker, live: SharedLoop, ask: _Asker
) -> None:
    request, heard = _endless(_with(ask(0.4), LOCAL.id)), _collect(worker.heard)
    with qtbot.waitSignal(worker.finished, timeout=_WAIT_MS) as signal:
        worker.submit(request)
    assert isinstance(signal.args[0], EndlessResult)
    assert (signal.args[0].request, signal.args[0].vocoder) == (request, LOCAL.id)
    assert heard == [ActiveVocoder(LOCAL.id, preview=False)]
    expected = GenerationPipeline(load_model(request.model), LocalVocoder()).render(ask(0.4, 30.0).config)
    for _ in range(8):  # more than the ring holds
        qtbot.waitUntil(lambda: _is_ready(live, expected.samples[0]), timeout=_WAIT_MS)
        live.next_block(44_100)
    assert _rendered(qtbot, worker, _with(ask(0.4, 1.0), LOCAL.id)).sound.frames == 44_100
    assert live.snapshot().length == 44_100


def _is_ready(live: SharedLoop, expected: Samples) -> bool:
    """Whether the next second of the expected sound is written; what a splice fades does not count."""
    source = copy.deepcopy(live._source)
    begin, found = source.position_frames, source.next_block(44_100)[:, 0]
    return bool(np.allclose(found[2_000:], expected[begin + 2_000 : begin + 44_100], atol=1e-5))


@pytest.mark.usefixtures("local_vocoders")
def test_an_endless_sound_of_a_slow_vocoder_is_played_by_another_one(
    qtbot: QtBot, worker: RenderWorker, live: SharedLoop, ask: _Asker
) -> None:
    heard = _collect(worker.heard)
    with qtbot.waitSignal(worker.finished, timeout=_WAIT_MS) as signal:
        worker.submit(_endless(_with(ask(0.4), SLOW.id)))
    assert signal.args[0].vocoder == LOCAL.id
    assert heard == [ActiveVocoder(LOCAL.id, preview=True)]


@pytest.mark.usefixtures("local_vocoders")
def test_an_endless_sound_that_no_live_vocoder_can_play_is_refused(
    qtbot: QtBot, worker: RenderWorker, live: SharedLoop, ask: _Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(LOCAL, id="other", mel_format=replace(LOCAL.mel_format, bands=80))
    monkeypatch.setitem(BUILT_IN_VOCODERS, other, LocalVocoder)
    monkeypatch.setattr(renderer_module, "LIVE_VOCODER", other.id)
    with qtbot.waitSignal(worker.failed, timeout=_WAIT_MS) as signal:
        worker.submit(_endless(_with(ask(0.4), other.id)))
    assert "Choose a length" in signal.args[1]


@pytest.mark.usefixtures("local_vocoders")
def test_a_restored_endless_sound_plays_again(
    qtbot: QtBot, worker: RenderWorker, live: SharedLoop, ask: _Asker
) -> None:
    with qtbot.waitSignal(worker.finished, timeout=_WAIT_MS) as before:
        worker.submit(_endless(_with(ask(0.4), LOCAL.id)))
    _rendered(qtbot, worker, _with(ask(0.7, 2.0), LOCAL.id))
    with qtbot.waitSignal(worker.heard, timeout=_WAIT_MS):
        worker.restore(before.args[0])
    assert live.snapshot().lap == 0


@pytest.mark.usefixtures("local_vocoders")
def test_an_endless_sound_that_fails_later_becomes_silence_and_a_sentence(
    qtbot: QtBot, worker: RenderWorker, live: SharedLoop, ask: _Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = _endless(_with(ask(0.4), LOCAL.id))
    with qtbot.waitSignal(worker.finished, timeout=_WAIT_MS):
        worker.submit(request)
    with monkeypatch.context() as patch:
        patch.setattr(LocalVocoder, "preview", lambda _, mel: torch.full((1, mel.shape[1] * 512), math.nan))
        with qtbot.waitSignal(worker.failed, timeout=_WAIT_MS) as failed:
            live.next_block(5 * 44_100)
    assert failed.args[0] == request
    assert "no sound" in failed.args[1]
    live.next_block(2_000)
    assert not live.next_block(44_100)[1].any()
    assert _rendered(qtbot, worker, _with(ask(0.2), LOCAL.id)).sound.samples.any()


@pytest.mark.usefixtures("local_vocoders")
def test_an_endless_sound_plays_on_beside_an_export(
    qtbot: QtBot, worker: RenderWorker, live: SharedLoop, ask: _Asker, tmp_path: Path
) -> None:
    request = _endless(_with(ask(0.4), LOCAL.id))
    with qtbot.waitSignal(worker.finished, timeout=_WAIT_MS):
        worker.submit(request)
    expected = GenerationPipeline(load_model(request.model), LocalVocoder()).render(ask(0.4, 30.0).config)
    with qtbot.waitSignal(worker.exported, timeout=_WAIT_MS):
        worker.export(_with(ask(0.1, 2.0), LOCAL.id), tmp_path / "a.wav", ExportFormat())
        live.next_block(4 * 44_100)
    qtbot.waitUntil(lambda: _is_ready(live, expected.samples[0]), timeout=_WAIT_MS)


def test_threads_take_turns_more_often_while_the_thread_runs(qtbot: QtBot) -> None:
    before, thread = sys.getswitchinterval(), RenderThread()
    thread.start()
    assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS) != pytest.approx(before)
    thread.stop()
    assert sys.getswitchinterval() == pytest.approx(before)
