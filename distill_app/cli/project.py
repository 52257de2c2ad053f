"""`distill project`: corpora, models and takes that belong together."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from distill_app.cli.arguments import Commands, add_command, add_json
from distill_app.cli.corpus_args import add_selection, parse_named_corpus, require_project
from distill_app.cli.report import Report, note, table
from distill_app.common.errors import ProjectError
from distill_app.project.corpora import CorpusSpec
from distill_app.project.project import Project, missing_sources, relocate
from distill_app.project.serialization import project_to_dict
from distill_app.project.storage import ProjectFile, create_project, read_project


def add_to(commands: Commands) -> None:
    more = "A project is a folder NAME.distillproject; `distill train --project NAME` learns from it."
    parser = add_command(commands, "project", run_show, "keep corpora, models and takes together", more)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True, help="what to do")
    new = _add(actions, "new", run_new, "make a project")
    new.add_argument("--name", default="", metavar="TITLE", help="its title (default: the folder's name)")
    _add(actions, "show", run_show, "list what is in it, and what is missing")
    _add_add(actions)
    remove = _add(actions, "remove", run_remove, "remove a corpus; its recordings stay where they are")
    remove.add_argument("name", metavar="CORPUS", help="its name")
    moved = _add(actions, "moved", run_moved, "set the new place of missing recordings")
    moved.add_argument("old", type=Path, metavar="OLD", help="the file or folder where it was")
    moved.add_argument("new", type=Path, metavar="NEW", help="where it is now")


def _add(actions: Commands, name: str, run: Any, words: str) -> argparse.ArgumentParser:
    parser = add_command(actions, name, run, words)
    parser.add_argument("project", type=Path, metavar="PROJECT", help="its folder, with or without .distillproject")
    add_json(parser)
    return parser


def _add_add(actions: Commands) -> None:
    parser = _add(actions, "add", run_add, "learn from a corpus more")
    parser.add_argument("sources", type=Path, nargs="+", metavar="FOLDER", help="files and folders")
    parser.add_argument("--name", default="", metavar="CORPUS", help="its name (default: the first folder's)")
    parser.add_argument("--as-takes", action="store_true", help="they are sounds that Distill made")
    add_selection(parser)


def run_new(options: argparse.Namespace) -> Report:
    folder = create_project(options.project, options.name)
    return _report(folder, read_project(folder).project, f"Made {folder}.")


def run_show(options: argparse.Namespace) -> Report:
    folder = require_project(options.project)
    reading = read_project(folder)
    for reason in reading.reasons:
        note(f"Not read: {reason}.")
    return _report(folder, reading.project, _text(reading.project))


def run_add(options: argparse.Namespace) -> Report:
    with _open_for_change(options) as opened:
        corpus = parse_named_corpus(options, [each.name for each in opened.project.corpora])
        opened.save(opened.project.with_corpus(corpus))
        return _report(opened.folder, opened.project, f"Added “{corpus.name}”.")


def run_remove(options: argparse.Namespace) -> Report:
    with _open_for_change(options) as opened:
        removed = opened.project.corpus(options.name)
        left = tuple(corpus for corpus in opened.project.corpora if corpus != removed)
        opened.save(replace(opened.project, corpora=left))
        return _report(opened.folder, opened.project, f"Removed “{removed.name}”.")


def run_moved(options: argparse.Namespace) -> Report:
    with _open_for_change(options) as opened:
        opened.save(relocate(opened.project, options.old, options.new))
        missing = len(missing_sources(opened.project))
        left = f"; {missing} more are missing" if missing else ""
        return _report(opened.folder, opened.project, f"Looked for at {options.new} from now on{left}.")


def _open_for_change(options: argparse.Namespace) -> ProjectFile:
    """Project opened for changes. Raises ProjectError if it is read-only."""
    opened = ProjectFile(require_project(options.project))
    if opened.read_only:
        opened.close()
        raise ProjectError(opened.read_only)
    if opened.trouble:
        note(opened.trouble)
    return opened


def _report(folder: Path, project: Project, text: str) -> Report:
    missing = [str(path) for path in missing_sources(project)]
    return Report({"folder": str(folder), "missing": missing} | project_to_dict(project, folder), text)


def _text(project: Project) -> str:
    corpora = [_corpus_row(corpus) for corpus in project.corpora]
    models = [("model", model.file.stem, ", ".join(model.corpora), str(model.file)) for model in project.models]
    takes = [("take", take.file.stem, take.model.stem if take.model else "", str(take.file)) for take in project.takes]
    missing = "".join(f"\nMissing: {path}" for path in missing_sources(project))
    return table([("KIND", "NAME", "OF", "WHERE"), *corpora, *models, *takes]) + missing


def _corpus_row(corpus: CorpusSpec) -> tuple[str, ...]:
    off = f", {len(corpus.excluded)} excluded" if corpus.excluded else ""
    return corpus.kind, corpus.name, corpus.mode + off, ", ".join(map(str, corpus.sources))
