"""Reading of files and folders into a corpus."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

from distill_app.common.atomic_io import cache_write_error_message
from distill_app.common.errors import AudioFileError, CorpusError
from distill_app.common.paths import cache_folder
from distill_app.corpus.corpus import Corpus, Recording, ScanProgress
from distill_app.corpus.discovery import FoundFile, Skipped, check_usable, discover_files
from distill_app.corpus.loudness_normalization import normalize_loudness
from distill_app.corpus.mel_cache import read_recording
from distill_app.corpus.onset_alignment import window_starts
from distill_app.project.corpora import CorpusSpec

HOURS_MAX = 200.0
"""Limit of sound in a corpus: 16 GB on disk."""


def scan_files(corpora: Sequence[CorpusSpec], cache: Path | None = None) -> Generator[ScanProgress, None, Corpus]:
    """Corpus of all files that are not excluded; yields progress after each.

    Args:
        cache: folder of the cached mels.

    Raises CorpusError if no usable recording is left, or where the mels cannot be cached.
    """
    cache = cache_folder() / "mels" if cache is None else cache
    found = discover_files(corpora)
    files, skipped = list[Recording](), found.skipped
    for done, file in enumerate(found.files, 1):
        try:
            files.append(_within_limit(_read(file, cache), files))
        except (AudioFileError, CorpusError) as error:
            skipped.append(Skipped(file.name, str(error)))
        except OSError as error:
            raise CorpusError(cache_write_error_message(cache, error)) from error
        notes = tuple(note for recording in files for note in recording.notes)
        yield ScanProgress(done, len(found.files), file.name, tuple(skipped), notes)
    return _corpus(corpora, files, skipped)


def _read(file: FoundFile, cache: Path) -> Recording:
    """One recording. Raises AudioFileError or CorpusError with the reason for skipping it, OSError if caching fails."""
    check_usable(file)
    one_shots = file.corpus.mode == "one-shots"
    recording = read_recording(file.path, cache, one_shots)
    starts = window_starts(recording.mel, recording.starts or ()) if one_shots else None
    return replace(recording, kind=file.corpus.kind, starts=starts)


def _within_limit(recording: Recording, before: list[Recording]) -> Recording:
    if sum(file.seconds for file in before) + recording.seconds > HOURS_MAX * 3600:
        raise CorpusError(f"“{recording.name}” is left out: only {HOURS_MAX:.0f} hours of sound are used for training.")
    return recording


def _corpus(corpora: Sequence[CorpusSpec], files: list[Recording], skipped: list[Skipped]) -> Corpus:
    if files:
        corpus = Corpus(tuple(files), tuple(skipped))
        return replace(corpus, files=normalize_loudness(files, corpus.floor))
    where = ", ".join(f"“{source}”" for corpus in corpora for source in corpus.sources) or "the corpora"
    if not skipped:
        raise CorpusError(f"There are no recordings in {where}.")
    raise CorpusError(f"Nothing in {where} can be used for training: {skipped[0].reason}")
