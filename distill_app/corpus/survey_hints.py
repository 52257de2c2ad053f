"""Hints about likely problems of corpora, given before training. No torch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from distill_app.corpus.sound_stats import SoundStats
from distill_app.corpus.survey import WINDOW_SECONDS, Survey, SurveyedFile
from distill_app.project.corpora import CorpusSpec

Topic = Literal[
    "one-shots", "textures", "little", "clipped", "quiet", "silence", "same", "missing", "channels", "stereo"
]

_ONE_SHOT_SECONDS = 1.2
_MOST, _FILES_MIN = 0.8, 3
_LITTLE_SECONDS = 20.0
_CLIPPED_MIN, _QUIET_DBFS = 10, -40.0
_LONG_SECONDS, _SILENT_SHARE = 10.0, 0.7


@dataclass(frozen=True)
class Hint:
    """A sentence about a corpus.

    Args:
        topic: its subject; "one-shots" and "textures" name the mode that may fit better.
        files: files concerned.
    """

    corpus: str
    topic: Topic
    sentence: str
    files: tuple[Path, ...] = ()


Files = Sequence[SurveyedFile]
Finding = Iterator[tuple[Topic, str, Files]]
Finder = Callable[[CorpusSpec, Files], Finding]


def hints(survey: Survey) -> list[Hint]:
    """Hints about all corpora, the most helpful first."""
    found: list[Hint] = []
    for corpus in dict.fromkeys(file.corpus for file in survey.files):
        files = [file for file in survey.files if file.corpus == corpus and file.included]
        for find in _FINDERS if files else ():
            for topic, sentence, about in find(corpus, files):
                found.append(Hint(corpus.name, topic, sentence, tuple(file.path for file in about)))
    return found


def _stats(file: SurveyedFile) -> SoundStats:
    assert file.stats is not None  # true for every included file
    return file.stats


def _mode(corpus: CorpusSpec, files: Files) -> Finding:
    """Corpora of hits in texture mode, and of textures in one-shot mode."""
    hits = [file for file in files if _stats(file).last_seconds <= _ONE_SHOT_SECONDS and _stats(file).onsets <= 2]
    held = [file for file in files if _stats(file).seconds > _LONG_SECONDS / 2 and _stats(file).onsets <= 1]
    if len(files) < _FILES_MIN:
        return
    if corpus.mode == "textures" and len(hits) >= _MOST * len(files):
        seconds = max(_stats(file).last_seconds for file in hits)
        yield "one-shots", f"{_share_of_files(hits, files)} silent after {seconds:.1f} s: one-shots?", hits
    if corpus.mode == "one-shots" and len(held) >= _MOST * len(files):
        yield "textures", f"{_share_of_files(held, files)} long sounds without hits: textures?", held


def _share_of_files(some: Files, files: Files) -> str:
    return f"All {len(files)} files are" if len(some) == len(files) else f"{len(some)} of {len(files)} files are"


def _little(_: CorpusSpec, files: Files) -> Finding:
    segments = sum(file.windows for file in files)
    if segments * WINDOW_SECONDS < _LITTLE_SECONDS:
        count = f"{segments} segments" if segments > 1 else "one segment"
        yield "little", f"Very little material: {count}. Add recordings for more variety.", files


def _clipped(_: CorpusSpec, files: Files) -> Finding:
    found = [file for file in files if _stats(file).clipped >= _CLIPPED_MIN]
    if found:
        yield (
            "clipped",
            f"{_names_with_verb(found)} clipped: the loudest parts are cut off, and the model learns that.",
            found,
        )


def _quiet(_: CorpusSpec, files: Files) -> Finding:
    found = [file for file in files if _stats(file).peak_dbfs < _QUIET_DBFS]
    if found:
        yield "quiet", f"{_names_with_verb(found)} very quiet: amplified for training, noise gets louder too.", found


def _silence(_: CorpusSpec, files: Files) -> Finding:
    long = [file for file in files if _stats(file).seconds >= _LONG_SECONDS]
    found = [file for file in long if _stats(file).sounding < 1 - _SILENT_SHARE]
    if found:
        yield (
            "silence",
            f"{_names_with_verb(found)} mostly silence; cut it out, or the model learns mainly silence.",
            found,
        )


def _same(_: CorpusSpec, files: Files) -> Finding:
    by_digest: dict[str, list[SurveyedFile]] = {}
    for file in files:
        by_digest.setdefault(_stats(file).digest, []).append(file)
    for found in by_digest.values():
        if len(found) > 1:
            yield "same", f"{_names_with_verb(found)} the same sound, so it counts {len(found)} times.", found


def _missing(_: CorpusSpec, files: Files) -> Finding:
    found = [file for file in files if _stats(file).missing]
    if len(found) == 1:
        yield "missing", _stats(found[0]).missing, found
    elif found:
        yield "missing", f"{_names_with_verb(found)} incomplete; only the readable part is used.", found


def _channels(_: CorpusSpec, files: Files) -> Finding:
    """Files whose mono signal omits channels, grouped by the reason."""
    by_note: dict[str, list[SurveyedFile]] = {}
    for file in files:
        by_note.setdefault(_stats(file).channels_used, []).append(file)
    for note, found in by_note.items():
        if note:
            yield "channels", f"{_names(found)}: {note}.", found


def _stereo(_: CorpusSpec, files: Files) -> Finding:
    mixed = [file for file in files if _stats(file).channels > 1 and not _stats(file).channels_used]
    for channels in sorted({_stats(file).channels for file in mixed}):
        found = [file for file in mixed if _stats(file).channels == channels]
        yield "stereo", f"{_with_channels(found, channels)}; the mix of all channels is used.", found


def _with_channels(files: Files, channels: int) -> str:
    if channels == 2:
        return f"{_names_with_verb(files)} in stereo"
    return f"{_names(files)} {'has' if len(files) == 1 else 'have'} {channels} channels"


def _names_with_verb(files: Files) -> str:
    """Names of the first two files, the number of others, and the matching verb."""
    return f"{_names(files)} {'is' if len(files) == 1 else 'are'}"


def _names(files: Files) -> str:
    names = [f"“{file.name}”" for file in files[:2]]
    return f"{', '.join(names)} and {len(files) - 2} more" if len(files) > 2 else " and ".join(names)


_FINDERS: tuple[Finder, ...] = (_mode, _little, _same, _missing, _clipped, _channels, _silence, _quiet, _stereo)
