"""Text of the window that does not pass `tr`."""

import ast
import re
from collections.abc import Iterator

from tools.style_check.source import Finding, Source

NOT_SHOWN = {
    "add_argument",
    "compile",
    "critical",
    "debug",
    "exception",
    "fullmatch",
    "getLogger",
    "match",
    "setObjectName",
    "setProperty",
    "setStyleSheet",
    "strftime",
    "tr",
}
"""Calls whose literals are translated already or not shown in the window."""
EXEMPT_FOLDERS = ("distill_app/ui/style/",)
"""Style sheets."""
NAMES = {"Distill", "OpenGL", "FreeType", "PortAudio"}
"""Proper names, equal in every language."""

_TEXT = re.compile(r"[A-Za-z]{2,}[,.:;…”]* [“(]?[A-Za-z]|^[A-Z][a-z]+(…|: ?| )?$")


def find_untranslated(sources: list[Source]) -> Iterator[Finding]:
    """Literals of several words, or of one that begins with a capital letter."""
    for source in sources:
        if source.path.startswith("distill_app/ui/") and not source.path.startswith(EXEMPT_FOLDERS):
            for literal in _literals(source.tree):
                text = str(literal.value)
                if _TEXT.search(text) and text.strip() not in NAMES:
                    yield source.finding(literal.lineno, "translation", f"“{text[:40]}” is not translated; write tr(…)")


def _literals(node: ast.AST) -> Iterator[ast.Constant]:
    match node:
        case ast.Constant(value=str()):
            yield node
        case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.Assert() | ast.Compare() | ast.Subscript():
            return
        case ast.Call(func=ast.Attribute(value=ast.Name(id="logger" | "_log"))):
            return
        case ast.Dict(values=values):  # keys are looked up, not shown
            for value in values:
                yield from _literals(value)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in NOT_SHOWN:
            return
        case ast.arg():
            return
        case ast.AnnAssign(value=value):
            yield from () if value is None else _literals(value)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _literals(child)
