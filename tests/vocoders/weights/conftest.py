"""Fixtures: a local server instead of the Hub, and a temporary vocoder folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session

from distill_app.vocoders.weights.hub import Hub
from distill_app.vocoders.weights.manager import WeightManager
from tests.vocoders.weights.published import ENTRY, FILES, REPOSITORY, REVISION
from tools.hub_server import HubServer


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Folder of installed vocoders."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("DISTILL_VOCODERS", raising=False)
    return tmp_path / "data" / "Distill" / "vocoders"


@pytest.fixture
def server() -> Iterator[HubServer]:
    with HubServer(REPOSITORY, REVISION, FILES) as server:
        yield server
    close_session()


@pytest.fixture
def manager(server: HubServer) -> WeightManager:
    return WeightManager((ENTRY,), Hub(server.address, retry_seconds=(0.01, 0.02)))
