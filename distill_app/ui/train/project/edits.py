"""What the hand changes in a project, as functions from one project to the next."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from distill_app.project.corpora import CorpusSpec
from distill_app.project.json_values import absolute
from distill_app.project.project import Project, unique_name
from distill_app.ui.train.project.sound_sets import NewSet, outermost

TAKES = "Takes"
"""The name of the corpus that chosen takes are learned from in."""


def with_recordings(project: Project, paths: Sequence[Path], name: str) -> Project:
    """Files and folders more in the corpus `name`; a folder takes the place of what was chosen in it before."""
    corpus = project.corpus(name)
    return project.with_corpus(replace(corpus, sources=outermost([*corpus.sources, *paths])), name)


def with_new_sets(project: Project, sets: Iterable[NewSet]) -> Project:
    """New corpora of these names, or with a number where a name is taken."""
    for each in sets:
        free = unique_name(each.name, [corpus.name for corpus in project.corpora])
        project = project.with_corpus(CorpusSpec(free, each.sources))
    return project


def without_corpus(project: Project, name: str) -> Project:
    return replace(project, corpora=tuple(corpus for corpus in project.corpora if corpus.name != name))


def without_sources(project: Project, name: str, gone: Iterable[Path]) -> Project:
    """The corpus without these sources and what was said of files in them; without any left it goes, too."""
    corpus, lost = project.corpus(name), set(gone)
    sources = tuple(source for source in corpus.sources if source not in lost)
    if not sources:
        return without_corpus(project, name)
    excluded = frozenset(path for path in corpus.excluded if lost.isdisjoint((path, *path.parents)))
    return project.with_corpus(replace(corpus, sources=sources, excluded=excluded), name)


def without_files(project: Project, name: str, files: Sequence[Path], all_files: Iterable[Path]) -> Project:
    """The corpus without these files: what was added by itself goes, what lies in a folder of it is left out.

    Args:
        all_files: of the corpus.
    """
    corpus = project.corpus(name)
    single = [file for file in files if file in corpus.sources]
    within = [file for file in files if file not in single]
    rest = project.with_corpus(with_files(corpus, within, False, all_files), name) if within else project
    return without_sources(rest, name, single)


def with_files(corpus: CorpusSpec, files: Iterable[Path], wanted: bool, all_files: Iterable[Path]) -> CorpusSpec:
    """These files learned from or not; where a whole folder was left out, the others in it stay so one by one.

    Args:
        all_files: of the corpus.
    """
    chosen = frozenset(map(absolute, files))
    if not wanted:
        return replace(corpus, excluded=corpus.excluded | chosen)
    around = {folder for file in chosen for folder in file.parents}
    wider = corpus.excluded & around
    others = set() if not wider else {file for file in map(absolute, all_files) if not wider.isdisjoint(file.parents)}
    return replace(corpus, excluded=(corpus.excluded - wider | others) - chosen)


def is_on(corpus: CorpusSpec) -> bool:
    """Whether anything in it is learned from, as far as its sources tell."""
    return any(not corpus.excludes(source) for source in corpus.sources)


def with_corpus_on(project: Project, name: str, wanted: bool) -> Project:
    """The whole corpus learned from or not; what was chosen file by file is kept for when it comes back."""
    corpus = project.corpus(name)
    sources = frozenset(map(absolute, corpus.sources))
    excluded = corpus.excluded - sources if wanted else corpus.excluded | sources
    return project.with_corpus(replace(corpus, excluded=excluded), name)


def learned_takes(project: Project) -> frozenset[Path]:
    """The takes that are fed back."""
    return frozenset(source for corpus in project.corpora if corpus.kind == "takes" for source in corpus.sources)


def with_take_learned(project: Project, take: Path, wanted: bool) -> Project:
    """A take in the marked corpus that takes are learned from in, or no more."""
    corpus = next((each for each in project.corpora if each.kind == "takes"), None)
    if corpus is not None:
        sources = [source for source in corpus.sources if source != take] + [take] * wanted
        if not sources:
            return without_corpus(project, corpus.name)
        return project.with_corpus(replace(corpus, sources=tuple(sources)), corpus.name)
    if not wanted:
        return project
    name = unique_name(TAKES, [each.name for each in project.corpora])
    return project.with_corpus(CorpusSpec(name, (take,), kind="takes"))


def without_take(project: Project, take: Path) -> Project:
    unlearned = with_take_learned(project, take, False)
    return replace(unlearned, takes=tuple(each for each in unlearned.takes if each.file != take))


def without_model(project: Project, file: Path) -> Project:
    """Out of the list; the file stays."""
    return replace(project, models=tuple(model for model in project.models if model.file != file))
