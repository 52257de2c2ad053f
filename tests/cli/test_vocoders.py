"""`distill vocoders`: what there is, and how it is got, imported and removed."""

import io
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from huggingface_hub import close_session

from distill_app.cli import vocoders
from distill_app.cli.progress import TerminalProgressBar
from distill_app.vocoders import registry
from distill_app.vocoders.built_in import BUILT_IN_VOCODERS
from distill_app.vocoders.weights import manager as manager_module
from distill_app.vocoders.weights.hub import Hub
from distill_app.vocoders.weights.manager import WeightManager, is_installed
from distill_app.vocoders.weights.transfer import TransferProgress
from tests.cli.conftest import Distill
from tests.paths import GOLDEN
from tests.vocoders.weights.published import ENTRY, FILES, REPOSITORY, REVISION
from tools.hub_server import FaultPlan, HubServer

SIZE = ENTRY.files[1].size_bytes


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """Local server with the only downloadable vocoder."""
    monkeypatch.delenv("DISTILL_VOCODERS", raising=False)
    with HubServer(REPOSITORY, REVISION, FILES) as server:
        here = partial(WeightManager, (ENTRY,), Hub(server.address, retry_seconds=(0.01,)))
        monkeypatch.setattr(manager_module, "WeightManager", here)
        monkeypatch.setattr(registry, "read_manifest", lambda: (ENTRY,))
        yield server
    close_session()


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _answers(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", _Terminal(text))


def test_the_list_shows_state_size_licence_and_bandwidth(distill: Distill) -> None:
    for arguments in (["vocoders"], ["vocoders", "list"]):
        head, *rows = distill(*arguments).out.splitlines()
        assert head.split() == ["NAME", "TITLE", "STATE", "SIZE", "UP", "TO", "LICENCE"]
        assert [row.split()[0] for row in rows] == [*(info.id for info in BUILT_IN_VOCODERS), "made-up"]
        assert "available  300 kB   22.1 kHz  MIT      For tests." in rows[-1]


@pytest.mark.parametrize("arguments", [["--json"], ["list", "--json"], ["--json", "list"]])
def test_the_list_for_scripts(distill: Distill, arguments: list[str]) -> None:
    known = distill("vocoders", *arguments).values["vocoders"]
    last = known[-1]
    assert (last["id"], last["state"], last["ready"], last["download_bytes"]) == (ENTRY.id, "available", False, 300_014)
    assert (last["sample_rate"], last["features"], last["folder"]) == (44_100, ["stream"], None)


def test_get_asks_first_and_then_installs(distill: Distill, server: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    _answers(monkeypatch, "y\n")
    outcome = distill("vocoders", "get", ENTRY.id)
    assert outcome.status == 0
    assert "Made Up: 300 kB from someone/some-vocoder, under MIT" in outcome.err
    assert "Download it? [y/N]" in outcome.err
    assert outcome.out.startswith("Made Up is installed: 300 kB in ")
    assert is_installed(ENTRY)


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "maybe\n"])
def test_any_other_answer_downloads_nothing(
    distill: Distill, server: HubServer, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    _answers(monkeypatch, answer)
    outcome = distill("vocoders", "get", ENTRY.id)
    assert outcome.status == 1
    assert outcome.err.endswith("Nothing was downloaded.\n")
    assert not server.requests


def test_without_a_terminal_yes_is_required(distill: Distill, server: HubServer) -> None:
    outcome = distill("vocoders", "get", ENTRY.id)
    assert outcome.status == 2
    assert "add --yes" in outcome.err
    assert not server.requests
    outcome = distill("vocoders", "get", ENTRY.id, "--yes", "--json")
    assert outcome.status == 0
    assert outcome.values["state"] == "installed"


def test_installed_vocoders_are_not_downloaded_again(distill: Distill, server: HubServer) -> None:
    distill("vocoders", "get", ENTRY.id, "--yes")
    server.requests.clear()
    outcome = distill("vocoders", "get", ENTRY.id)
    assert outcome.status == 0
    assert "is here already" in outcome.out
    assert not server.requests


def test_ctrl_c_keeps_the_partial_download(
    distill: Distill, server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(_: TerminalProgressBar, __: str, amount: TransferProgress) -> None:
        if amount.done_bytes > 100_000:
            raise KeyboardInterrupt

    server.faults += [FaultPlan(), FaultPlan(block_pause_seconds=0.01)]
    with monkeypatch.context() as patch:
        patch.setattr(vocoders, "_show_transfer", pressed)
        outcome = distill("vocoders", "get", ENTRY.id, "--yes")
    assert outcome.status == 130
    assert outcome.err.splitlines()[-2:] == [
        "What has come is kept: `distill vocoders get made-up` goes on from there.",
        "Stopped.",
    ]
    assert not is_installed(ENTRY)
    assert distill("vocoders", "get", ENTRY.id, "--yes").status == 0
    (rest,) = [served for served in server.served if served.start]
    assert rest.start >= 100_000 - ENTRY.files[0].size_bytes
    assert rest.sent == SIZE - rest.start


def test_a_failure_is_one_sentence(distill: Distill, server: HubServer) -> None:
    server.faults.append(FaultPlan(404))
    outcome = distill("vocoders", "get", ENTRY.id, "--yes", "--json")
    assert outcome.status == 1
    assert "no longer where it was published" in outcome.values["error"]


def test_an_unknown_name_is_refused(distill: Distill) -> None:
    outcome = distill("vocoders", "get", "griffin-lim", "--yes")
    assert (outcome.status, outcome.sentence) == (
        1,
        "There is no vocoder “griffin-lim” to download; choose one of: made-up.",
    )


def test_a_folder_is_imported_listed_used_and_removed(distill: Distill, tmp_path: Path) -> None:
    source = tmp_path / "Small Vocos"
    shutil.copytree(GOLDEN / "vocos_center", source)
    outcome = distill("vocoders", "import", source, "--json")
    assert (outcome.values["id"], outcome.values["state"]) == ("small-vocos", "installed")
    assert "small-vocos" in distill("vocoders").out
    assert distill("vocoders", "remove", "small-vocos").out == "Removed small-vocos.\n"
    assert "small-vocos" not in distill("vocoders").out
    assert distill("vocoders", "remove", "small-vocos").status == 1


def test_truncated_weights_are_not_imported(distill: Distill, tmp_path: Path) -> None:
    source = tmp_path / "cut off"
    shutil.copytree(GOLDEN / "vocos_center", source)
    weights = source / "pytorch_model.bin"
    weights.write_bytes(weights.read_bytes()[:100_000])
    outcome = distill("vocoders", "import", source)
    assert outcome.status == 1
    assert "is damaged or was cut off" in outcome.sentence
    assert "cut-off" not in distill("vocoders").out


def test_a_folder_without_a_vocoder_is_refused(distill: Distill, tmp_path: Path) -> None:
    outcome = distill("vocoders", "import", tmp_path)
    assert outcome.status == 1
    assert "holds no vocoder" in outcome.sentence


@pytest.mark.parametrize("arguments", [["get"], ["import"], ["remove"], ["sing"], ["get", "made-up", "--y"]])
def test_usage_errors(distill: Distill, arguments: list[str]) -> None:
    outcome = distill("vocoders", *arguments)
    assert outcome.status == 2
    assert outcome.sentence


@pytest.mark.parametrize(
    ("vocoder", "status", "words"),
    [
        ("made-up", 1, "is not on this computer: get it (300 kB)"),
        ("nothing", 2, "There is no vocoder and no folder called “nothing”"),
        (".", 1, "holds no vocoder"),
    ],
)
def test_an_unusable_vocoder_is_refused_before_any_work(
    distill: Distill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vocoder: str, status: int, words: str
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    outcome = distill("vocode", "no such sound.wav", "out.wav", "--vocoder", vocoder)
    assert outcome.status == status
    assert words in outcome.sentence
