"""Grouping of added files and folders into sound sets, and lookup of the set that contains a path."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from distill_app.common.parsing import replace_surrogates
from distill_app.project.corpora import CorpusSpec
from distill_app.project.json_values import absolute
from distill_app.ui.translation import tr


@dataclass(frozen=True)
class NewSet:
    """Name and sources of a sound set to create."""

    name: str
    sources: tuple[Path, ...]


def new_sets(paths: Sequence[Path]) -> tuple[NewSet, ...]:
    """One set named after each folder, and one for all single files, named after the folder of the first."""
    sources = outermost(paths)
    files = tuple(path for path in sources if _is_file(path))
    folders = [NewSet(_title(path), (path,)) for path in sources if path not in files]
    return (*folders, NewSet(_title(files[0].parent), files)) if files else tuple(folders)


def outermost(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Absolute paths without duplicates and without paths that lie within another one."""
    unique = dict.fromkeys(map(absolute, paths))
    return tuple(path for path in unique if unique.keys().isdisjoint(path.parents))


def set_with(corpora: Sequence[CorpusSpec], path: Path) -> str:
    """Name of the first set of recordings that contains the path; "" where none does."""
    ancestors = {path, *path.parents}
    recordings = (corpus for corpus in corpora if corpus.kind == "recordings")
    return next((each.name for each in recordings if not ancestors.isdisjoint(map(absolute, each.sources))), "")


def _title(folder: Path) -> str:
    return replace_surrogates(folder.name) or tr("Recordings")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long; reading the file will report it
        return False
