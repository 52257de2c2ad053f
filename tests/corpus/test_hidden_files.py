"""Hidden files of operating systems and disks are not used for training."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from distill_app.corpus.discovery import discover_files
from distill_app.corpus.hidden_files import is_hidden
from distill_app.project.corpora import CorpusSpec
from distill_app.ui.app.drop_content import DropContent, classify_drop
from tests.training.vocoder.synthetic import gathered

HIDDEN = (
    ".Trash-1000",
    ".stversions",
    "__MACOSX",
    ".AppleDouble",
    "$RECYCLE.BIN",
    "#recycle",
    "@eaDir",
    "System Volume Information",
    "lost+found",
)


def sound(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.3 * np.sin(np.arange(22_050) / 10), 44_100)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One recording, and others in places of the system."""
    folder = tmp_path / "sounds"
    for name in HIDDEN:
        sound(folder / name / "deep" / "gone.wav")
        sound(folder / "takes" / name / "gone.wav")
    sound(folder / "takes" / "._a.wav")
    sound(folder / "takes" / "a.wav")
    return folder


def names(source: Path) -> list[str]:
    return [file.name for file in discover_files([CorpusSpec.of(source)]).files]


def test_hidden_files_and_folders_are_skipped_silently(folder: Path) -> None:
    assert names(folder) == ["takes/a.wav"]
    assert discover_files([CorpusSpec.of(folder)]).skipped == []


def test_a_vocoder_training_skips_them_too(folder: Path) -> None:
    assert gathered(folder, folder.parent / "cache").files == 1


def test_names_are_hidden_whatever_their_case_and_only_whole_ones() -> None:
    assert is_hidden("$Recycle.Bin")
    assert not is_hidden("recycled drums")
    assert not is_hidden("@home.wav")


@pytest.mark.parametrize("name", HIDDEN)
def test_a_chosen_hidden_folder_is_read_without_its_hidden_files(tmp_path: Path, name: str) -> None:
    sound(tmp_path / name / "a.wav")
    sound(tmp_path / name / ".git" / "b.wav")
    assert names(tmp_path / name) == ["a.wav"]
    assert classify_drop([tmp_path / name], False) == DropContent(recordings=(tmp_path / name,))


def test_a_dropped_folder_with_nothing_but_hidden_recordings_holds_none(folder: Path) -> None:
    (folder / "takes" / "a.wav").unlink()
    assert classify_drop([folder], False) == DropContent(vocoder=folder)
