"""Changes that the user makes to a project, as pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from distill_app.project.corpora import CorpusSpec
from distill_app.project.json_values import absolute
from distill_app.project.project import Project, unique_name
from distill_app.ui.train.project.sound_sets import NewSet, outermost
from distill_app.ui.translation import tr


def with_recordings(project: Project, paths: Sequence[Path], name: str) -> Project:
    """Adds files and folders to a sound set; a folder replaces sources within it."""
    corpus = project.corpus(name)
    return project.with_corpus(replace(corpus, sources=outermost([*corpus.sources, *paths])), name)


def with_new_sets(project: Project, sets: Iterable[NewSet]) -> Project:
    """Adds sound sets, with a number after a name that is taken."""
    for each in sets:
        free = unique_name(each.name, [corpus.name for corpus in project.corpora])
        project = project.with_corpus(CorpusSpec(free, each.sources))
    return project


def without_corpus(project: Project, name: str) -> Project:
    return replace(project, corpora=tuple(corpus for corpus in project.corpora if corpus.name != name))


def without_sources(project: Project, name: str, gone: Iterable[Path]) -> Project:
    """Removes sources and the exclusions within them; removes a sound set that has no sources left."""
    corpus, removed = project.corpus(name), set(gone)
    sources = tuple(source for source in corpus.sources if source not in removed)
    if not sources:
        return without_corpus(project, name)
    excluded = frozenset(path for path in corpus.excluded if removed.isdisjoint((path, *path.parents)))
    return project.with_corpus(replace(corpus, sources=sources, excluded=excluded), name)


def without_files(project: Project, name: str, files: Sequence[Path], all_files: Iterable[Path]) -> Project:
    """Removes files that are sources themselves and excludes files that lie within a source folder.

    Args:
        all_files: all files of the sound set.
    """
    corpus = project.corpus(name)
    single = [file for file in files if file in corpus.sources]
    within = [file for file in files if file not in single]
    rest = project.with_corpus(with_files(corpus, within, False, all_files), name) if within else project
    return without_sources(rest, name, single)


def with_files(corpus: CorpusSpec, files: Iterable[Path], included: bool, all_files: Iterable[Path]) -> CorpusSpec:
    """Includes or excludes files; the other files of an excluded folder are then excluded one by one.

    Args:
        all_files: all files of the sound set.
    """
    chosen = frozenset(map(absolute, files))
    if not included:
        return replace(corpus, excluded=corpus.excluded | chosen)
    folders = corpus.excluded & {folder for file in chosen for folder in file.parents}
    others = {file for file in map(absolute, all_files) if not folders.isdisjoint(file.parents)} if folders else set()
    return replace(corpus, excluded=(corpus.excluded - folders | others) - chosen)


def is_on(corpus: CorpusSpec) -> bool:
    """Whether any source of the sound set is not excluded."""
    return any(not corpus.excludes(source) for source in corpus.sources)


def with_corpus_on(project: Project, name: str, on: bool) -> Project:
    """Switches a whole sound set on or off and keeps the exclusions of single files."""
    corpus = project.corpus(name)
    sources = frozenset(map(absolute, corpus.sources))
    excluded = corpus.excluded - sources if on else corpus.excluded | sources
    return project.with_corpus(replace(corpus, excluded=excluded), name)


def takes_name() -> str:
    """Default name of the sound set of takes."""
    return tr("Takes")


def included_takes(project: Project) -> frozenset[Path]:
    """Takes that are trained on."""
    return frozenset(source for corpus in project.corpora if corpus.kind == "takes" for source in corpus.sources)


def with_take_included(project: Project, take: Path, included: bool) -> Project:
    """Adds a take to the sound set of takes, or removes it from there."""
    corpus = next((each for each in project.corpora if each.kind == "takes"), None)
    if corpus is not None:
        sources = [source for source in corpus.sources if source != take] + [take] * included
        if not sources:
            return without_corpus(project, corpus.name)
        return project.with_corpus(replace(corpus, sources=tuple(sources)), corpus.name)
    if not included:
        return project
    name = unique_name(takes_name(), [each.name for each in project.corpora])
    return project.with_corpus(CorpusSpec(name, (take,), kind="takes"))


def without_take(project: Project, take: Path) -> Project:
    excluded = with_take_included(project, take, False)
    return replace(excluded, takes=tuple(each for each in excluded.takes if each.file != take))


def without_model(project: Project, file: Path) -> Project:
    """Removes a model from the list and keeps its file."""
    return replace(project, models=tuple(model for model in project.models if model.file != file))
