"""Sound sets made of added files and folders, and detection of those that are in a set already. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from distill_app.common.parsing import replace_surrogates
from distill_app.project.corpora import CorpusSpec
from distill_app.project.json_values import absolute


@dataclass(frozen=True)
class NewSet:
    """A sound set that is not there yet: its name, and the files and folders in it."""

    name: str
    sources: tuple[Path, ...]


def new_sets(paths: Sequence[Path]) -> tuple[NewSet, ...]:
    """A set for each folder, called like it, and one for all single files, called like the folder of the first."""
    whole = outermost(paths)
    files = tuple(path for path in whole if _is_file(path))
    folders = [NewSet(_title(path), (path,)) for path in whole if path not in files]
    return (*folders, NewSet(_title(files[0].parent), files)) if files else tuple(folders)


def outermost(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The absolute paths, each once, without those that lie in another one of them."""
    whole = dict.fromkeys(map(absolute, paths))
    return tuple(path for path in whole if whole.keys().isdisjoint(path.parents))


def set_with(corpora: Sequence[CorpusSpec], path: Path) -> str:
    """The name of the first set of recordings that has the file or folder; "" where none has."""
    around = {path, *path.parents}
    recordings = (corpus for corpus in corpora if corpus.kind == "recordings")
    return next((each.name for each in recordings if not around.isdisjoint(map(absolute, each.sources))), "")


def _title(folder: Path) -> str:
    return replace_surrogates(folder.name) or "Recordings"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # as where the name is too long: reading it says so
        return False
