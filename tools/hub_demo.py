"""Demonstration of an interrupted and resumed download from a local server with the Hub's protocol.

    python -m tools.hub_demo [--megabytes 489]

The bytes are random; names, folders and messages are those of the app. All files are removed at the end.
"""

import argparse
import os
import random
import tempfile
import time
from contextlib import closing
from pathlib import Path

from distill_app.common.errors import VocoderError
from distill_app.common.units import file_size
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.vocoders.weights.hub import Hub
from distill_app.vocoders.weights.manager import WeightManager
from distill_app.vocoders.weights.manifest import ManifestEntry, WeightFile
from distill_app.vocoders.weights.search_paths import find_weights
from tools.hub_server import FaultPlan, HubServer, sha256

REVISION = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "someone/demo-vocoder"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=20.0, help="size of the weights (default: 20)")
    megabytes = parser.parse_args().megabytes
    noise = random.Random(0).randbytes(10_000) * round(100 * megabytes)
    files = {"config.json": b"{}", "generator.pt": noise}
    with tempfile.TemporaryDirectory() as folder, HubServer(REPOSITORY, REVISION, files) as server:
        os.environ["XDG_DATA_HOME"] = folder
        _Demo(server, _entry(files), Path(folder)).run()


def _entry(files: dict[str, bytes]) -> ManifestEntry:
    listed = tuple(WeightFile(name, len(data), sha256(data)) for name, data in files.items())
    about = "For a demonstration."
    return ManifestEntry("demo", "Demo", about, DISTILL_MEL, listed, "MIT", repository=REPOSITORY, revision=REVISION)


class _Demo:
    def __init__(self, server: HubServer, entry: ManifestEntry, folder: Path) -> None:
        self._server, self._entry, self._folder = server, entry, folder
        self._manager = WeightManager((entry,), Hub(server.address, retry_seconds=(0.1, 0.2)))
        self._printed = 0

    def run(self) -> None:
        size = self._entry.size_bytes
        print(f"{self._entry.title}: {file_size(size)} ({size:,} bytes) at {self._server.address}\n")
        self._round("1. Without agreement", [], agreed=False)
        self._round(
            "2. Interrupted half way, then the server fails",
            [FaultPlan(), FaultPlan(cut_after=size // 2), *[FaultPlan(503)] * 3],
        )
        self._round("3. Cancelled at three quarters", [], cancel_at=3 * size // 4)
        self._round("4. Resumed to the end", [])
        self._round("5. Repeated: nothing to do", [])
        self._manager.remove(self._entry.id)
        self._round("6. Removed; the server sends wrong bytes", [FaultPlan(), FaultPlan(wrong_bytes=True)])
        self._round("7. Repeated", [])

    def _round(self, title: str, faults: list[FaultPlan], agreed: bool = True, cancel_at: int | None = None) -> None:
        print(title)
        self._server.faults[:] = faults
        begun = time.monotonic()
        print(f"   {self._try(agreed, cancel_at)}  ({time.monotonic() - begun:.2f} s)")
        self._print_state()

    def _try(self, agreed: bool, cancel_at: int | None) -> str:
        try:
            with closing(self._manager.download(self._entry.id, agreed=agreed)) as job:
                for amount in job:
                    if cancel_at is not None and amount.done_bytes >= cancel_at:
                        return "cancelled"
        except VocoderError as error:
            return f"“{error}”"
        return "done"

    def _print_state(self) -> None:
        """Prints the requests since the last call, and the files on the disk."""
        for served in self._server.served[self._printed :]:
            wanted = f"Range: bytes={served.start:,}-" if served.start else "whole"
            print(f"   server: {served.file:<13} {wanted:<28} → {served.status}, {served.sent:>13,} bytes sent")
        self._printed = len(self._server.served)
        for path in sorted(self._folder.rglob("*")):
            if path.is_file() and path.suffix != ".lock":
                print(f"   disk:   {path.relative_to(self._folder)}  {path.stat().st_size:,}")
        found = find_weights(self._entry)
        print(f"   state:  {'installed' if found and not found.damage else 'not installed'}\n")


if __name__ == "__main__":
    main()
