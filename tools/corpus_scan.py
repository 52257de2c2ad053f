"""Scan of recordings in one call, for tools and tests."""

from pathlib import Path

from distill_app.common.generators import drain
from distill_app.corpus.corpus import Corpus
from distill_app.corpus.scan import scan_files
from distill_app.project.corpora import CorpusSpec


def scan_corpus(*sources: Path) -> Corpus:
    """Corpus of files and folders with their subfolders. Raises CorpusError if no usable recording is left."""
    return drain(scan_files([CorpusSpec.of(*sources)]))
