"""Words of a private vocabulary in identifiers, docstrings and comments."""

import io
import re
import tokenize
from collections.abc import Iterator

from tools.style_check.source import Finding, Source

BANNED = {
    "hand": "user, event handler, controller or Fake…",
    "hands": "user, event handlers, controllers or Fake…",
    "told": "notified, reported",
    "teller": "reporter, fake",
    "deed": "action",
    "deeds": "actions",
    "standing": "state",
    "desk": "document",
    "kitchen": "renderer",
    "shelf": "cache, registry",
    "shelves": "caches, registries",
    "guest": "stream, client",
    "guests": "streams, clients",
    "keeper": "manager",
    "wish": "request, options",
    "wishes": "requests, options",
}
PHRASES = {
    "the person": "the user",
    "the ear": "the output, the listener",
    "stood in for": "replaced by",
    "standing back": "lower priority",
    "beyond the corpus": "out of range",
    "put aside": "suspended",
    "broken off": "interrupted",
    "put away": "uninstalled",
}
ALLOWED = (
    "by hand",
    "right-hand side",
    "left-hand side",
    "PointingHandCursor",
    "OpenHandCursor",
    "ClosedHandCursor",
    "low shelf",
    "high shelf",
    "low_shelf",
    "high_shelf",
)
"""Plain English, Qt's names and audio terms."""

_ALLOWED = re.compile("|".join(map(re.escape, ALLOWED)), re.IGNORECASE)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_PHRASE = re.compile(rf"\b({'|'.join(PHRASES)})\b", re.IGNORECASE)
_SUSPECT = re.compile("|".join(BANNED | PHRASES), re.IGNORECASE)


def find_banned_words(sources: list[Source]) -> Iterator[Finding]:
    for source in sources:
        if _SUSPECT.search(source.text):
            yield from sorted(set(_check(source)))


def _check(source: Source) -> Iterator[Finding]:
    for line, text in _readable(source):
        text = _ALLOWED.sub("", text)
        for word in _WORD.findall(text):
            if (instead := BANNED.get(word.lower())) is not None:
                yield source.finding(line, "word", f"“{word}” in `{_clip(text, word)}`; better: {instead}")
        for phrase in _PHRASE.findall(text):
            yield source.finding(line, "word", f"“{phrase}”; better: {PHRASES[phrase.lower()]}")


def _readable(source: Source) -> Iterator[tuple[int, str]]:
    """Identifiers, comments and lines of docstrings, each with its line number."""
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type in (tokenize.NAME, tokenize.COMMENT):
            yield token.start[0], token.string
    for text in source.docstrings:
        yield from enumerate(str(text.value).splitlines(), text.lineno)


def _clip(text: str, word: str) -> str:
    start = max(0, text.index(word) - 20)
    return text[start : start + 50].strip()
