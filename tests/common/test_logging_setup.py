"""Tracebacks go to the log file; standard error shows one sentence."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from distill_app.common.logging_setup import logger, start_logging, stop_logging


@pytest.fixture
def log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Path]:
    """Started after standard error is captured, which is what it then writes to."""
    path = tmp_path / "logs" / "distill.log"
    start_logging(path)
    yield path
    stop_logging()


def _fail() -> None:
    raise RuntimeError("the tape tore")


def _caught() -> RuntimeError:
    try:
        _fail()
    except RuntimeError as error:
        return error
    raise AssertionError


def test_an_uncaught_exception_is_a_sentence_on_stderr_and_a_traceback_in_the_log(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = _caught()
    sys.excepthook(RuntimeError, error, error.__traceback__)
    shown = capsys.readouterr().err
    assert "the tape tore" in shown
    assert "Traceback" not in shown
    assert "in _fail" in log.read_text()


def test_an_exception_in_a_thread_is_logged_too(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    thread = threading.Thread(target=_fail)
    thread.start()
    thread.join()
    assert "in _fail" in log.read_text()
    assert "Traceback" not in capsys.readouterr().err


def test_a_file_name_that_is_no_text_is_logged_escaped(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logger.info("cannot read %s", "b\udce4d.wav")
    assert "cannot read b?d.wav" in log.read_text()
    assert capsys.readouterr().err == ""


def test_information_goes_to_the_file_alone(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logger.info("rendered in 1.2 s")
    assert "rendered in 1.2 s" in log.read_text()
    assert capsys.readouterr().err == ""


def test_the_log_does_not_grow_without_end(log: Path) -> None:
    for _ in range(60):
        logger.info("x" * 100_000)
    files = list(log.parent.iterdir())
    assert len(files) == 4
    assert sum(file.stat().st_size for file in files) < 5_000_000


def test_where_the_log_cannot_be_written_warnings_still_show(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    start_logging(tmp_path / "logs" / "distill.log")
    logger.warning("no sound card")
    stop_logging()
    shown = capsys.readouterr().err
    assert "The log cannot be written" in shown
    assert "no sound card" in shown


def test_stopping_restores_the_hooks(tmp_path: Path) -> None:
    start_logging(tmp_path / "distill.log")
    stop_logging()
    assert sys.excepthook is sys.__excepthook__
    assert not logger.handlers
