"""Tags that mark sound files made by Distill; most programs keep them when they convert a file."""

import re

from distill_app import __version__

SOFTWARE = f"Distill {__version__}"
COMMENT = "Made with Distill"


def is_distill_output(software: str, comment: str) -> bool:
    """Whether a file's software or comment tag says that Distill made it."""
    return re.match(r"Distill(\s|$)", software) is not None or COMMENT in comment
