"""Fixtures that many tests share."""

from __future__ import annotations

import contextlib
import gc
import importlib.machinery
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.wait_signal import SignalBlocker

if TYPE_CHECKING:
    from distill_app.models.model import DistillModel

os.environ["OMP_NUM_THREADS"] = "1"  # two threads wait for each other where anything else runs beside the tests
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_BLOCKERS_KEPT = 256


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-torch", action="store_true", help="leave out tests that import torch or start Distill")


def pytest_configure(config: pytest.Config) -> None:
    _restore_signal_handlers()
    if config.getoption("--no-torch"):
        sys.meta_path.insert(0, _TorchSkipper())


def _restore_signal_handlers() -> None:
    """Signals end the programs that tests start, even where the tests run in the background and ignore them."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        ending = getattr(signal, name, None)
        if ending is not None and signal.getsignal(ending) == signal.SIG_IGN:
            signal.signal(ending, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)


class _TorchSkipper(importlib.machinery.PathFinder):
    """Skips the test, or the module of tests, that imports torch. Another thread may: it cannot skip a test."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname == "torch" and threading.current_thread() is threading.main_thread():
            pytest.skip("needs torch", allow_module_level=True)
        return None


class _ProcessSkipper(subprocess.Popen[Any]):
    """Skips the test that starts Distill in a process of its own.

    Scripts may be started: those of the tests need no torch.
    """

    def __init__(self, args: Any, *more: Any, **named: Any) -> None:
        command = [str(args)] if isinstance(args, str | os.PathLike) else list(map(str, args))
        starts_code = command[0] == sys.executable and not any(each.endswith(".py") for each in command)
        if starts_code and threading.current_thread() is threading.main_thread():
            pytest.skip("starts Python")
        super().__init__(args, *more, **named)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Rewrites the asserts of half the files in each of two processes: one begins with the last file.

    Each process imports every test file. Where none has been rewritten before, the two would do all of it twice.
    """
    if os.environ.get("PYTEST_XDIST_WORKER") == "gw1" and not sys.dont_write_bytecode:
        _import_backwards(session.config.rootpath)
    return (yield)


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


ARCHITECTURE = {"name": "conv1d", "latent": 4, "width": 8, "blocks": 1}


@pytest.fixture(scope="session", autouse=True)
def _no_python_processes(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if request.config.getoption("--no-torch"):
            patch.setattr(subprocess, "Popen", _ProcessSkipper)
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps measurements of tests out of the cache of this computer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def _loaded_before() -> None:
    """Excludes the objects from before the first window from later garbage collections."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _cycles_of_qt(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collected in this thread, as the app does: a timer that another thread destroys is called all the same."""
    if "qapp" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("_loaded_before")
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(scope="session")
def tiny_model() -> DistillModel:
    """A real network of a few thousand random weights with two axes: for plumbing, not for sound."""
    import torch

    from distill_app.dsp.mel_format import DISTILL_MEL
    from distill_app.models.axes import LatentAxes
    from distill_app.models.axis import Axis
    from distill_app.models.header import CorpusFile, ModelHeader
    from distill_app.models.model import DistillModel
    from distill_app.models.vae import build_vae

    torch.manual_seed(0)
    axes = (
        Axis("Brightness", "centroid", 0.95, -2.0, 0.0, 1.0),
        Axis("Axis 2", "", 0.3, -1.0, 0.1, 1.0),
    )
    header = ModelHeader("Tiny", DISTILL_MEL, ARCHITECTURE, axes, (CorpusFile("a.wav", 1.5),), {"seed": 0})
    vae = build_vae(DISTILL_MEL.bands, ARCHITECTURE).eval().requires_grad_(False)
    mean, std = torch.full((128,), -5.0), torch.full((128,), 3.0)
    return DistillModel(header, vae, mean, std, LatentAxes(axes, torch.zeros(4), torch.eye(4)[:2]))


@pytest.fixture(scope="session")
def tiny_model_path(tiny_model: DistillModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that every test reads and none changes."""
    from distill_app.models.model_file import save_model

    path = tmp_path_factory.mktemp("model") / "tiny.distillgan"
    save_model(tiny_model, path)
    return path


@pytest.fixture
def tiny_model_file(tiny_model: DistillModel, tmp_path: Path) -> Path:
    from distill_app.models.model_file import save_model

    path = tmp_path / "tiny.distillgan"
    save_model(tiny_model, path)
    return path
