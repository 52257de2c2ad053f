"""Selection of the tests that need no torch, from what their files import; no list is kept by hand."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.paths import ROOT

PACKAGES = ("distill_app", "tests", "tools")
HEAVY = {"torch", "torchaudio", "onnxruntime", "scipy"}
STARTS_PROGRAMS = "sys.executable"
"""Text of a test file that starts Distill in a process of its own."""
HEAVY_FIXTURES = {"tiny_model"}


def is_torch_free(path: Path) -> bool:
    """Whether a test file neither imports torch, directly or by another module, nor starts Distill."""
    text = path.read_text("utf-8")
    if STARTS_PROGRAMS in text:
        return False
    return not any(_is_heavy(name) for name in _imports(ast.parse(text), everywhere=True))


def _is_heavy(module: str) -> bool:
    return bool(_closure(module) & HEAVY)


@cache
def _closure(module: str) -> frozenset[str]:
    """Modules that importing `module` loads: its own ones, and the top names of others."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        waiting += _direct_imports(name)
    return frozenset(found)


@cache
def _direct_imports(module: str) -> tuple[str, ...]:
    base = ROOT.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return tuple(_imports(ast.parse(path.read_text("utf-8")), everywhere=False))
    return ()


def _imports(tree: ast.Module, everywhere: bool) -> Iterator[str]:
    """Imported modules; those inside functions only where `everywhere`, never those for type checkers."""
    for node in ast.iter_child_nodes(tree):
        yield from _imports_of(node, everywhere)


def _imports_of(node: ast.AST, everywhere: bool) -> Iterator[str]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield from _names(alias.name)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from _names(node.module)
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.FunctionDef) and not everywhere:
        return
    elif not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)):
        for child in ast.iter_child_nodes(node):
            yield from _imports_of(child, everywhere)


def _names(module: str) -> Iterator[str]:
    """Packages of a module and itself, as they are imported; of others the top name."""
    parts = module.split(".")
    if parts[0] not in PACKAGES:
        yield parts[0]
        return
    for count in range(1, len(parts) + 1):
        yield ".".join(parts[:count])
