"""Project folder found from any path that a person may give for a project."""

from pathlib import Path

from distill_app.project.json_values import absolute

SUFFIX = ".distillproject"
FILE = "project.json"
_BYTES_MAX = 180
"""Longest name in bytes; of the usual limit of 255, the rest is for a number, a suffix and files beside it."""


def project_folder(path: Path) -> Path:
    """Folder of a project that is named by its folder, with or without its ending, or by its project.json."""
    whole = absolute(path)
    if whole.name == FILE:
        return whole.parent
    if whole.suffix == SUFFIX or not whole.name or is_project(whole):
        return whole
    return whole.with_name(whole.name + SUFFIX)


def is_project(folder: Path) -> bool:
    """Whether there is a project's file in the folder, which may be damaged."""
    try:
        return (folder / FILE).is_file()
    except OSError:  # as where the name is too long for any disk
        return False


def file_name(title: str, otherwise: str) -> str:
    """A title as every file system can bear it, cut where it is too long; `otherwise` where nothing is left of it."""
    short = title.encode(errors="replace")[:_BYTES_MAX].decode(errors="ignore")
    return "".join("-" if letter in '/\\:*?"<>|' else letter for letter in short).strip(" .") or otherwise
