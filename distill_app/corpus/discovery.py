"""The files that corpora are made of, found in their folders; nothing is read of them but their marks. No torch."""

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

_TRIALS = "“{}” holds what a training tries out, and no recordings."


@dataclass(frozen=True)
class Skipped:
    """A file that is not learned from, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class FoundFile:
    """A file of a corpus.

    Args:
        name: what it is told by: its place in the folder, or where there are several with the folder's own name.
        path: where it is.
        corpus: that it belongs to.
        source: the file or folder of the corpus that it was found in.
    """

    name: str
    path: Path
    corpus: CorpusSpec
    source: Path


@dataclass
class DiscoveryResult:
    """What there is: files to read, files that are switched off, and what is not looked into."""

    files: list[FoundFile] = field(default_factory=list)
    excluded: list[FoundFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def all_files(self) -> list[FoundFile]:
        return self.files + self.excluded


def found_files(corpora: Sequence[CorpusSpec], missing_raise: bool = True) -> DiscoveryResult:
    """Each file once, in the first corpus that has it.

    Raises CorpusError where a source is not there or cannot be looked into; without `missing_raise` it is skipped.
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
    found.files = _once(found.files)
    return found


def _once(files: Sequence[FoundFile]) -> list[FoundFile]:
    first: dict[Path, FoundFile] = {}
    for file in files:
        first.setdefault(absolute(file.path), file)
    return list(first.values())


def check_usable(file: FoundFile) -> None:
    """Raises AudioFileError or CorpusError with the reason where it need not be decoded."""
    check_is_sound(file.path)
    if file.corpus.kind == "recordings" and is_made_by_distill(file.path):
        raise CorpusError(f"“{file.path.name}” was made by Distill; add it as a take to learn from it.")


def usable(files: Sequence[FoundFile]) -> tuple[list[FoundFile], list[Skipped]]:
    """Those that may be decoded, and why the others are not."""
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
    paths, left = _contents(source)
    before = f"{absolute(source).name}/" if several else ""
    skipped += [Skipped(before + each.name, each.reason) for each in left]
    for path in paths:
        yield FoundFile(before + path.relative_to(source).as_posix(), path, corpus, source)


def _is_file(source: Path) -> bool:
    try:
        return source.is_file()
    except OSError:  # as where the name is too long: looking into it says so
        return False


def _contents(folder: Path) -> tuple[list[Path], list[Skipped]]:
    """Paths in a folder and its subfolders that are not hidden, and the subfolders that were skipped.

    The folder itself may be hidden: it was chosen.
    """
    paths: list[Path] = []
    skipped: list[Skipped] = []

    def closed(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise error
        place = Path(error.filename).relative_to(folder).as_posix()
        skipped.append(Skipped(place, f"The folder “{place}” cannot be read: {error.strerror}."))

    try:
        for parent, folders, names in os.walk(folder, onerror=closed):
            folders[:] = [name for name in folders if not is_hidden(name)]
            links = [Path(parent, name) for name in folders if Path(parent, name).is_symlink()]
            skipped += [Skipped(link.name, f"“{link.name}” only leads to another folder.") for link in links]
            skipped += [Skipped(name, _TRIALS.format(name)) for name in folders if name.endswith(SUFFIX)]
            folders[:] = [name for name in folders if not name.endswith(SUFFIX)]
            paths += [Path(parent, name) for name in names if not is_hidden(name)]
    except FileNotFoundError as error:
        raise CorpusError(f"There is no “{folder}”; put it back, or say where it is now.") from error
    except NotADirectoryError as error:
        raise CorpusError(f"“{folder}” is not a folder; give the folder that holds your recordings.") from error
    except OSError as error:
        raise CorpusError(f"The folder “{folder}” cannot be read: {error.strerror}.") from error
    return sorted(paths), skipped
