"""Downloads from a faulty server with the Hub's protocol are complete, absent, or resumed."""

import threading
from pathlib import Path

import pytest

from distill_app.common.errors import VocoderError
from distill_app.vocoders.weights.hub import ConnectionLostError, Hub
from distill_app.vocoders.weights.manager import WeightManager, is_installed
from tests.vocoders.weights.published import ENTRY, FILES, REPOSITORY, REVISION
from tools.hub_server import FaultPlan, HubServer, ServedRequest

CONFIG, GENERATOR = ENTRY.files
SIZE = GENERATOR.size_bytes


def _download(manager: WeightManager) -> list[int]:
    return [amount.done_bytes for amount in manager.download(ENTRY.id, agreed=True)]


def _sentence(manager: WeightManager) -> str:
    with pytest.raises(VocoderError) as failed:
        _download(manager)
    assert str(failed.value).endswith(".")
    return str(failed.value)


def _installed(store: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (store / ENTRY.id).iterdir()}


def _part(store: Path) -> Path:
    return store / ".coming" / f"{ENTRY.id}-{REVISION[:12]}" / "generator.pt.part"


def test_the_files_named_arrive_whole_and_no_other_is_asked_for(
    manager: WeightManager, server: HubServer, store: Path
) -> None:
    amounts = _download(manager)
    assert _installed(store) == FILES
    assert amounts == sorted(amounts)
    assert amounts[-1] == ENTRY.size_bytes
    assert server.served == [ServedRequest("config.json", 0, 200, 14), ServedRequest("generator.pt", 0, 200, SIZE)]
    assert {path.rpartition("/")[0] for _, path, _ in server.requests} == {
        f"/{REPOSITORY}/resolve/{REVISION}",
        "/storage",
    }


