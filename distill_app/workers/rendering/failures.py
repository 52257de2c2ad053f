"""Texts of errors in the worker's thread."""

import logging
import traceback

from distill_app.common.errors import DistillError

UNEXPECTED = "Something went wrong while rendering."

_log = logging.getLogger(__name__)


def failure_text(error: Exception) -> tuple[str, str]:
    """A sentence for the user, and the traceback of an unexpected error."""
    if isinstance(error, DistillError):
        return str(error), ""
    _log.error("rendering failed", exc_info=error)
    return UNEXPECTED, "".join(traceback.format_exception(error))
