"""Names that two things share."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.style_check.source import Finding, Source


def find_shared_class_names(sources: list[Source]) -> Iterator[Finding]:
    """Public classes of the app that have the name of another one."""
    places: dict[str, list[tuple[Source, int]]] = defaultdict(list)
    for source in filter(lambda each: each.in_app, sources):
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append((source, node.lineno))
    for name, found in places.items():
        for source, line in found[1:]:
            message = f"class {name} also exists in {found[0][0].path}; name each after what tells them apart"
            yield source.finding(line, "same-class", message)


def find_shared_module_names(sources: list[Source]) -> Iterator[Finding]:
    """Modules of the app named like a sub-package or another module of their folder, in the plural or the singular."""
    entries: dict[PurePosixPath, dict[str, str]] = defaultdict(dict)
    for source in sources:
        if not source.in_app or source.path.startswith("distill_app/__"):
            continue
        path = PurePosixPath(source.path)
        own = path.parent if path.name == "__init__.py" else path
        stem = own.stem.removesuffix("s")
        other = entries[own.parent].setdefault(stem, own.name)
        if other != own.name:
            yield source.finding(1, "same-module", f"{own.name} and {other} lie in one folder; rename or merge one")
