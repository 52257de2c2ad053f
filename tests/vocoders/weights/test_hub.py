"""Only one module uses the network, only on request, and through the configured address and proxy."""

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import distill_app
from distill_app.vocoders.weights import hub
from distill_app.vocoders.weights.install import vocoder_lock
from tests.paths import GOLDEN
from tests.vocoders.weights.published import ENTRY, REPOSITORY, REVISION
from tools.hub_server import FaultPlan, HubServer

PACKAGE = Path(distill_app.__file__).parent
NETWORK = {
    "huggingface_hub",
    "httpx2",
    "httpx",
    "requests",
    "urllib.request",
    "urllib3",
    "http.client",
    "ftplib",
    "aiohttp",
}
DOWNLOAD = """
from distill_app.vocoders.weights.hub import Hub
from distill_app.vocoders.weights.manager import WeightManager, is_installed
from tests.vocoders.weights.published import ENTRY
list(WeightManager((ENTRY,), Hub()).download(ENTRY.id, agreed=True))
print(is_installed(ENTRY))
"""
KILLED = """
import os, signal
from distill_app.vocoders.weights.hub import Hub
from distill_app.vocoders.weights.manager import WeightManager
from tests.vocoders.weights.published import ENTRY
for amount in WeightManager((ENTRY,), Hub()).download(ENTRY.id, agreed=True):
    if amount.done_bytes > 100_000:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_network(name: str) -> bool:
    return any(name == each or name.startswith(each + ".") for each in NETWORK)


def _may_use_network(path: Path) -> bool:
    """Whether the text contains any of the names, which is quicker to see than imports."""
    text = path.read_text()
    return any(name.partition(".")[0] in text for name in NETWORK)


def test_only_one_module_uses_the_network() -> None:
    users = {
        path for path in PACKAGE.rglob("*.py") if _may_use_network(path) and any(map(_is_network, _imported(path)))
    }
    assert users == {Path(hub.__file__)}


def test_starting_the_app_does_not_import_it() -> None:
    code = (
        "import sys, distill_app.app, distill_app.cli, distill_app.ui.app.launch, distill_app.workers.downloads\n"
        "from distill_app.vocoders.registry import vocoder_entries; vocoder_entries()\n"
        f"print({NETWORK!r} & sys.modules.keys() - {{'http.client', 'urllib.request'}})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "set()"


def _run(tmp_path: Path, code: str = DOWNLOAD, **variables: str) -> subprocess.CompletedProcess[str]:
    left_out = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "HF_ENDPOINT", "HF_HUB_OFFLINE"}
    inherited = {key: value for key, value in os.environ.items() if key.upper() not in left_out}
    environment = inherited | {"XDG_DATA_HOME": str(tmp_path / "data"), "HF_HOME": str(tmp_path / "hf")} | variables
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)


def test_neither_a_download_nor_an_import_imports_torch(server: HubServer, tmp_path: Path) -> None:
    code = f"""{DOWNLOAD}
import sys
from pathlib import Path
list(WeightManager().import_folder(Path({str(GOLDEN / "vocos_center")!r})))
print({{"torch", "numpy"}} & sys.modules.keys())
"""
    done = _run(tmp_path, code, HF_ENDPOINT=server.address)
    assert (done.stdout.split(), done.stderr) == (["True", "set()"], "")


def test_a_proxy_is_used(server: HubServer, tmp_path: Path) -> None:
    done = _run(tmp_path, HF_ENDPOINT="http://hub.invalid", HTTP_PROXY=server.address)
    assert (done.stdout.strip(), done.stderr) == ("True", "")
    assert server.requests[0][1] == f"http://hub.invalid/{REPOSITORY}/resolve/{REVISION}/config.json"


def test_the_address_can_be_configured_and_what_is_installed_needs_no_network(
    server: HubServer, tmp_path: Path
) -> None:
    done = _run(tmp_path, HF_ENDPOINT=server.address)
    assert (done.stdout.strip(), done.stderr) == ("True", "")
    assert len(server.served) == len(ENTRY.files)
    server.requests.clear()
    done = _run(tmp_path, HF_ENDPOINT=server.address, HF_HUB_OFFLINE="1")
    assert done.stdout.strip() == "True"
    assert not server.requests


def test_a_killed_download_is_resumed_by_the_next_process(server: HubServer, tmp_path: Path) -> None:
    server.faults += [FaultPlan(), FaultPlan(block_pause_seconds=0.02)]
    died = _run(tmp_path, KILLED, HF_ENDPOINT=server.address)
    assert died.returncode == -signal.SIGKILL
    done = _run(tmp_path, HF_ENDPOINT=server.address)
    assert done.stdout.strip() == "True", done.stderr
    (rest,) = [served for served in server.served if served.start]
    assert rest.start >= 100_000 - ENTRY.files[0].size_bytes
    assert rest.sent == ENTRY.files[1].size_bytes - rest.start


def test_two_programs_at_once_are_serialized(server: HubServer, tmp_path: Path) -> None:
    with vocoder_lock(ENTRY.id):
        done = _run(tmp_path, HF_ENDPOINT=server.address)
    assert "Another window or program is busy with “made-up”; wait until it is done." in done.stderr
    assert not server.requests
    assert _run(tmp_path, HF_ENDPOINT=server.address).stdout.strip() == "True"
