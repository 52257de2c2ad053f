"""Headers of trained models, where one that cannot be read is no obstacle."""

from pathlib import Path

from distill_app.errors import ModelFileError
from distill_app.log import logger
from distill_app.models.header import ModelHeader, read_header


def header_of(path: Path) -> ModelHeader | None:
    """None where the model cannot be read; opening it says why."""
    try:
        return read_header(path)
    except ModelFileError as error:
        logger.warning("the header of a trained model: %s", error)
        return None
