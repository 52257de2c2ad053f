"""The mark of what Distill made: tags that sound files carry and other programs keep when they convert them."""

import re

from distill_app import __version__

SOFTWARE = f"Distill {__version__}"
COMMENT = "Made with Distill"


def is_distill_output(software: str, comment: str) -> bool:
    """Whether the tags of these names say so."""
    return re.match(r"Distill(\s|$)", software) is not None or COMMENT in comment
