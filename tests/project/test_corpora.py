"""Corpora and the file that names them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from distill_app.common.errors import ProjectError
from distill_app.project.corpora import CorpusSpec, read_corpora, write_corpora


def test_corpora_come_back_from_their_file_as_they_were(tmp_path: Path) -> None:
    drums = CorpusSpec("Drums", (tmp_path / "a",), "one-shots", frozenset({tmp_path / "a" / "x.wav", Path("/b.wav")}))
    chosen = CorpusSpec("Chosen", (Path("/somewhere/else"), tmp_path / "Übung\n“1”.wav"), kind="takes")
    write_corpora((drums, chosen), tmp_path / "corpora.json")
    assert read_corpora(tmp_path / "corpora.json") == (drums, chosen)


def test_paths_beside_the_file_are_relative(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    inside, outside = tmp_path / "before" / "drums", tmp_path / "bells"
    corpus = CorpusSpec.of(inside, outside, excluded=[inside / "a.wav"])
    write_corpora((corpus,), tmp_path / "before" / "c.json")
    (tmp_path / "before").rename(tmp_path / "after")
    (moved,) = read_corpora(tmp_path / "after" / "c.json")
    assert moved.sources == (tmp_path / "after" / "drums", outside)
    assert moved.excluded == {tmp_path / "after" / "drums" / "a.wav"}


def test_a_file_name_that_is_no_text_comes_back(tmp_path: Path) -> None:
    corpus = CorpusSpec("Odd", (tmp_path / "caf\udce9.wav",))
    write_corpora((corpus,), tmp_path / "c.json")
    assert read_corpora(tmp_path / "c.json") == (corpus,)


def test_excluding_a_folder_excludes_what_is_in_it() -> None:
    corpus = CorpusSpec.of(Path("/a"), excluded=[Path("/a/b"), Path("/a/c.wav")])
    assert corpus.excludes(Path("/a/b/d/e.wav"))
    assert corpus.excludes(Path("/a/../a/c.wav"))
    assert not corpus.excludes(Path("/a/d.wav"))


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("not JSON", "is not a JSON file"),
        ("[" * 100_000, "is not a JSON file"),
        ("[]", "holds other kinds of values"),
        ({}, "lists no corpora"),
        ({"corpora": {}}, "“corpora” is {} and not a list"),
        ({"corpora": [3]}, "3 is not an object"),
        ({"corpora": [{"sources": []}]}, "“name” is missing"),
        ({"corpora": [{"name": "a", "sources": "b"}]}, "“sources” is 'b' and not a list"),
        ({"corpora": [{"name": "a", "sources": ["b\0"]}]}, "is not the path"),
        ({"corpora": [{"name": "a", "sources": ["\ud800"]}]}, "is not the path"),
        ({"corpora": [{"name": 3, "sources": []}]}, "“name” is 3 and not a text"),
        ({"corpora": [{"name": "", "sources": []}]}, "from 1 to 200 letters"),
        ({"corpora": [{"name": "a", "sources": [], "mode": "loud"}]}, "it can be textures or one-shots"),
        ({"corpora": [{"name": "a", "sources": [], "kind": []}]}, "not a text"),
    ],
)
def test_an_unreadable_file_is_one_sentence(written: Any, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    file.write_text(written if isinstance(written, str) else json.dumps(written))
    with pytest.raises(ProjectError, match=re.escape(sentence)):
        read_corpora(file)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be opened"):
        read_corpora(tmp_path / "c.json")
    with pytest.raises(ProjectError, match="cannot be written"):
        write_corpora((), tmp_path / "no" / "c.json")
