"""Fixtures that many tests share."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.wait_signal import SignalBlocker

from tests.paths import ROOT
from tests.torch_free import HEAVY_FIXTURES, is_torch_free

if TYPE_CHECKING:
    from distill_app.models.model import DistillModel

os.environ["OMP_NUM_THREADS"] = "1"  # two threads wait for each other where anything else runs beside the tests
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_BLOCKERS_KEPT = 256


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-torch", action="store_true", help="leave out tests that need torch or start Distill")


def pytest_configure(config: pytest.Config) -> None:
    _restore_signal_handlers()


def _restore_signal_handlers() -> None:
    """Signals end the programs that tests start, even where the tests run in the background and ignore them."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        ending = getattr(signal, name, None)
        if ending is not None and signal.getsignal(ending) == signal.SIG_IGN:
            signal.signal(ending, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves out the files that import torch under --no-torch."""
    if not config.getoption("--no-torch") or not collection_path.name.startswith("test_"):
        return None
    return None if is_torch_free(collection_path) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out the tests under --no-torch whose fixtures need torch."""
    if config.getoption("--no-torch"):
        items[:] = [item for item in items if not HEAVY_FIXTURES & set(getattr(item, "fixturenames", ()))]


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Rewrites the asserts of half the files in each of two processes: one begins with the last file.

    Each process imports every test file. Where none has been rewritten before, the two would do all of it twice.
    Imported objects are excluded from garbage collections: looking through those of torch takes 0.2 s each time.
    """
    gc.disable()
    if os.environ.get("PYTEST_XDIST_WORKER") == "gw1" and not sys.dont_write_bytecode:
        _import_backwards(session.config.rootpath)
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def _import_backwards(root: Path) -> None:
    for path in sorted((root / "tests").rglob("test_*.py"), reverse=True):
        name = path.relative_to(root).with_suffix("").as_posix().replace("/", ".")
        with contextlib.suppress(Exception, pytest.skip.Exception):  # collecting reports it
            import_module(name)


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Escapes lone surrogates, as file names hold them: a report with one cannot be sent to the main process."""
    return _encodable((yield))


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_encodable, value))
    return value


@pytest.fixture(scope="session", autouse=True)
def _signal_blockers_outlive_queued_calls() -> Iterator[None]:
    """Keeps the last objects behind `qtbot.waitSignal`.

    A signal of another thread that is still queued when the wait ends calls the blocker's method: on freed memory, if
    the blocker is gone.
    """
    kept: deque[SignalBlocker] = deque(maxlen=_BLOCKERS_KEPT)
    connect: Callable[[SignalBlocker, Any], None] = SignalBlocker.connect

    def connect_and_keep(blocker: SignalBlocker, signal: Any) -> None:
        kept.append(blocker)
        connect(blocker, signal)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SignalBlocker, "connect", connect_and_keep)
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps measurements of tests out of the cache of this computer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


class _QtCycles:
    """Reference cycles of Qt's objects, which are collected in the main thread between two tests, as the app does.

    A timer that another thread destroys is called all the same. What stays is excluded from the next collections:
    looking through modules, and windows that something still holds, took 40 ms after each test.
    """

    may_exist = False

    @classmethod
    def collect(cls) -> None:
        if cls.may_exist:
            _delete_closed_windows()
            gc.collect()
            gc.freeze()
            gc.enable()
        cls.may_exist = False

    @classmethod
    def keep(cls) -> None:
        gc.disable()
        cls.may_exist = True


@pytest.fixture(autouse=True)
def _cycles_of_qt(request: pytest.FixtureRequest) -> None:
    """Collected when the next test begins: until then pytest holds the fixtures of the last one."""
    _QtCycles.collect()
    if "qapp" in request.fixturenames:
        _QtCycles.keep()


def _delete_closed_windows() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


TINY_MODEL = ROOT / "tests" / "data" / "tiny.distillgan"
"""Model of a few thousand random weights with two axes: for plumbing, not for sound."""


@pytest.fixture(scope="session")
def tiny_model() -> DistillModel:
    from distill_app.models.model_file import load_model

    return load_model(TINY_MODEL)


@pytest.fixture(scope="session")
def grain_model(tiny_model: DistillModel) -> DistillModel:
    """The tiny model with a bank: a tone, a noise and a chirp of two seconds each."""
    from tests.grain.synthetic import synthetic_bank

    return tiny_model.with_grain(synthetic_bank())


@pytest.fixture(scope="session")
def stereo_model(tiny_model: DistillModel) -> DistillModel:
    """`tiny_model` with short synthetic recordings, two of them in stereo."""
    from tests.grain.synthetic import stereo_bank

    return tiny_model.with_grain(stereo_bank())


@pytest.fixture(scope="session")
def one_shot_model(tiny_model: DistillModel) -> DistillModel:
    """The tiny model as one of one-shots, with three hits that ring for three seconds."""
    from tests.grain.synthetic import ringing_hits

    return replace(tiny_model, header=replace(tiny_model.header, lead_frames=2)).with_grain(ringing_hits())


@pytest.fixture(scope="session")
def tiny_model_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Model file that every test reads and none changes."""
    return Path(shutil.copy(TINY_MODEL, tmp_path_factory.mktemp("model")))


@pytest.fixture
def tiny_model_file(tmp_path: Path) -> Path:
    """Model file that a test may change."""
    return Path(shutil.copy(TINY_MODEL, tmp_path))
