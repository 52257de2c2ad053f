"""Logging: everything to a rotating file, warnings to standard error, uncaught exceptions to both."""

import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from distill_app.common.paths import log_folder

_BYTES, _BACKUPS = 1_000_000, 3
_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"

logger = logging.getLogger("distill_app")


def log_file() -> Path:
    return log_folder() / "distill.log"


def unexpected_error_message(error: BaseException) -> str:
    """Sentence for an unexpected error."""
    return f"Something went wrong inside Distill ({type(error).__name__}: {error}); the details are in {log_file()}."


def start_logging(path: Path | None = None) -> None:
    """Set up the project's logger and the hooks for uncaught exceptions; a second call replaces the first setup.

    If the file cannot be written, warnings still reach standard error.
    """
    stop_logging()
    logger.setLevel(logging.INFO)
    logger.addHandler(_Stderr(logging.WARNING))
    try:
        logger.addHandler(_to_file(path or log_file()))
    except OSError as error:
        logger.warning("The log cannot be written: %s", error)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def stop_logging() -> None:
    """Close the log file and restore the exception hooks."""
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)
        handler.close()
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__


class _Stderr(logging.Handler):
    """Handler that writes the message without its traceback. It looks up `sys.stderr` each time, which may be None."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if sys.stderr is not None:
                sys.stderr.write(record.getMessage() + "\n")
        except OSError:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Ignore the failure: there is no other stream."""


class _File(RotatingFileHandler):
    """Rotating log file that ignores a full disk."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)


def _to_file(path: Path) -> logging.Handler:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = _File(path, maxBytes=_BYTES, backupCount=_BACKUPS, encoding="utf-8", errors="replace")
    handler.setFormatter(logging.Formatter(_FORMAT))
    return handler


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logger.critical(unexpected_error_message(error), exc_info=(kind, error, trace))


def _log_uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        _log_uncaught(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
