"""Lengths of modules and functions of the app."""

import ast
from collections.abc import Iterator
from itertools import islice

from tools.style_check.source import Finding, Source, first_docstring

MODULE_LINES = 250
MEDIAN_LINES = 5
P90_LINES = 12


def find_long_modules(sources: list[Source]) -> Iterator[Finding]:
    for source in sources:
        if source.in_app and len(source.lines) > MODULE_LINES:
            message = f"{len(source.lines)} lines; split it to at most {MODULE_LINES}"
            yield source.finding(MODULE_LINES, "module-length", message)


def find_long_functions(sources: list[Source]) -> Iterator[Finding]:
    """The longest functions where the median or the 90th percentile of all lengths is above its limit."""
    lengths = sorted(_lengths(sources), key=lambda each: each[0], reverse=True)
    if not lengths:
        return
    median, p90 = lengths[len(lengths) // 2][0], lengths[len(lengths) // 10][0]
    if median <= MEDIAN_LINES and p90 <= P90_LINES:
        return
    for length, source, node in islice(lengths, 5):
        message = f"{node.name} has {length} lines; median is {median} (≤ {MEDIAN_LINES}), p90 {p90} (≤ {P90_LINES})"
        yield source.finding(node.lineno, "function-length", message)


def _lengths(sources: list[Source]) -> Iterator[tuple[int, Source, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for source in filter(lambda each: each.in_app, sources):
        for node in source.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield function_length(node), source, node


def function_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    text = first_docstring(node)
    return whole - ((text.end_lineno or text.lineno) - text.lineno + 1 if text is not None else 0)
