"""Corpora as a table, file by file, before anything is learned from them. No torch."""

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from distill_app.common.errors import AudioFileError, CorpusError
from distill_app.common.paths import cache_folder
from distill_app.corpus.discovery import FoundFile, Skipped, check_usable, found_files
from distill_app.corpus.requirements import check_sound
from distill_app.corpus.sound_stats import SoundStats, measured
from distill_app.corpus.stats_cache import StatsCache
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.window import WINDOW_FRAMES
from distill_app.project.corpora import CorpusSpec

WINDOW_SECONDS = WINDOW_FRAMES * DISTILL_MEL.hop / DISTILL_MEL.sample_rate


@dataclass(frozen=True)
class SurveyedFile:
    """A row of the table.

    Args:
        name: what it is told by.
        path: where it is.
        corpus: the one that it belongs to.
        group: the folder within the source that it lies in, its class; "" for none.
        facts: what was measured; None where it cannot be read.
        reason: a sentence where nothing can be learned from it, else "".
        excluded: by the person.
    """

    name: str
    path: Path
    corpus: CorpusSpec
    group: str
    facts: SoundStats | None = None
    reason: str = ""
    excluded: bool = False

    @property
    def learned(self) -> bool:
        return self.facts is not None and not self.reason and not self.excluded

    @property
    def windows(self) -> int:
        """That it fills, or that begin with its sounds; 0 where nothing is learned from it."""
        if self.facts is None or self.reason:
            return 0
        if self.corpus.mode == "one-shots":
            return max(1, self.facts.onsets)
        return max(1, math.ceil((self.facts.last_seconds - self.facts.first_seconds) / WINDOW_SECONDS))


@dataclass(frozen=True)
class Total:
    """What is learned from of a group of a corpus, or ("" for the group) of all of it."""

    corpus: str
    group: str
    files: int
    seconds: float
    windows: int


@dataclass(frozen=True)
class Survey:
    """The whole table, and what is not looked into."""

    files: tuple[SurveyedFile, ...]
    skipped: tuple[Skipped, ...]

    def totals(self) -> list[Total]:
        """Of each corpus, followed by its groups where it has several."""
        found: list[Total] = []
        for name in dict.fromkeys(file.corpus.name for file in self.files):
            files = [file for file in self.files if file.corpus.name == name]
            groups = sorted({file.group for file in files})
            found.append(_total(name, "", files))
            if len(groups) > 1:
                found += [_total(name, group, [file for file in files if file.group == group]) for group in groups]
        return found


def _total(corpus: str, group: str, files: Sequence[SurveyedFile]) -> Total:
    learned = [file for file in files if file.learned]
    seconds = sum(file.facts.seconds for file in learned if file.facts)
    return Total(corpus, group, len(learned), seconds, sum(file.windows for file in learned))


@dataclass(frozen=True)
class SurveyProgress:
    """`done` of `total` files are measured; `name` is the one at work, `file` its row once it is done."""

    done: int
    total: int
    name: str
    file: SurveyedFile | None = None


def survey(corpora: Sequence[CorpusSpec], cache: Path | None = None) -> Generator[SurveyProgress, None, Survey]:
    """Reads every file, excluded ones too: yields every ten seconds of sound and after each file.

    A file that was measured before and has not changed is not read again. Closing it early keeps what was measured.

    Args:
        cache: folder where the measures are kept.
    """
    store = StatsCache(cache or cache_folder())
    found = found_files(corpora, missing_raise=False)
    files = [(file, False) for file in found.files] + [(file, True) for file in found.excluded]
    rows: list[SurveyedFile] = []
    try:
        for file, excluded in files:
            for row in _rows(file, excluded, store):
                rows += [row] if row else []
                yield SurveyProgress(len(rows), len(files), file.name, row)
    finally:
        store.save()
    return Survey(tuple(sorted(rows, key=lambda row: (row.corpus.name, row.path))), tuple(found.skipped))


def _rows(file: FoundFile, excluded: bool, store: StatsCache) -> Iterator[SurveyedFile | None]:
    """None after each block, then the row."""
    row = SurveyedFile(file.name, file.path, file.corpus, _group(file), excluded=excluded)
    try:
        check_usable(file)
        facts = store.find(file.path) or (yield from measured(file.path))
        store.add(file.path, facts)
        row = replace(row, facts=facts)
        check_sound(file.path.name, facts.seconds, 10 ** (facts.peak_dbfs / 20))
    except (AudioFileError, CorpusError) as error:
        row = replace(row, reason=str(error))
    except OSError as error:
        row = replace(row, reason=f"“{file.path.name}” cannot be opened: {error.strerror}.")
    yield row


def _group(file: FoundFile) -> str:
    inside = file.path.relative_to(file.source).parts if file.path != file.source else ()
    return inside[0] if len(inside) > 1 else ""
