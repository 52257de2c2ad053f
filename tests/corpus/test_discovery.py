"""Which files a training reads, and which it leaves alone."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from distill_app.common.errors import CorpusError
from distill_app.corpus.discovery import discover_files
from distill_app.corpus.scan import scan_files
from distill_app.dsp.provenance import COMMENT
from distill_app.project.corpora import CorpusSpec


def sound(path: Path, comment: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with soundfile.SoundFile(path, "w", 44_100, 1) as file:
        if comment:
            file.comment = comment
        file.write(0.3 * np.sin(np.arange(44_100) / 10))
    return path


def scanned(*corpora: CorpusSpec, cache: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Kinds and reasons by name."""
    scan = scan_files(corpora, cache)
    while True:
        try:
            next(scan)
        except StopIteration as end:
            files, skipped = end.value.files, end.value.skipped
            return {file.name: file.kind for file in files}, {each.name: each.reason for each in skipped}


def test_excluded_files_and_folders_are_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "sounds"
    for name in ("a.wav", "b.wav", "deep/c.wav", "deep/d.wav"):
        sound(folder / name)
    corpus = CorpusSpec.of(folder, excluded=[folder / "b.wav", folder / "deep"])
    assert scanned(corpus, cache=tmp_path) == ({"a.wav": "recordings"}, {})
    assert [file.name for file in discover_files([corpus]).excluded] == ["b.wav", "deep/c.wav", "deep/d.wav"]


def test_a_file_excluded_from_one_corpus_is_used_in_another(tmp_path: Path) -> None:
    folder = tmp_path / "sounds"
    first, second = sound(folder / "a.wav"), sound(folder / "b.wav")
    corpora = CorpusSpec("most", (folder,), excluded=frozenset({second})), CorpusSpec("rest", (second,))
    found = discover_files(corpora)
    assert [(file.path, file.corpus.name) for file in found.files] == [(first, "most"), (second, "rest")]


def test_a_file_in_two_corpora_is_used_in_the_first_only(tmp_path: Path) -> None:
    file = sound(tmp_path / "sounds" / "a.wav")
    corpora = CorpusSpec("one", (file,)), CorpusSpec("two", (file.parent, tmp_path / "sounds" / ".." / "sounds"))
    assert [each.corpus.name for each in discover_files(corpora).files] == ["one"]


def test_distill_renders_are_used_as_takes_only(tmp_path: Path) -> None:
    folder = tmp_path / "sounds"
    sound(folder / "mine.wav")
    take = sound(folder / "made.wav", COMMENT)
    kinds, reasons = scanned(CorpusSpec.of(folder), cache=tmp_path)
    assert kinds == {"mine.wav": "recordings"}
    assert reasons == {"made.wav": "“made.wav” was made by Distill; add it as a take to train on it."}
    takes = CorpusSpec.of(take, kind="takes")
    kinds, reasons = scanned(CorpusSpec.of(folder, excluded=[take]), takes, cache=tmp_path)
    assert kinds == {"mine.wav": "recordings", "made.wav": "takes"}
    assert reasons == {}


def test_a_missing_folder_ends_a_training_and_is_listed_by_the_survey(tmp_path: Path) -> None:
    corpora = CorpusSpec.of(sound(tmp_path / "a.wav")), CorpusSpec.of(tmp_path / "gone")
    with pytest.raises(CorpusError, match=r"There is no “.*gone”; put it back, or say where it is now\."):
        discover_files(corpora)
    found = discover_files(corpora, missing_raise=False)
    assert [file.name for file in found.files] == ["a.wav"]
    assert [(each.name, "put it back" in each.reason) for each in found.skipped] == [(str(tmp_path / "gone"), True)]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege, and names are text")
def test_links_in_a_circle_and_odd_names_do_no_harm(tmp_path: Path) -> None:
    folder = tmp_path / "sounds"
    sound(folder / "a.wav")
    (folder / "loop").symlink_to(folder)
    (folder / "self.wav").symlink_to(folder / "self.wav")
    odd = [folder / name for name in ("line\nbreak.wav", "caf\udce9.wav", "“q”.wav", "-rf.wav")]
    for path in odd:
        os.link(folder / "a.wav", path)
    kinds, reasons = scanned(CorpusSpec.of(folder), cache=tmp_path)
    assert kinds.keys() == {"a.wav", *(path.name for path in odd)}
    assert reasons.keys() == {"loop", "self.wav"}


def test_five_thousand_files_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "sounds"
    folder.mkdir()
    for number in range(5_000):
        (folder / f"{number:04}.wav").touch()
    corpus = CorpusSpec.of(folder, excluded=[folder / f"{number:04}.wav" for number in range(0, 5_000, 2)])
    found = discover_files([corpus])
    assert len(found.files) == len(found.excluded) == 2_500
