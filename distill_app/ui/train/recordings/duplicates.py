"""Messages about files that are added although a sound set has them already."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from distill_app.project.corpora import CorpusSpec
from distill_app.ui.style.format import counted
from distill_app.ui.train.recordings.survey_store import SurveyStore
from distill_app.ui.translation import tr


def already_words(corpora: Sequence[CorpusSpec], surveys: SurveyStore, known: Mapping[Path, str]) -> str:
    """`Already in “Drums”: 12 files.`, "" where nothing is; without a number while the recordings are still read.

    Args:
        known: the paths that are added, each with the corpus that lists it, "" for none.
    """
    listed = set(known.values())
    found = {corpus.name: _files_in(corpus, surveys, known) for corpus in corpora if corpus.kind == "recordings"}
    parts = [_part(name, count) for name, count in found.items() if count or name in listed]
    return f"Already in {'; in '.join(parts)}." if parts else ""


def _part(name: str, count: int) -> str:
    return f"“{name}”: {counted(count, tr('{count} file'), tr('{count} files'))}" if count else f"“{name}”"


def _files_in(corpus: CorpusSpec, surveys: SurveyStore, paths: Collection[Path]) -> int:
    """Number of files of the corpus that are among the paths or in one of them; 0 while that is not known."""
    if surveys.busy:
        return 0
    return sum(any(around in paths for around in (row.path, *row.path.parents)) for row in surveys.rows(corpus))
