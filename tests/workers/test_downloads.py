"""Downloads run in a thread; signals report to the window, which never waits."""

import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session
from pytestqt.qtbot import QtBot

from distill_app.vocoders.weights.hub import Hub
from distill_app.vocoders.weights.manager import WeightManager, is_installed
from distill_app.workers.background_job import is_any_running
from distill_app.workers.downloads import Downloads
from tests.vocoders.weights.published import ENTRY, FILES, REPOSITORY, REVISION
from tools.hub_server import FaultPlan, HubServer

_WAIT_MS = 100_000


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[HubServer]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with HubServer(REPOSITORY, REVISION, FILES) as server:
        yield server
    close_session()


@pytest.fixture
def downloads(server: HubServer, qtbot: QtBot) -> Iterator[Downloads]:
    downloads = Downloads(WeightManager((ENTRY,), Hub(server.address, retry_seconds=(0.01,))))
    yield downloads
    downloads.close()


def test_a_download_installs_the_vocoder_and_emits_in_the_main_thread(
    qtbot: QtBot, downloads: Downloads, server: HubServer
) -> None:
    server.faults += [FaultPlan(), FaultPlan(block_pause_seconds=0.03)]
    reports: list[tuple[object, ...]] = []
    threads: set[str] = set()
    downloads.progressed.connect(lambda *report: reports.append(report))
    downloads.finished.connect(lambda _: threads.add(threading.current_thread().name))
    with qtbot.waitSignal(downloads.finished, timeout=_WAIT_MS) as signal:
        downloads.start(ENTRY.id)
        assert not is_installed(ENTRY), "the window does not wait"
    assert signal.args == [ENTRY.id]
    assert is_installed(ENTRY)
    assert reports
    assert all(name == ENTRY.id and 0 < done <= total == ENTRY.size_bytes for name, done, total in reports)  # type: ignore[operator]
    assert threads == {threading.main_thread().name}


def test_a_download_reports_its_progress(qtbot: QtBot, downloads: Downloads, server: HubServer) -> None:
    server.faults += [FaultPlan(), FaultPlan(block_pause_seconds=0.03)]
    done: list[int] = []
    downloads.progressed.connect(lambda _, count, __: done.append(count))
    with qtbot.waitSignal(downloads.finished, timeout=_WAIT_MS):
        downloads.start(ENTRY.id)
    assert len(done) > 3
    assert done == sorted(done)


def test_a_failure_is_reported_as_a_sentence(qtbot: QtBot, downloads: Downloads, server: HubServer) -> None:
    server.faults.append(FaultPlan(404))
    with qtbot.waitSignal(downloads.failed, timeout=_WAIT_MS) as signal:
        downloads.start(ENTRY.id)
    name, sentence = signal.args
    assert name == ENTRY.id
    assert "no longer where it was published" in sentence


def test_an_unexpected_error_is_reported_as_a_sentence(
    qtbot: QtBot, downloads: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with qtbot.waitSignal(downloads.failed, timeout=_WAIT_MS) as signal:
        downloads.start(ENTRY.id)
    assert "the details are in" in signal.args[1]


def test_cancel_stops_the_download_and_those_that_wait(qtbot: QtBot, downloads: Downloads, server: HubServer) -> None:
    server.faults += [FaultPlan(), FaultPlan(block_pause_seconds=0.05)]
    over: list[str] = []
    downloads.cancelled.connect(over.append)
    with qtbot.waitSignal(downloads.progressed, timeout=_WAIT_MS):
        downloads.start(ENTRY.id)
        downloads.remove(ENTRY.id)
    downloads.cancel()
    qtbot.waitUntil(lambda: len(over) == 2, timeout=_WAIT_MS)
    assert not is_installed(ENTRY)
    with qtbot.waitSignal(downloads.finished, timeout=_WAIT_MS):
        downloads.start(ENTRY.id)
    assert is_installed(ENTRY)


def test_cancel_does_not_wait_for_a_silent_server(
    qtbot: QtBot, downloads: Downloads, server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DOWNLOAD_TIMEOUT", 5.0)
    server.faults += [FaultPlan(), FaultPlan(cut_after=100_000, hangs=True, block_pause_seconds=0.05)]
    with qtbot.waitSignal(downloads.progressed, timeout=_WAIT_MS, check_params_cb=lambda _, done, __: done > 60_000):
        downloads.start(ENTRY.id)
    qtbot.wait(300)  # until the server is silent
    with qtbot.waitSignal(downloads.cancelled, timeout=_WAIT_MS):
        downloads.cancel()
    assert is_any_running(), "the download still reads from the silent server"
    with qtbot.waitSignal(downloads.finished, timeout=_WAIT_MS):
        downloads.start(ENTRY.id)
    assert server.served[-1].start == 100_000


def test_a_folder_is_imported_and_removed_again(qtbot: QtBot, downloads: Downloads, tmp_path: Path) -> None:
    folder = tmp_path / "from a friend"
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    with qtbot.waitSignal(downloads.finished, timeout=_WAIT_MS) as signal:
        downloads.import_folder(folder)
    assert signal.args == [ENTRY.id]
    shutil.rmtree(folder)
    assert is_installed(ENTRY)
    with qtbot.waitSignal(downloads.removed, timeout=_WAIT_MS) as signal:
        downloads.remove(ENTRY.id)
    assert signal.args == [ENTRY.id]
    assert not is_installed(ENTRY)


def test_close_stops_the_download(qtbot: QtBot, downloads: Downloads, server: HubServer) -> None:
    server.faults += [FaultPlan(), FaultPlan(block_pause_seconds=0.2)]
    with qtbot.waitSignal(downloads.progressed, timeout=_WAIT_MS):
        downloads.start(ENTRY.id)
    downloads.close()
    assert not is_installed(ENTRY)


def test_no_thread_runs_before_the_first_job(qtbot: QtBot, downloads: Downloads) -> None:
    assert not is_any_running()
    with qtbot.waitSignal(downloads.finished, timeout=_WAIT_MS):
        downloads.start(ENTRY.id)
        assert is_any_running()
