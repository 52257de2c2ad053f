"""What a person might want to know of their corpora before they learn from them. No torch."""

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
        topic: what it is about; "one-shots" and "textures" name the mode that may fit better.
        files: that it speaks of.
    """

    corpus: str
    topic: Topic
    sentence: str
    files: tuple[Path, ...] = ()


Files = Sequence[SurveyedFile]
Finding = Iterator[tuple[Topic, str, Files]]
Finder = Callable[[CorpusSpec, Files], Finding]


def hints(survey: Survey) -> list[Hint]:
    """The most helpful first."""
    found: list[Hint] = []
    for corpus in dict.fromkeys(file.corpus for file in survey.files):
        files = [file for file in survey.files if file.corpus == corpus and file.learned]
        for find in _FINDERS if files else ():
            for topic, sentence, about in find(corpus, files):
                found.append(Hint(corpus.name, topic, sentence, tuple(file.path for file in about)))
    return found


def _facts(file: SurveyedFile) -> SoundStats:
    assert file.facts is not None  # as of every file that is learned from
    return file.facts


def _mode(corpus: CorpusSpec, files: Files) -> Finding:
    """Hits that are learned from as textures, and the other way round."""
    hits = [file for file in files if _facts(file).last_seconds <= _ONE_SHOT_SECONDS and _facts(file).onsets <= 2]
    held = [file for file in files if _facts(file).seconds > _LONG_SECONDS / 2 and _facts(file).onsets <= 1]
    if len(files) < _FILES_MIN:
        return
    if corpus.mode == "textures" and len(hits) >= _MOST * len(files):
        seconds = max(_facts(file).last_seconds for file in hits)
        yield "one-shots", f"{_of(hits, files)} silent after {seconds:.1f} s: one-shots?", hits
    if corpus.mode == "one-shots" and len(held) >= _MOST * len(files):
        yield "textures", f"{_of(held, files)} long sounds without hits: textures?", held


def _of(some: Files, files: Files) -> str:
    return f"All {len(files)} files are" if len(some) == len(files) else f"{len(some)} of {len(files)} files are"


def _little(_: CorpusSpec, files: Files) -> Finding:
    windows = sum(file.windows for file in files)
    if windows * WINDOW_SECONDS < _LITTLE_SECONDS:
        count = f"{windows} windows" if windows > 1 else "one window"
        yield "little", f"This is very little to learn from: {count}. Add recordings for more variety.", files


def _clipped(_: CorpusSpec, files: Files) -> Finding:
    found = [file for file in files if _facts(file).clipped >= _CLIPPED_MIN]
    if found:
        yield "clipped", f"{_named(found)} clipped: what is loudest is cut off, and will be learned so.", found


def _quiet(_: CorpusSpec, files: Files) -> Finding:
    found = [file for file in files if _facts(file).peak_dbfs < _QUIET_DBFS]
    if found:
        yield "quiet", f"{_named(found)} very quiet: made louder for learning, noise gets louder too.", found


def _silence(_: CorpusSpec, files: Files) -> Finding:
    long = [file for file in files if _facts(file).seconds >= _LONG_SECONDS]
    found = [file for file in long if _facts(file).sounding < 1 - _SILENT_SHARE]
    if found:
        yield "silence", f"{_named(found)} mostly silence; cut it out, or silence is what is learned most.", found


def _same(_: CorpusSpec, files: Files) -> Finding:
    by_digest: dict[str, list[SurveyedFile]] = {}
    for file in files:
        by_digest.setdefault(_facts(file).digest, []).append(file)
    for found in by_digest.values():
        if len(found) > 1:
            yield "same", f"{_named(found)} the same sound, which so counts {len(found)} times.", found


def _missing(_: CorpusSpec, files: Files) -> Finding:
    found = [file for file in files if _facts(file).missing]
    if len(found) == 1:
        yield "missing", _facts(found[0]).missing, found
    elif found:
        yield "missing", f"{_named(found)} not whole; what there is of them is used.", found


def _channels(_: CorpusSpec, files: Files) -> Finding:
    """Files of which not all channels are learned from, by what is used of them."""
    by_note: dict[str, list[SurveyedFile]] = {}
    for file in files:
        by_note.setdefault(_facts(file).channels_used, []).append(file)
    for note, found in by_note.items():
        if note:
            yield "channels", f"{_names(found)}: {note}.", found


def _stereo(_: CorpusSpec, files: Files) -> Finding:
    mixed = [file for file in files if _facts(file).channels > 1 and not _facts(file).channels_used]
    for channels in sorted({_facts(file).channels for file in mixed}):
        found = [file for file in mixed if _facts(file).channels == channels]
        yield "stereo", f"{_with_channels(found, channels)}; what is learned is the mix of the channels.", found


def _with_channels(files: Files, channels: int) -> str:
    if channels == 2:
        return f"{_named(files)} in stereo"
    return f"{_names(files)} {'has' if len(files) == 1 else 'have'} {channels} channels"


def _named(files: Files) -> str:
    """The first two, and how many more, with their verb."""
    return f"{_names(files)} {'is' if len(files) == 1 else 'are'}"


def _names(files: Files) -> str:
    names = [f"“{file.name}”" for file in files[:2]]
    return f"{', '.join(names)} and {len(files) - 2} more" if len(files) > 2 else " and ".join(names)


_FINDERS: tuple[Finder, ...] = (_mode, _little, _same, _missing, _clipped, _channels, _silence, _quiet, _stereo)
