"""What is learned from: corpora that the person has put together, and the file that names them. No torch, no Qt."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from distill_app.atomic import atomic_path, not_written
from distill_app.errors import ProjectError

Mode = Literal["textures", "one-shots"]
Kind = Literal["recordings", "takes"]
NAME_LENGTH_MAX = 200
_KEY = "corpora"


@dataclass(frozen=True)
class CorpusChoice:
    """Files and folders that are learned from in one way.

    Args:
        name: what the person calls it.
        sources: files, and folders with their subfolders.
        mode: "textures" learns from any window of a sound, "one-shots" from windows that begin where a sound begins.
        excluded: files, or folders with all that is in them, that are not learned from.
        kind: "takes" are sounds that Distill made, chosen to be learned from; "recordings" are never made by it.

    Raises ProjectError where a value is none of these.
    """

    name: str
    sources: tuple[Path, ...]
    mode: Mode = "textures"
    excluded: frozenset[Path] = frozenset()
    kind: Kind = "recordings"

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= NAME_LENGTH_MAX:
            raise ProjectError(f"The name of a corpus has from 1 to {NAME_LENGTH_MAX} letters.")
        _check_choice(self.name, "mode", self.mode, get_args(Mode))
        _check_choice(self.name, "kind", self.kind, get_args(Kind))

    @classmethod
    def of(
        cls, *sources: Path, mode: Mode = "textures", excluded: Sequence[Path] = (), kind: Kind = "recordings"
    ) -> "CorpusChoice":
        """One of these files and folders under the first one's name."""
        first = absolute(sources[0])
        name = first.stem or str(first)
        return cls(name[:NAME_LENGTH_MAX], tuple(sources), mode, frozenset(map(absolute, excluded)), kind)

    def leaves_out(self, path: Path) -> bool:
        """Whether the file is excluded, or a folder that it lies in is."""
        whole = absolute(path)
        return bool(self.excluded) and not self.excluded.isdisjoint((whole, *whole.parents))


def _check_choice(name: str, what: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise ProjectError(f"The {what} of the corpus “{name}” is {value!r:.40}; it can be {' or '.join(known)}.")


def absolute(path: Path) -> Path:
    """Without “..”, and without following links: a file is known by the place where the person sees it."""
    return Path(os.path.normpath(path.absolute()))


def read_corpora(path: Path) -> tuple[CorpusChoice, ...]:
    """The corpora that a JSON file, a project's for one, lists under "corpora". Raises ProjectError."""
    values = read_json(path)
    try:
        return corpora_from(values[_KEY], path.parent)
    except (KeyError, TypeError, ValueError) as error:
        raise ProjectError(f"“{path.name}” lists no corpora that can be read ({error}).") from error


def write_corpora(corpora: Sequence[CorpusChoice], path: Path) -> None:
    """Whole or not at all. Raises ProjectError where it cannot be written."""
    write_json({_KEY: corpora_values(corpora, path.parent)}, path)


def corpora_values(corpora: Sequence[CorpusChoice], folder: Path) -> list[dict[str, Any]]:
    """For JSON: paths within `folder` are relative to it, so that it can be moved with them, others absolute."""
    return [
        {
            "name": corpus.name,
            "kind": corpus.kind,
            "mode": corpus.mode,
            "sources": [path_value(source, folder) for source in corpus.sources],
            "excluded": sorted(path_value(file, folder) for file in corpus.excluded),
        }
        for corpus in corpora
    ]


def corpora_from(values: Any, folder: Path) -> tuple[CorpusChoice, ...]:
    """Raises ProjectError, KeyError, TypeError or ValueError where the values are not those of `corpora_values`."""
    if not isinstance(values, list):
        raise TypeError("“corpora” is not a list")
    return tuple(corpus_from(each, folder) for each in values)


def corpus_from(values: Any, folder: Path) -> CorpusChoice:
    """Raises as `corpora_from` does."""
    if not isinstance(values, Mapping):
        raise TypeError("a corpus is not an object with names and values")
    return CorpusChoice(
        name=text_from(values, "name"),
        sources=_paths_from(values["sources"], folder),
        mode=cast(Mode, text_from(values, "mode", "textures")),
        excluded=frozenset(_paths_from(values.get("excluded", []), folder)),
        kind=cast(Kind, text_from(values, "kind", "recordings")),
    )


def text_from(values: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """Raises KeyError where it is missing and there is no default, ValueError where it is no text."""
    text = values[name] if default is None else values.get(name, default)
    if not isinstance(text, str):
        raise ValueError(f"“{name}” is {text!r:.40} and not a text")
    return text


def path_value(path: Path, folder: Path) -> str:
    """Within `folder` as it is seen from there, else absolute."""
    whole, base = absolute(path), absolute(folder)
    return whole.relative_to(base).as_posix() if whole.is_relative_to(base) else str(whole)


def path_from(text: Any, folder: Path) -> Path:
    """Absolute. Raises ValueError where it can be no path."""
    if not isinstance(text, str) or not text or "\0" in text:
        raise ValueError(f"{text!r:.40} is not the path of a file or folder")
    os.fsencode(text)  # raises UnicodeEncodeError, a ValueError, for what no file can be called
    return absolute(folder / text)


def _paths_from(values: Any, folder: Path) -> tuple[Path, ...]:
    if not isinstance(values, list):
        raise ValueError(f"{values!r:.40} is not a list of files and folders")
    return tuple(path_from(each, folder) for each in values)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises ProjectError."""
    try:
        values = json.loads(path.read_bytes())
    except OSError as error:
        raise ProjectError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise ProjectError(f"“{path.name}” cannot be read: it is not a JSON file.") from error
    if not isinstance(values, dict):
        raise ProjectError(f"“{path.name}” is not a project: it holds no names and values.")
    return values


def write_json(values: Mapping[str, Any], path: Path) -> None:
    """Whole or not at all. Raises ProjectError where it cannot be written."""
    try:
        with atomic_path(path) as temporary:
            temporary.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise ProjectError(not_written(path, error)) from error
