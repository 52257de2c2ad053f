"""Importing vocoders from folders, finding them in shared folders, and removing them."""

import shutil
from pathlib import Path

import pytest

from distill_app.common.errors import VocoderError
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.registry import VocoderEntry, vocoder_entries
from distill_app.vocoders.weights.hub import Hub
from distill_app.vocoders.weights.manager import WeightManager, is_installed
from tests.disks import NO_LOCKS, without_locks
from tests.paths import GOLDEN
from tests.vocoders.weights.published import ENTRY, FILES

NOWHERE = WeightManager((ENTRY,), Hub("http://127.0.0.1:9"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder with the files of the made-up vocoder and others."""
    folder = tmp_path / "From a Friend"
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    (folder / "README.md").write_text("Enjoy!")
    return folder


def _import(source: Path) -> str:
    job = NOWHERE.import_folder(source)
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value


def _entry(name: str) -> VocoderEntry:
    (found,) = [entry for entry in vocoder_entries() if entry.info.id == name]
    return found


def _golden_copy(name: str, tmp_path: Path, called: str) -> Path:
    copy = tmp_path / called
    shutil.copytree(GOLDEN / name, copy)
    return copy


def test_a_published_vocoder_is_recognised_by_its_bytes(folder: Path, store: Path) -> None:
    assert _import(folder) == ENTRY.id
    assert is_installed(ENTRY)
    assert {path.name for path in (store / ENTRY.id).iterdir()} == FILES.keys()


def test_a_changed_vocoder_is_not_recognised_as_published(folder: Path) -> None:
    data = bytearray(FILES["generator.pt"])
    data[1000] ^= 1
    (folder / "generator.pt").write_bytes(data)
    with pytest.raises(VocoderError, match=r"config\.json"):
        _import(folder)
    assert not is_installed(ENTRY)


def test_a_folder_of_the_user_keeps_its_name_and_is_usable(tmp_path: Path, store: Path) -> None:
    source = _golden_copy("vocos_center", tmp_path, "Mé Vocoder (3)")
    assert _import(source) == "me-vocoder-3"
    shutil.rmtree(source)
    entry = _entry("me-vocoder-3")
    assert (entry.info.title, entry.state) == ("Mé Vocoder (3)", "installed")
    assert entry.info.summary == "Vocos, imported."
    assert (entry.info.mel_format.sample_rate, entry.top_hz) == (24_000, 12_000)
    assert entry.info.parameters > 10_000
    assert 0 < entry.gmac_per_second < 1
    assert entry.info.live
    assert get_vocoder("me-vocoder-3").info == entry.info
    assert {path.name for path in (store / "me-vocoder-3").iterdir()} == {
        *("config.yaml", "pytorch_model.bin", "vocoder.toml")
    }


def test_the_same_folder_again_is_the_same_vocoder(tmp_path: Path) -> None:
    source = _golden_copy("vocos_center", tmp_path, "mine")
    assert _import(source) == _import(source) == "mine"


def test_another_one_of_the_same_name_gets_a_number(tmp_path: Path) -> None:
    first = _golden_copy("vocos_center", tmp_path, "mine")
    (tmp_path / "other").mkdir()
    other = _golden_copy("hifigan_v2", tmp_path / "other", "mine")
    assert (_import(first), _import(other)) == ("mine", "mine-2")


def test_an_import_never_gets_the_name_of_a_listed_vocoder(tmp_path: Path) -> None:
    assert _import(_golden_copy("hifigan_v2", tmp_path, "built-in")) == "built-in-2"


def test_an_import_never_replaces_a_folder_without_a_vocoder(tmp_path: Path, store: Path) -> None:
    (store / "mine").mkdir(parents=True)
    (store / "mine" / "notes.txt").write_text("Do not lose this.")
    assert _import(_golden_copy("hifigan_v2", tmp_path, "mine")) == "mine-2"
    assert (store / "mine" / "notes.txt").exists()


def test_the_name_of_a_folder_does_not_depend_on_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(_golden_copy("hifigan_v2", tmp_path, "mine"))
    assert _import(Path()) == _import(Path("config.json")) == "mine"
    Path("generator.pt").unlink()
    with pytest.raises(VocoderError, match="“mine” holds a config but no weights"):
        get_vocoder(".")


def test_one_of_several_files_can_be_chosen(tmp_path: Path) -> None:
    source = _golden_copy("hifigan_v2", tmp_path, "checkpoints")
    shutil.copy(source / "generator.pt", source / "g_00000001")
    with pytest.raises(VocoderError, match="several checkpoints"):
        _import(source)
    name = _import(source / "g_00000001")
    assert get_vocoder(name).sample_rate == 22_050


def test_file_names_of_browser_downloads_are_accepted(tmp_path: Path) -> None:
    source = _golden_copy("hifigan_v2", tmp_path, "downloads")
    (source / "generator.pt").rename(source / "générateur (1).pt")
    assert get_vocoder(_import(source)).sample_rate == 22_050


@pytest.mark.parametrize("name", ["nothing there", "empty"])
def test_a_folder_without_a_vocoder_is_refused(tmp_path: Path, name: str, store: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(VocoderError, match=name):
        _import(tmp_path / name)
    assert not list(store.glob("[!.]*"))


def test_a_cancelled_import_leaves_no_vocoder(tmp_path: Path, store: Path) -> None:
    job = NOWHERE.import_folder(_golden_copy("vocos_center", tmp_path, "mine"))
    next(job)
    job.close()
    assert [path.name for path in store.rglob("*") if path.name != "mine.lock"] == [".coming"]


def test_an_import_replaces_the_previous_one_completely(tmp_path: Path, store: Path) -> None:
    left = store / ".coming" / "mine-import" / "old.bin"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"old")
    _import(_golden_copy("vocos_center", tmp_path, "mine"))
    assert not (store / "mine" / "old.bin").exists()


def test_of_two_vocoders_of_one_name_the_usable_one_is_listed(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _import(_golden_copy("vocos_center", tmp_path, "mine"))
    shutil.copytree(store / "mine", tmp_path / "shared" / "mine")
    (store / "mine" / "config.yaml").unlink()
    monkeypatch.setenv("DISTILL_VOCODERS", str(tmp_path / "shared"))
    assert _entry("mine").folder == tmp_path / "shared" / "mine"
    assert get_vocoder("mine").sample_rate == 24_000


def test_a_renamed_import_has_its_new_name(tmp_path: Path, store: Path) -> None:
    _import(_golden_copy("vocos_center", tmp_path, "mine"))
    (store / "mine").rename(store / "yours")
    assert _entry("yours").ready


@pytest.mark.parametrize("name", ["vocoder.toml", "pytorch_model.bin"])
def test_a_damaged_import_is_listed_and_can_be_removed(tmp_path: Path, store: Path, name: str) -> None:
    _import(_golden_copy("vocos_center", tmp_path, "mine"))
    (store / "mine" / name).write_bytes(b"?")
    entry = _entry("mine")
    assert entry.state == "damaged"
    with pytest.raises(VocoderError) as refused:
        get_vocoder("mine")
    assert str(refused.value) == entry.reason
    NOWHERE.remove("mine")
    assert "mine" not in {entry.info.id for entry in vocoder_entries()}
    assert not (store / "mine").exists()


def test_removing_deletes_partial_downloads_too(store: Path) -> None:
    coming = store / ".coming" / f"{ENTRY.id}-{ENTRY.revision[:12]}"
    coming.mkdir(parents=True)
    (coming / "generator.pt.part").write_bytes(b"half")
    neighbour = store / ".coming" / f"{ENTRY.id}-too-{ENTRY.revision[:12]}"
    neighbour.mkdir()
    NOWHERE.remove(ENTRY.id)
    assert not coming.exists()
    assert neighbour.exists()


@pytest.mark.parametrize("name", [ENTRY.id, "griffin-lim", "..", "../..", "", "a/b"])
def test_shared_vocoders_are_not_removed(name: str, store: Path) -> None:
    beside = store.parent / "settings"
    beside.mkdir(parents=True)
    with pytest.raises(VocoderError, match="There is no vocoder"):
        NOWHERE.remove(name)
    assert beside.exists()


def test_linked_vocoders_and_the_targets_of_links_are_not_removed(store: Path, tmp_path: Path) -> None:
    elsewhere, coming = tmp_path / "thesis", f"{ENTRY.id}-{ENTRY.revision[:12]}"
    (elsewhere / coming).mkdir(parents=True)
    (elsewhere / "thesis.wav").touch()
    store.mkdir(parents=True, exist_ok=True)
    (store / ENTRY.id).symlink_to(elsewhere)
    with pytest.raises(VocoderError, match=r"is a link .* delete it yourself"):
        NOWHERE.remove(ENTRY.id)
    (store / ENTRY.id).unlink()
    shutil.rmtree(store / ".coming")
    (store / ".coming").symlink_to(elsewhere)
    NOWHERE.remove(ENTRY.id)
    assert {path.name for path in elsewhere.iterdir()} >= {"thesis.wav", coming}


@pytest.mark.parametrize("number", NO_LOCKS)
def test_a_folder_without_locks_is_written_to(number: int, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_locks(monkeypatch, number)
    coming = store / ".coming" / f"{ENTRY.id}-{ENTRY.revision[:12]}"
    coming.mkdir(parents=True)
    NOWHERE.remove(ENTRY.id)
    assert not coming.exists()


def test_shared_folders_are_searched(
    folder: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    folder.rename(shared.parent / "put")
    shared.mkdir()
    (tmp_path / "put").rename(shared / ENTRY.id)
    monkeypatch.setenv("DISTILL_VOCODERS", str(shared))
    assert is_installed(ENTRY)
    assert list(NOWHERE.download(ENTRY.id, agreed=True)) == []
    with pytest.raises(VocoderError, match="There is no vocoder"):
        NOWHERE.remove(ENTRY.id)


def test_an_offline_build_drops_weights_beside_the_manifest(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distill_app.vocoders.weights.search_paths.VENDOR", tmp_path / "vendor")
    (tmp_path / "vendor").mkdir()
    folder.rename(tmp_path / "vendor" / ENTRY.id)
    assert is_installed(ENTRY)


def test_a_complete_copy_elsewhere_is_used_instead_of_a_damaged_one(
    folder: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _import(folder)
    (store / ENTRY.id / "config.json").unlink()
    assert not is_installed(ENTRY)
    shared = tmp_path / "shared"
    shared.mkdir()
    folder.rename(shared / ENTRY.id)
    monkeypatch.setenv("DISTILL_VOCODERS", str(shared))
    assert is_installed(ENTRY)


def test_an_unwritable_disk_is_reported(folder: Path, store: Path) -> None:
    store.parent.mkdir(parents=True)
    store.write_text("a file where the folder belongs")
    with pytest.raises(VocoderError, match="cannot be made"):
        _import(folder)
