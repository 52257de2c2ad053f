"""Names of files made of what the person calls a thing."""

_BYTES_MAX = 180
"""Of 255 that most disks take: a number, a suffix and those of the files beside it come after it."""


def file_name(title: str, otherwise: str) -> str:
    """A title as every file system can bear it, cut where it is too long; `otherwise` where nothing is left of it."""
    short = title.encode(errors="replace")[:_BYTES_MAX].decode(errors="ignore")
    return "".join("-" if letter in '/\\:*?"<>|' else letter for letter in short).strip(" .") or otherwise
