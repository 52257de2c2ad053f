"""Circles of imports between the modules of the app."""

import ast
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from tools.style_check.source import Finding, Source

_TOP = "distill_app"

Graph: TypeAlias = dict[str, dict[str, int]]


def find_circles(sources: list[Source]) -> Iterator[Finding]:
    """One finding for each circle. Imports in functions and for type checking count."""
    by_module = {source.module: source for source in sources if source.in_app or source.module == _TOP}
    graph = {module: dict(_imports(source, by_module)) for module, source in by_module.items()}
    for members in _circles(graph):
        first = min(members)
        line = next(line for target, line in graph[first].items() if target in members)
        message = f"circle of imports: {' ↔ '.join(sorted(members))}; move what both need to a third module"
        yield by_module[first].finding(line, "circle", message)


def _imports(source: Source, modules: Iterable[str]) -> Iterator[tuple[str, int]]:
    for node in source.nodes:
        for target in _targets(node):
            known = target if target in modules else target.rpartition(".")[0]
            if known in modules and known != source.module:
                yield known, getattr(node, "lineno", 1)


def _targets(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def _circles(graph: Graph) -> list[set[str]]:
    """Strongly connected components of at least two modules."""
    reachable = {module: _reachable(graph, module) for module in graph}
    circles: list[set[str]] = []
    for module in graph:
        if module in reachable[module] and not any(module in circle for circle in circles):
            circles.append({other for other in reachable[module] if module in reachable[other]})
    return circles


def _reachable(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        fresh = graph[waiting.pop()].keys() - seen
        seen |= fresh
        waiting += fresh
    return seen
