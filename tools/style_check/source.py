"""Python files with their syntax trees, and findings about them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("distill_app", "tests", "tools")

Definition: TypeAlias = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
DEFINITIONS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class Source:
    path: str
    text: str = field(repr=False)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    @property
    def in_app(self) -> bool:
        return self.path.startswith("distill_app/")

    @cached_property
    def docstrings(self) -> list[ast.Constant]:
        """Docstrings of the module, its classes and functions, and the strings below attributes."""
        return [text for node in self.nodes if isinstance(node, DEFINITIONS) for text in _strings_among(node)]

    def finding(self, line: int, rule: str, message: str) -> Finding:
        return Finding(self.path, line, rule, " ".join(message.split()))


def read_sources(root: Path = ROOT) -> list[Source]:
    paths = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*.py"))]
    return [Source(path.relative_to(root).as_posix(), path.read_text("utf-8")) for path in paths]


def first_docstring(node: Definition) -> ast.Constant | None:
    return _string_of(node.body[0]) if node.body else None


def _strings_among(node: Definition) -> Iterator[ast.Constant]:
    return (text for statement in node.body if (text := _string_of(statement)) is not None)


def _string_of(statement: ast.stmt) -> ast.Constant | None:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return statement.value if isinstance(statement.value.value, str) else None
    return None
