"""File names derived from titles that a person typed."""

_BYTES_MAX = 180
"""Longest name in bytes; of the usual limit of 255, the rest is for a number, a suffix and files beside it."""


def file_name(title: str, otherwise: str) -> str:
    """A title as every file system can bear it, cut where it is too long; `otherwise` where nothing is left of it."""
    short = title.encode(errors="replace")[:_BYTES_MAX].decode(errors="ignore")
    return "".join("-" if letter in '/\\:*?"<>|' else letter for letter in short).strip(" .") or otherwise
