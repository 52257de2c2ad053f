"""A small server that speaks the Hugging Face Hub's protocol for one repository, and misbehaves on demand.

GET /OWNER/NAME/resolve/REVISION/FILE   302 to the storage, with the commit, size and checksum in headers
GET /storage/FILE                       200, or 206 from the byte that was asked for
"""

import hashlib
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import urlsplit

BLOCK = 16_384


@dataclass(frozen=True)
class FaultPlan:
    """Answer of the storage to one request.

    Args:
        status: 200 for what was asked for; else this error and nothing more.
        cut: hangs up after so many bytes.
        wrong: sends as many other bytes.
        ranges: whether it knows them.
        pause: seconds before each block.
        silent: sends what it sends, then neither goes on nor hangs up.
        honest: whether it says how long the file is.
        surplus: bytes more than the file has.
    """

    status: int = 200
    cut: int | None = None
    wrong: bool = False
    ranges: bool = True
    pause: float = 0.0
    silent: bool = False
    honest: bool = True
    surplus: int = 0


@dataclass(frozen=True)
class Asked:
    """Request that the storage has answered.

    Args:
        start: first byte wanted.
        sent: bytes sent.
    """

    file: str
    start: int
    status: int
    sent: int


@dataclass
class HubServer:
    """Serves while it is a context; every request to the storage is answered in the next mood, then well.

    Args:
        repository, revision: where the files are.
        files: by name.
    """

    repository: str
    revision: str
    files: Mapping[str, bytes]
    moods: list[FaultPlan] = field(default_factory=list)
    requests: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.over = threading.Event()
        self._answered: list[Asked] = []
        self._open = 0
        self._changed = threading.Condition()

    def __enter__(self) -> "HubServer":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Answers nobody any more."""
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def asked(self) -> list[Asked]:
        """Requests to the storage, once it has answered them."""
        with self._changed:
            self._changed.wait_for(lambda: not self._open, timeout=5)
            return list(self._answered)

    def begin(self) -> None:
        with self._changed:
            self._open += 1

    def end(self, asked: Asked) -> None:
        with self._changed:
            self._open -= 1
            self._answered.append(asked)
            self._changed.notify_all()

    def next_mood(self) -> FaultPlan:
        return self.moods.pop(0) if self.moods else FaultPlan()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _handler(hub: HubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Silent: `hub.asked` tells."""

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            hub.requests.append((self.command, self.path, dict(self.headers)))
            path = urlsplit(self.path).path  # a proxy is asked for whole addresses
            resolve = f"/{hub.repository}/resolve/{hub.revision}/"
            name = path.rpartition("/")[2]
            if name not in hub.files or not path.startswith((resolve, "/storage/")):
                self._refuse(404, {"X-Error-Code": "EntryNotFound"})
            elif path.startswith(resolve):
                self._resolve(name)
            else:
                self._store(name)

        def _refuse(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            self._end({"Content-Length": "0", "Connection": "close"} | headers)

        def _end(self, headers: dict[str, str]) -> None:
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()

        def _resolve(self, name: str) -> None:
            data = hub.files[name]
            about = {
                "X-Repo-Commit": hub.revision,
                "X-Linked-Size": str(len(data)),
                "X-Linked-Etag": f'"{sha256(data)}"',
            }
            self._refuse(302, about | {"Location": f"/storage/{name}"})

        def _store(self, name: str) -> None:
            hub.begin()
            mood = hub.next_mood()
            said = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            start = int(said[1]) if said and mood.ranges else 0
            status = mood.status if mood.status != 200 else 206 if start else 200
            sent = 0
            if mood.status == 200:
                sent = self._send(_data(hub.files[name], mood), start, status, mood)
            else:
                self._refuse(status, {})
            hub.end(Asked(name, int(said[1]) if said else 0, status, sent))
            if mood.silent:
                hub.over.wait()

        def _send(self, data: bytes, start: int, status: int, mood: FaultPlan) -> int:
            self.send_response(status)
            headers = {"ETag": f'"{sha256(data)}"', "Connection": "close"}
            if start:
                headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            if mood.honest:
                headers["Content-Length"] = str(len(data) - start)
            self._end(headers)
            return self._pour(data[start:], mood)

        def _pour(self, data: bytes, mood: FaultPlan) -> int:
            whole = data if mood.cut is None else data[: mood.cut]
            sent = 0
            try:
                while sent < len(whole) and not hub.over.is_set():
                    time.sleep(mood.pause)
                    sent += self.wfile.write(whole[sent : sent + BLOCK])
            except OSError:
                pass  # whoever asked has hung up
            return sent

    return Handler


def _data(data: bytes, mood: FaultPlan) -> bytes:
    if mood.wrong:
        return data.translate(bytes(range(255, -1, -1)))
    return data + b"x" * mood.surplus
