"""Messages about added files that are in a sound set already."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from distill_app.project.corpora import CorpusSpec
from distill_app.ui.style.format import counted
from distill_app.ui.train.recordings.survey_store import SurveyStore
from distill_app.ui.translation import tr


def duplicates_sentence(corpora: Sequence[CorpusSpec], surveys: SurveyStore, known: Mapping[Path, str]) -> str:
    """`Already in “Drums”: 12 files.`, "" for no duplicates; without a number while recordings are being read.

    Args:
        known: added paths, each with the name of the sound set that contains it, "" for none.
    """
    containing = set(known.values())
    counts = {corpus.name: _count_files(corpus, surveys, known) for corpus in corpora if corpus.kind == "recordings"}
    parts = [_part(name, count) for name, count in counts.items() if count or name in containing]
    return tr("Already in {sets}.").format(sets=tr("; in ").join(parts)) if parts else ""


def _part(name: str, count: int) -> str:
    return f"“{name}”: {counted(count, tr('{count} file'), tr('{count} files'))}" if count else f"“{name}”"


def _count_files(corpus: CorpusSpec, surveys: SurveyStore, paths: Collection[Path]) -> int:
    """Number of files of the sound set that are among the paths or within one of them; 0 while unknown."""
    if surveys.busy:
        return 0
    return sum(any(parent in paths for parent in (row.path, *row.path.parents)) for row in surveys.rows(corpus))
