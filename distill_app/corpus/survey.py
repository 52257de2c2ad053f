"""Table of the files of corpora, measured before training. No torch."""

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from distill_app.common.errors import AudioFileError, CorpusError
from distill_app.common.paths import cache_folder
from distill_app.corpus.discovery import FoundFile, Skipped, check_usable, discover_files
from distill_app.corpus.requirements import check_sound
from distill_app.corpus.sound_stats import SoundStats, measure
from distill_app.corpus.stats_cache import StatsCache
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.window import WINDOW_FRAMES
from distill_app.project.corpora import CorpusSpec

WINDOW_SECONDS = WINDOW_FRAMES * DISTILL_MEL.hop / DISTILL_MEL.sample_rate


@dataclass(frozen=True)
class SurveyedFile:
    """A row of the table.

    Args:
        name: shown name.
        path: path of the file.
        corpus: the corpus it belongs to.
        group: its folder within the source, its class; "" for none.
        stats: statistics; None if it cannot be read.
        reason: sentence saying why it cannot be used, else "".
        excluded: whether the user excluded it.
    """

    name: str
    path: Path
    corpus: CorpusSpec
    group: str
    stats: SoundStats | None = None
    reason: str = ""
    excluded: bool = False

    @property
    def included(self) -> bool:
        return self.stats is not None and not self.reason and not self.excluded

    @property
    def windows(self) -> int:
        """Number of training windows: as many as it fills, or one per onset of one-shots; 0 if it is unusable."""
        if self.stats is None or self.reason:
            return 0
        if self.corpus.mode == "one-shots":
            return max(1, self.stats.onsets)
        return max(1, math.ceil((self.stats.last_seconds - self.stats.first_seconds) / WINDOW_SECONDS))


@dataclass(frozen=True)
class GroupTotal:
    """Training material of a group of a corpus, or of the whole corpus (`group` "")."""

    corpus: str
    group: str
    files: int
    seconds: float
    windows: int


@dataclass(frozen=True)
class Survey:
    """All rows of the table, and the skipped files and folders."""

    files: tuple[SurveyedFile, ...]
    skipped: tuple[Skipped, ...]

    def totals(self) -> list[GroupTotal]:
        """Totals of each corpus, followed by those of its groups if it has several."""
        found: list[GroupTotal] = []
        for name in dict.fromkeys(file.corpus.name for file in self.files):
            files = [file for file in self.files if file.corpus.name == name]
            groups = sorted({file.group for file in files})
            found.append(_total(name, "", files))
            if len(groups) > 1:
                found += [_total(name, group, [file for file in files if file.group == group]) for group in groups]
        return found


def _total(corpus: str, group: str, files: Sequence[SurveyedFile]) -> GroupTotal:
    included = [file for file in files if file.included]
    seconds = sum(file.stats.seconds for file in included if file.stats)
    return GroupTotal(corpus, group, len(included), seconds, sum(file.windows for file in included))


@dataclass(frozen=True)
class SurveyProgress:
    """`done` of `total` files are measured; `name` is the current file, `file` its row when it is done."""

    done: int
    total: int
    name: str
    file: SurveyedFile | None = None


def survey(corpora: Sequence[CorpusSpec], cache: Path | None = None) -> Generator[SurveyProgress, None, Survey]:
    """Survey of all files, also excluded ones; yields every ten seconds of sound and after each file.

    Unchanged files are taken from the cache. Closing the generator early keeps what was measured.

    Args:
        cache: folder of the cached statistics.
    """
    store = StatsCache(cache or cache_folder())
    found = discover_files(corpora, missing_raise=False)
    files = [(file, False) for file in found.files] + [(file, True) for file in found.excluded]
    rows: list[SurveyedFile] = []
    try:
        for file, excluded in files:
            for row in _survey_file(file, excluded, store):
                rows += [row] if row else []
                yield SurveyProgress(len(rows), len(files), file.name, row)
    finally:
        store.save()
    return Survey(tuple(sorted(rows, key=lambda row: (row.corpus.name, row.path))), tuple(found.skipped))


def _survey_file(file: FoundFile, excluded: bool, store: StatsCache) -> Iterator[SurveyedFile | None]:
    """None after each block, then the row of the file."""
    row = SurveyedFile(file.name, file.path, file.corpus, _group(file), excluded=excluded)
    try:
        check_usable(file)
        stats = store.find(file.path) or (yield from measure(file.path))
        store.add(file.path, stats)
        row = replace(row, stats=stats)
        check_sound(file.path.name, stats.seconds, 10 ** (stats.peak_dbfs / 20))
    except (AudioFileError, CorpusError) as error:
        row = replace(row, reason=str(error))
    except OSError as error:
        row = replace(row, reason=f"“{file.path.name}” cannot be opened: {error.strerror}.")
    yield row


def _group(file: FoundFile) -> str:
    inside = file.path.relative_to(file.source).parts if file.path != file.source else ()
    return inside[0] if len(inside) > 1 else ""
