"""Reading files and folders of recordings into a corpus."""

import os
from collections.abc import Generator, Sequence
from pathlib import Path

from distill_app.atomic import not_written
from distill_app.errors import AudioFileError, CorpusError
from distill_app.paths import cache_folder
from distill_app.project.corpora import CorpusChoice
from distill_app.training.corpus import Corpus, Recording, ScanProgress, Skipped
from distill_app.training.mel_cache import read_recording
from distill_app.training.places import SUFFIX

HOURS_MAX = 200.0
"""Of sound: 16 GB on the disk."""
_TRIALS = "“{}” holds what a training tries out, and no recordings."


def scan_corpus(*sources: Path) -> Corpus:
    """Reads files, and folders with their subfolders. Raises CorpusError where nothing is left to learn from."""
    scan = scan_files([CorpusChoice.of(*sources)])
    while True:
        try:
            next(scan)
        except StopIteration as end:
            return end.value


def scan_files(corpora: Sequence[CorpusChoice], cache: Path | None = None) -> Generator[ScanProgress, None, Corpus]:
    """Reads all but the excluded files: yields after each one, returns the corpus.

    Args:
        cache: where the mels are kept, and found again next time.
    """
    cache = cache_folder() / "mels" if cache is None else cache
    sources = [source for corpus in corpora for source in corpus.sources]
    named, skipped = _found(sources)
    named = [(name, path) for name, path in named if not any(corpus.leaves_out(path) for corpus in corpora)]
    files: list[Recording] = []
    for done, (name, path) in enumerate(named, 1):
        try:
            files.append(_within_limit(read_recording(path, cache), files))
        except (AudioFileError, CorpusError) as error:
            skipped.append(Skipped(name, str(error)))
        except OSError as error:
            raise CorpusError(not_written(cache, error)) from error
        yield ScanProgress(done, len(named), name, tuple(skipped))
    return _corpus(sources, files, skipped)


def _within_limit(recording: Recording, before: list[Recording]) -> Recording:
    if sum(file.seconds for file in before) + recording.seconds > HOURS_MAX * 3600:
        raise CorpusError(f"“{recording.name}” is left out: only {HOURS_MAX:.0f} hours of sound are learned from.")
    return recording


def _found(sources: Sequence[Path]) -> tuple[list[tuple[str, Path]], list[Skipped]]:
    """Files by the names they are told by: within one folder, or where there are several with the folder's own."""
    named: list[tuple[str, Path]] = []
    skipped: list[Skipped] = []
    for source in sources:
        if _is_file(source):
            named.append((source.name, source))
            continue
        paths, left = _contents(source)
        before = f"{source.resolve().name}/" if len(sources) > 1 else ""
        named += [(before + path.relative_to(source).as_posix(), path) for path in paths]
        skipped += [Skipped(before + each.name, each.reason) for each in left]
    return named, skipped


def _is_file(source: Path) -> bool:
    try:
        return source.is_file()
    except OSError:  # as where the name is too long: looking into it says so
        return False


def _contents(folder: Path) -> tuple[list[Path], list[Skipped]]:
    """What lies in the folder and its subfolders and is not hidden, and the subfolders that are not looked into."""
    paths: list[Path] = []
    skipped: list[Skipped] = []

    def closed(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise error
        place = Path(error.filename).relative_to(folder).as_posix()
        skipped.append(Skipped(place, f"The folder “{place}” cannot be read: {error.strerror}."))

    try:
        for parent, folders, names in os.walk(folder, onerror=closed):
            links = [Path(parent, name) for name in folders if Path(parent, name).is_symlink()]
            skipped += [Skipped(link.name, f"“{link.name}” only leads to another folder.") for link in links]
            skipped += [Skipped(name, _TRIALS.format(name)) for name in folders if name.endswith(SUFFIX)]
            folders[:] = [name for name in folders if not name.endswith(SUFFIX)]
            paths += [Path(parent, name) for name in names if not name.startswith(".")]
    except NotADirectoryError as error:
        raise CorpusError(f"“{folder}” is not a folder; give the folder that holds your recordings.") from error
    except OSError as error:
        raise CorpusError(f"The folder “{folder}” cannot be read: {error.strerror}.") from error
    return sorted(paths), skipped


def _corpus(sources: Sequence[Path], files: list[Recording], skipped: list[Skipped]) -> Corpus:
    if files:
        return Corpus(tuple(files), tuple(skipped))
    where = ", ".join(f"“{source}”" for source in sources)
    if not skipped:
        raise CorpusError(f"There are no recordings in {where}.")
    raise CorpusError(f"Nothing in {where} can be learned from: {skipped[0].reason}")
