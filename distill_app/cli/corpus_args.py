"""Arguments that select recordings: files and folders, or a file that lists corpora."""

import argparse
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from distill_app.cli.arguments import Group
from distill_app.cli.report import WrongUseError
from distill_app.common.atomic_io import shorten
from distill_app.project.corpora import CorpusSpec, Kind, Mode, read_corpora
from distill_app.project.json_values import absolute
from distill_app.project.paths import FILE, is_project, project_folder
from distill_app.project.project import is_there, unique_name


def add_corpora(parser: argparse.ArgumentParser) -> None:
    recordings = "your recordings: WAV, FLAC, OGG, MP3 or AIFF files of 10 ms or longer, or folders of them"
    parser.add_argument("sources", type=Path, nargs="*", metavar="FOLDER", help=recordings)
    add_selection(parser)
    add_other_sources(parser)


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add the options that select recordings and the way of learning from them."""
    one_shots = "learn the moments in which sounds begin, as of drums; else any moment, as of textures"
    parser.add_argument("--one-shots", action="store_true", help=one_shots)
    add_exclude(parser)


def add_other_sources(parser: Group) -> None:
    """Add the options for takes, and for a file that lists corpora."""
    takes = "sounds that Distill made and that are to be learned from as well; once for each folder or file"
    parser.add_argument("--takes", type=Path, action="append", default=[], metavar="FOLDER", help=takes)
    corpora = "instead of folders: a project, or a JSON file that lists corpora (docs/projects.md)"
    parser.add_argument("--corpora", type=Path, metavar="FILE", help=corpora)


def add_exclude(parser: Group) -> None:
    exclude = "a file or folder among them that is not learned from; once for each"
    parser.add_argument("--exclude", type=Path, action="append", default=[], metavar="FILE", help=exclude)


def parse_corpora(options: argparse.Namespace) -> tuple[CorpusSpec, ...]:
    """Corpora of the options. Raises WrongUseError unless they are given in one way, ProjectError for a bad file."""
    plain = [*options.sources, *options.takes]
    if options.corpora is None and not plain:
        raise WrongUseError("Give folders of recordings, or --corpora FILE.")
    if options.corpora is None:
        return _corpora_from_folders(options)
    if plain or options.one_shots or options.exclude:
        raise WrongUseError("With --corpora the file says all about the recordings; give no folders beside it.")
    return read_corpora(options.corpora / FILE if is_project(options.corpora) else options.corpora)


def _corpora_from_folders(options: argparse.Namespace) -> tuple[CorpusSpec, ...]:
    found = []
    if options.sources:
        found.append(_corpus(options, options.sources, "recordings"))
    if options.takes:
        found.append(_corpus(options, options.takes, "takes"))
    return tuple(found)


def _corpus(options: argparse.Namespace, sources: Sequence[Path], kind: Kind) -> CorpusSpec:
    mode: Mode = "one-shots" if options.one_shots else "textures"
    for excluded in options.exclude:
        if not is_there(excluded):
            raise WrongUseError(f"There is no “{excluded}” to exclude; give its path as seen from the current folder.")
    return CorpusSpec.of(*map(absolute, sources), mode=mode, excluded=options.exclude, kind=kind)


def parse_named_corpus(options: argparse.Namespace, taken: Collection[str]) -> CorpusSpec:
    """Corpus of the given folders, with the given name or a unique one."""
    corpus = _corpus(options, options.sources, "takes" if options.as_takes else "recordings")
    return replace(corpus, name=options.name or unique_name(corpus.name, taken))


def require_project(path: Path) -> Path:
    """Folder of an existing project. Raises WrongUseError if there is none."""
    folder = project_folder(path)
    if not is_project(folder):
        raise WrongUseError(f"There is no project “{shorten(str(path))}”; `distill project new` makes one.")
    return folder