def test_nothing_about_the_user_is_sent(
    manager: WeightManager, server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    _download(manager)
    assert server.requests
    for _, _, headers in server.requests:
        assert headers["User-Agent"].startswith("distill/")
        assert not {"Authorization", "Cookie"} & headers.keys()


def test_nothing_is_downloaded_before_the_user_agreed(manager: WeightManager, server: HubServer) -> None:
    with pytest.raises(VocoderError, match="300 kB to download, under MIT"):
        next(manager.download(ENTRY.id, agreed=False))
    assert not server.requests


def test_installed_vocoders_are_not_downloaded_again(manager: WeightManager, server: HubServer) -> None:
    _download(manager)
    server.stop()
    assert _download(manager) == []
    assert is_installed(ENTRY)


def test_after_an_interruption_only_the_missing_bytes_are_requested(
    manager: WeightManager, server: HubServer, store: Path
) -> None:
    server.faults += [FaultPlan(), FaultPlan(cut_after=131_072)]
    _download(manager)
    assert _installed(store) == FILES
    assert server.served[1:] == [
        ServedRequest("generator.pt", 0, 200, 131_072),
        ServedRequest("generator.pt", 131_072, 206, SIZE - 131_072),
    ]


def test_the_next_download_resumes_an_interrupted_one(manager: WeightManager, server: HubServer, store: Path) -> None:
    server.faults += [FaultPlan(), FaultPlan(cut_after=100_000), FaultPlan(503), FaultPlan(503)]
    assert "out of order or busy (error 503)" in _sentence(manager)
    assert _part(store).read_bytes() == FILES["generator.pt"][:100_000]
    assert not (store / ENTRY.id).exists()
    before = len(server.served)
    _download(manager)
    assert server.served[before:] == [ServedRequest("generator.pt", 100_000, 206, SIZE - 100_000)]
    assert _installed(store) == FILES


def test_a_server_that_always_disconnects_delivers_everything_in_parts(
    manager: WeightManager, server: HubServer
) -> None:
    server.faults += [FaultPlan(), *[FaultPlan(cut_after=50_000) for _ in range(5)]]
    _download(manager)
    assert [served.start for served in server.served] == [0, 0, 50_000, 100_000, 150_000, 200_000, 250_000]


def test_wrong_bytes_are_deleted(manager: WeightManager, server: HubServer, store: Path) -> None:
    server.faults += [FaultPlan(), FaultPlan(wrong_bytes=True)]
    assert "not what was published" in _sentence(manager)
    assert not _part(store).exists()
    assert not (store / ENTRY.id).exists()
    _download(manager)
    assert _installed(store) == FILES


def test_a_resumed_file_with_wrong_bytes_is_deleted(manager: WeightManager, server: HubServer, store: Path) -> None:
    server.faults += [FaultPlan(), FaultPlan(cut_after=100_000), FaultPlan(wrong_bytes=True)]
    assert "not what was published" in _sentence(manager)
    assert not _part(store).exists()


@pytest.mark.parametrize(
    ("status", "words"), [(404, "no longer where it was published"), (401, "to everybody"), (403, "to everybody")]
)
def test_a_refusal_is_final_and_the_message_says_what_to_do(
    manager: WeightManager, server: HubServer, store: Path, status: int, words: str
) -> None:
    server.faults.append(FaultPlan(status))
    sentence = _sentence(manager)
    assert words in sentence
    assert "Import from folder" in sentence
    assert len(server.served) == 1
    assert not (store / ENTRY.id).exists()


def test_a_temporary_error_is_retried(manager: WeightManager, server: HubServer, store: Path) -> None:
    server.faults += [FaultPlan(500), FaultPlan(), FaultPlan(500), FaultPlan(429)]
    _download(manager)
    assert _installed(store) == FILES
    assert [served.status for served in server.served] == [500, 200, 500, 429, 200]


def test_an_unreachable_server_is_reported(manager: WeightManager, server: HubServer) -> None:
    server.stop()
    assert "check that this computer is online" in _sentence(manager)


def test_a_server_lost_half_way_is_reported(manager: WeightManager, server: HubServer, store: Path) -> None:
    server.faults += [FaultPlan(), FaultPlan(block_pause_seconds=0.02)]
    job = manager.download(ENTRY.id, agreed=True)
    for amount in job:
        if amount.done_bytes > 100_000:
            break
    server.stop()
    with pytest.raises(ConnectionLostError, match="online"):
        list(job)
    assert 100_000 < _part(store).stat().st_size < SIZE


def test_a_silent_server_times_out(
    manager: WeightManager, server: HubServer, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DOWNLOAD_TIMEOUT", 0.3)
    server.faults += [FaultPlan(), FaultPlan(cut_after=65_536, hangs=True)]
    _download(manager)
    assert _installed(store) == FILES
    assert server.served[-1].start == 65_536


def test_a_server_without_ranges_is_read_from_the_beginning(
    manager: WeightManager, server: HubServer, store: Path
) -> None:
    server.faults += [FaultPlan(), FaultPlan(cut_after=100_000), FaultPlan(supports_ranges=False)]
    _download(manager)
    assert _installed(store) == FILES
    assert server.served[-1] == ServedRequest("generator.pt", 100_000, 200, SIZE)


def test_a_file_of_another_size_is_not_downloaded(manager: WeightManager, server: HubServer, store: Path) -> None:
    server.faults += [FaultPlan(), FaultPlan(extra_bytes=5)]
    assert "something else than Made Up" in _sentence(manager)
    assert not _part(store).exists() or not _part(store).stat().st_size


def test_surplus_bytes_are_refused(manager: WeightManager, server: HubServer, store: Path) -> None:
    server.faults += [FaultPlan(), FaultPlan(sends_length=False, extra_bytes=500_000)]
    _download(manager)
    assert _installed(store) == FILES


def test_a_server_that_closes_without_an_answer_is_retried(
    manager: WeightManager, server: HubServer, store: Path
) -> None:
    server.faults += [FaultPlan(), FaultPlan(sends_length=False, cut_after=100_000)]
    _download(manager)
    assert _installed(store) == FILES
    assert [served.start for served in server.served] == [0, 0, 100_000]


def test_a_server_that_never_answers_is_abandoned(manager: WeightManager, server: HubServer) -> None:
    server.faults += [FaultPlan(sends_length=False, cut_after=0) for _ in range(10)]
    assert "broke off" in _sentence(manager)
    assert len(server.served) == 3


def test_a_cancel_keeps_the_partial_file(manager: WeightManager, server: HubServer, store: Path) -> None:
    server.faults += [FaultPlan(), FaultPlan(block_pause_seconds=0.01)]
    job = manager.download(ENTRY.id, agreed=True)
    for amount in job:
        if amount.done_bytes > 100_000:
            break
    job.close()
    kept = _part(store).stat().st_size
    assert 100_000 - CONFIG.size_bytes < kept < SIZE
    _download(manager)
    assert ServedRequest("generator.pt", kept, 206, SIZE - kept) in server.served


def test_a_download_can_be_stopped_while_it_waits_to_retry(server: HubServer) -> None:
    manager = WeightManager((ENTRY,), Hub(server.address, retry_seconds=(3600.0,)))
    server.faults += [FaultPlan(), FaultPlan(500)]
    job = manager.download(ENTRY.id, agreed=True)
    for _ in range(4):
        next(job)
    job.close()


def test_too_little_disk_space_is_reported_before_the_download(
    manager: WeightManager, server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Usage(free=67_000_000))
    assert "free 409 kB" in _sentence(manager)
    assert not server.requests


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free


def test_a_full_disk_keeps_the_partial_file(manager: WeightManager, server: HubServer, store: Path) -> None:
    """/dev/full fails as a full disk does."""
    _part(store).parent.mkdir(parents=True)
    (_part(store).parent / "config.json").write_bytes(FILES["config.json"])
    _part(store).symlink_to("/dev/full")
    assert "There is no room on the disk: free 300 kB" in _sentence(manager)
    assert not (store / ENTRY.id).exists()
    _part(store).unlink()
    _download(manager)
    assert _installed(store) == FILES


def test_two_downloads_at_once_are_serialized(manager: WeightManager, server: HubServer, store: Path) -> None:
    server.faults += [FaultPlan(), FaultPlan(block_pause_seconds=0.02)]
    job = manager.download(ENTRY.id, agreed=True)
    next(job)
    messages: list[str] = []
    other = threading.Thread(target=lambda: messages.append(_sentence(manager)))
    other.start()
    other.join(60)
    assert "wait until it is done" in messages[0]
    list(job)
    assert _installed(store) == FILES
    assert len(server.served) == 2


def test_a_damaged_vocoder_is_downloaded_again(manager: WeightManager, server: HubServer, store: Path) -> None:
    _download(manager)
    (store / ENTRY.id / "generator.pt").write_bytes(b"short")
    assert not is_installed(ENTRY)
    _download(manager)
    assert _installed(store) == FILES


def test_files_of_the_shared_cache_are_not_downloaded_again(
    manager: WeightManager, server: HubServer, store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _share(monkeypatch, tmp_path, FILES["generator.pt"])
    _download(manager)
    assert _installed(store) == FILES
    assert [served.file for served in server.served] == ["config.json"]


def test_the_shared_cache_is_used_without_network(
    manager: WeightManager, server: HubServer, store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _share(monkeypatch, tmp_path, FILES["generator.pt"])
    (next((tmp_path / "hub").rglob("generator.pt")).parent / "config.json").write_bytes(FILES["config.json"])
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    _download(manager)
    assert _installed(store) == FILES
    assert not server.requests


def test_a_shared_cache_with_other_bytes_is_ignored(
    manager: WeightManager, server: HubServer, store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _share(monkeypatch, tmp_path, b"?" * SIZE)
    _download(manager)
    assert _installed(store) == FILES


def _share(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: bytes) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    folder = tmp_path / "hub" / f"models--{REPOSITORY.replace('/', '--')}" / "snapshots" / REVISION
    folder.mkdir(parents=True)
    (folder / "generator.pt").write_bytes(data)


def test_disabled_downloads_are_reported(
    manager: WeightManager, server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert "HF_HUB_OFFLINE" in _sentence(manager)
    assert not server.requests


def test_an_invalid_address_is_reported(manager: WeightManager) -> None:
    assert "." in _sentence(WeightManager((ENTRY,), Hub("nowhere://at all", retry_seconds=())))


def test_an_unknown_name_is_refused_with_the_known_ones(manager: WeightManager) -> None:
    with pytest.raises(VocoderError, match="choose one of: made-up"):
        next(manager.download("nothing", agreed=True))
