"""Names of a project's folder and files."""

from pathlib import Path

from distill_app.project.json_values import absolute

SUFFIX = ".distillproject"
FILE = "project.json"
_BYTES_MAX = 180
"""Longest file name in bytes; the rest of the usual limit of 255 is for a number, a suffix and files beside it."""


def project_folder(path: Path) -> Path:
    """Folder of a project given by its folder, with or without its suffix, or by its project.json."""
    whole = absolute(path)
    if whole.name == FILE:
        return whole.parent
    if whole.suffix == SUFFIX or not whole.name or is_project(whole):
        return whole
    return whole.with_name(whole.name + SUFFIX)


def is_project(folder: Path) -> bool:
    """Whether the folder contains a project.json, which may be damaged."""
    try:
        return (folder / FILE).is_file()
    except OSError:  # such as for a name that is too long
        return False


def file_name(title: str, otherwise: str) -> str:
    """File name from a title, valid on every file system; `otherwise` if nothing is left of the title."""
    short = title.encode(errors="replace")[:_BYTES_MAX].decode(errors="ignore")
    return "".join("-" if letter in '/\\:*?"<>|' else letter for letter in short).strip(" .") or otherwise
