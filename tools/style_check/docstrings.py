"""Docstrings whose first line does not stand alone."""

import ast
from collections.abc import Iterator

from tools.style_check.source import Finding, Source

LEANING = ("The same", "Of ", "See ", "What ", "Silently", "As ", "How ", "Where ")
_ENDINGS = (".", "!", "?", ":", "…", ")", "`")


def find_leaning_docstrings(sources: list[Source]) -> Iterator[Finding]:
    return (finding for source in sources for text in source.docstrings for finding in _check(source, text))


def _check(source: Source, text: ast.Constant) -> Iterator[Finding]:
    lines = str(text.value).strip().splitlines() or [""]
    first = lines[0].strip()
    opening = next((each for each in LEANING if first.startswith(each)), None)
    if opening is not None:
        message = f"“{first[:50]}” begins with “{opening.strip()}”; say what it returns or does"
        yield source.finding(text.lineno, "docstring", message)
    if not " ".join(_first_paragraph(lines)).endswith(_ENDINGS):
        yield source.finding(text.lineno, "docstring", f"“{first[:50]}” ends without punctuation; end the sentence")


def _first_paragraph(lines: list[str]) -> list[str]:
    end = next((index for index, line in enumerate(lines) if not line.strip()), len(lines))
    return [line.strip() for line in lines[:end]]
