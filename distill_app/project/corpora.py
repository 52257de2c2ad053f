"""Training corpora, and the file that lists them. No torch, no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from distill_app.common.errors import ProjectError
from distill_app.common.parsing import error_reason, replace_surrogates
from distill_app.common.typed_values import get_list, get_text, require_object
from distill_app.project.entries import parse_source_path
from distill_app.project.json_values import (
    NAME_LENGTH_MAX,
    absolute,
    parse_project_json,
    path_from_json,
    path_to_json,
    read_content,
    to_json,
    write_content,
)

Mode = Literal["textures", "one-shots"]
Kind = Literal["recordings", "takes"]
CORPORA = "corpora"
"""Key of the file under which the corpora are listed."""


@dataclass(frozen=True)
class CorpusSpec:
    """Files and folders that are used for training in one mode.

    Args:
        name: name given by the user.
        sources: files, and folders with their subfolders.
        mode: "textures" learns from any window of a sound, "one-shots" from windows that begin at an onset.
        excluded: files and folders that are not used.
        kind: "recordings" are never made by Distill; "takes" are sounds made by Distill and chosen for learning.

    Raises ProjectError if a value is invalid.
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
    ) -> "CorpusSpec":
        """Corpus of files and folders, named after the first one."""
        first = absolute(sources[0])
        name = replace_surrogates(first.stem or str(first))
        return cls(name[:NAME_LENGTH_MAX], tuple(sources), mode, frozenset(map(absolute, excluded)), kind)

    def excludes(self, path: Path) -> bool:
        """Whether the file or a folder around it is excluded."""
        if not self.excluded:
            return False
        whole = absolute(path)
        return not self.excluded.isdisjoint((whole, *whole.parents))


def _check_choice(name: str, what: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise ProjectError(f"The {what} of the corpus “{name}” is {value!r:.40}; it can be {' or '.join(known)}.")


def read_corpora(path: Path) -> tuple[CorpusSpec, ...]:
    """Corpora that a JSON file, for example a project's, lists under "corpora". Raises ProjectError."""
    values = parse_project_json(read_content(path), path.name)
    try:
        corpora = tuple(corpus_from_dict(each, path.parent) for each in get_list(values, CORPORA))
    except (KeyError, ValueError) as error:
        raise ProjectError(f"“{path.name}” lists no corpora that can be read ({error_reason(error)}).") from error
    if not corpora:
        raise ProjectError(f"“{path.name}” lists no corpora; add recordings first.")
    return corpora


def write_corpora(corpora: Sequence[CorpusSpec], path: Path) -> None:
    """Write the corpora to a JSON file atomically. Raises ProjectError."""
    write_content(to_json({CORPORA: [corpus_to_dict(corpus, path.parent) for corpus in corpora]}), path)


def corpus_to_dict(corpus: CorpusSpec, folder: Path) -> dict[str, Any]:
    """Corpus for JSON: paths within `folder` are relative to it, so that both can be moved; others are absolute."""
    return {
        "name": corpus.name,
        "kind": corpus.kind,
        "mode": corpus.mode,
        "sources": [path_to_json(source, folder) for source in corpus.sources],
        "excluded": sorted(path_to_json(file, folder) for file in corpus.excluded),
    }


def corpus_from_dict(values: Any, folder: Path) -> CorpusSpec:
    """Corpus from the values of `corpus_to_dict`. Raises ProjectError, KeyError or ValueError if they are invalid."""
    values = require_object(values)
    return CorpusSpec(
        name=get_text(values, "name"),
        sources=tuple(parse_source_path(each, folder) for each in get_list(values, "sources")),
        mode=cast(Mode, get_text(values, "mode", "textures")),
        excluded=frozenset(path_from_json(each, folder) for each in get_list(values, "excluded")),
        kind=cast(Kind, get_text(values, "kind", "recordings")),
    )
