"""Changes of a project by the user, without a window."""

from pathlib import Path

import pytest

from distill_app.project.corpora import CorpusSpec
from distill_app.project.project import Project, Take
from distill_app.ui.train.project import edits
from distill_app.ui.train.project.sound_sets import new_sets

FOLDER = Path("/sounds")
KICK, SNARE, BELL = FOLDER / "drums" / "kick.wav", FOLDER / "drums" / "snare.wav", FOLDER / "bell.wav"
FILES = (KICK, SNARE, BELL)


@pytest.fixture
def project() -> Project:
    return Project("Mine", (CorpusSpec("Sounds", (FOLDER,)),))


def left_out(corpus: CorpusSpec) -> set[Path]:
    return {file for file in FILES if corpus.excludes(file)}


def test_recordings_are_added_once_and_a_second_corpus_gets_another_name(project: Project) -> None:
    twice = edits.with_recordings(project, [FOLDER, Path("/more")], "Sounds")
    assert twice.corpus("Sounds").sources == (FOLDER, Path("/more"))
    again = edits.with_new_sets(project, new_sets([Path("/other/Sounds"), Path("/third/Sounds")]))
    assert [corpus.name for corpus in again.corpora] == ["Sounds", "Sounds 2", "Sounds 3"]


def test_nothing_is_listed_twice(project: Project) -> None:
    """A file inside a folder of the set is already in it, and an enclosing folder replaces the folders in it."""
    assert edits.with_recordings(project, [FOLDER / "drums", BELL], "Sounds") == project
    wider = edits.with_recordings(project, [FOLDER.parent / "more", FOLDER.parent], "Sounds")
    assert wider.corpus("Sounds").sources == (FOLDER.parent,)


def test_files_are_switched_one_by_one(project: Project) -> None:
    off = edits.with_files(project.corpus("Sounds"), [KICK], False, FILES)
    assert left_out(off) == {KICK}
    assert left_out(edits.with_files(off, [KICK], True, FILES)) == set()


def test_one_file_of_an_excluded_folder_can_be_included(project: Project) -> None:
    corpus = CorpusSpec("Sounds", (FOLDER,), excluded=frozenset({FOLDER / "drums"}))
    assert left_out(edits.with_files(corpus, [SNARE], True, FILES)) == {KICK}


def test_a_disabled_corpus_keeps_its_excluded_files(project: Project) -> None:
    chosen = project.with_corpus(edits.with_files(project.corpus("Sounds"), [BELL], False, FILES), "Sounds")
    off = edits.with_corpus_on(chosen, "Sounds", False)
    assert not edits.is_on(off.corpus("Sounds"))
    assert left_out(off.corpus("Sounds")) == set(FILES)
    on = edits.with_corpus_on(off, "Sounds", True)
    assert edits.is_on(on.corpus("Sounds"))
    assert left_out(on.corpus("Sounds")) == {BELL}


def test_removing_the_last_source_removes_the_corpus(project: Project) -> None:
    gong = Path("/more/gong.wav")
    both = edits.with_recordings(project, [gong], "Sounds")
    assert edits.without_sources(both, "Sounds", [FOLDER]).corpus("Sounds").sources == (gong,)
    assert edits.without_sources(both, "Sounds", [FOLDER, gong]).corpora == ()


def test_removing_a_source_removes_its_exclusions(project: Project) -> None:
    off = project.with_corpus(edits.with_files(project.corpus("Sounds"), [KICK], False, FILES), "Sounds")
    rest = edits.without_sources(edits.with_recordings(off, [Path("/x")], "Sounds"), "Sounds", [FOLDER])
    assert rest.corpus("Sounds").excluded == frozenset()


def test_takes_are_added_to_a_marked_corpus(project: Project) -> None:
    first, second = Path("/p/takes/a.wav"), Path("/p/takes/b.wav")
    with_takes = project.with_take(Take(first)).with_take(Take(second))
    learned = edits.with_take_included(edits.with_take_included(with_takes, first, True), second, True)
    assert learned.corpora[-1] == CorpusSpec(edits.takes_name(), (first, second), kind="takes")
    assert edits.included_takes(learned) == {first, second}
    without = edits.without_take(learned, first)
    assert edits.included_takes(without) == {second}
    assert [take.file for take in without.takes] == [second]
    assert edits.with_take_included(without, second, False).corpora == project.corpora
