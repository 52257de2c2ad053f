"""Search for the sound files of corpora. Reads no samples, only file headers. No torch."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from distill_app.common.errors import AudioFileError, CorpusError
from distill_app.common.training_paths import SUFFIX
from distill_app.corpus.hidden_files import is_hidden
from distill_app.dsp.audio_file import check_is_sound, is_made_by_distill
from distill_app.project.corpora import CorpusSpec
from distill_app.project.json_values import absolute

_TRAINING_FOLDER = "“{}” holds what a training tries out, and no recordings."


@dataclass(frozen=True)
class Skipped:
    """A file that is not used for training, and the reason."""

    name: str
    reason: str


@dataclass(frozen=True)
class FoundFile:
    """A file of a corpus.

    Args:
        name: its path within the source, preceded by the source's name if there are several sources.
        path: absolute or relative path of the file.
        corpus: the corpus it belongs to.
        source: file or folder of the corpus in which it was found.
    """

    name: str
    path: Path
    corpus: CorpusSpec
    source: Path


@dataclass
class DiscoveryResult:
    """Files to read, excluded files, and skipped files and folders."""

    files: list[FoundFile] = field(default_factory=list)
    excluded: list[FoundFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def all_files(self) -> list[FoundFile]:
        return self.files + self.excluded


def discover_files(corpora: Sequence[CorpusSpec], missing_raise: bool = True) -> DiscoveryResult:
    """All files of the corpora, each once, in the first corpus that contains it.

    Args:
        missing_raise: whether a missing or unreadable source raises CorpusError or is skipped.
    """
    found = DiscoveryResult()
    several = sum(len(corpus.sources) for corpus in corpora) > 1
    for corpus in corpora:
        for source in corpus.sources:
            try:
                files = list(_in_source(corpus, source, several, found.skipped))
            except CorpusError as error:
                if missing_raise:
                    raise
                found.skipped.append(Skipped(str(source), str(error)))
            else:
                found.excluded += [file for file in files if file.corpus.excludes(file.path)]
                found.files += [file for file in files if not file.corpus.excludes(file.path)]
    found.files = _without_duplicates(found.files)
    return found


def _without_duplicates(files: Sequence[FoundFile]) -> list[FoundFile]:
    first: dict[Path, FoundFile] = {}
    for file in files:
        first.setdefault(absolute(file.path), file)
    return list(first.values())


def check_usable(file: FoundFile) -> None:
    """Raise AudioFileError or CorpusError if the file is no sound, or a render made by Distill."""
    check_is_sound(file.path)
    if file.corpus.kind == "recordings" and is_made_by_distill(file.path):
        raise CorpusError(f"“{file.path.name}” was made by Distill; add it as a take to train on it.")


def skip_unusable(files: Sequence[FoundFile]) -> tuple[list[FoundFile], list[Skipped]]:
    """Files that may be decoded, and the others with the reason."""
    good: list[FoundFile] = []
    skipped: list[Skipped] = []
    for file in files:
        try:
            check_usable(file)
            good.append(file)
        except (AudioFileError, CorpusError) as error:
            skipped.append(Skipped(file.name, str(error)))
    return good, skipped


def _in_source(corpus: CorpusSpec, source: Path, several: bool, skipped: list[Skipped]) -> Iterator[FoundFile]:
    if _is_file(source):
        yield FoundFile(source.name, source, corpus, source)
        return
    paths, left = _list_folder(source)
    before = f"{absolute(source).name}/" if several else ""
    skipped += [Skipped(before + each.name, each.reason) for each in left]
    for path in paths:
        yield FoundFile(before + path.relative_to(source).as_posix(), path, corpus, source)


def _is_file(source: Path) -> bool:
    try:
        return source.is_file()
    except OSError:  # for example a name too long: listing it reports that
        return False


def _list_folder(folder: Path) -> tuple[list[Path], list[Skipped]]:
    """Visible paths in a folder and its subfolders, and the subfolders that were skipped.

    The folder itself may be hidden: the user chose it.
    """
    try:
        return _walk(folder)
    except FileNotFoundError as error:
        raise CorpusError(f"There is no “{folder}”; put it back, or say where it is now.") from error
    except NotADirectoryError as error:
        raise CorpusError(f"“{folder}” is not a folder; give the folder that holds your recordings.") from error
    except OSError as error:
        raise CorpusError(f"The folder “{folder}” cannot be read: {error.strerror}.") from error


def _walk(folder: Path) -> tuple[list[Path], list[Skipped]]:
    paths: list[Path] = []
    skipped: list[Skipped] = []

    def skip_unreadable(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise error
        place = Path(error.filename).relative_to(folder).as_posix()
        skipped.append(Skipped(place, f"The folder “{place}” cannot be read: {error.strerror}."))

    for parent, folders, names in os.walk(folder, onerror=skip_unreadable):
        folders[:] = [name for name in folders if not is_hidden(name)]
        links = [Path(parent, name) for name in folders if Path(parent, name).is_symlink()]
        skipped += [Skipped(link.name, f"“{link.name}” only leads to another folder.") for link in links]
        skipped += [Skipped(name, _TRAINING_FOLDER.format(name)) for name in folders if name.endswith(SUFFIX)]
        folders[:] = [name for name in folders if not name.endswith(SUFFIX)]
        paths += [Path(parent, name) for name in names if not is_hidden(name)]
    return sorted(paths), skipped
