"""Test server with the Hugging Face Hub's protocol for one repository, and with faults on demand.

GET /OWNER/NAME/resolve/REVISION/FILE   302 to the storage, with the commit, size and checksum in headers
GET /storage/FILE                       200, or 206 from the requested byte
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
        status: 200 serves the file; any other is sent as an error without content.
        cut_after: bytes after which the connection is closed.
        wrong_bytes: sends other bytes of the same number.
        supports_ranges: answers range requests with 206.
        block_pause_seconds: before each block.
        hangs: keeps the connection open without sending more.
        sends_length: sends Content-Length.
        extra_bytes: sent after the end of the file.
    """

    status: int = 200
    cut_after: int | None = None
    wrong_bytes: bool = False
    supports_ranges: bool = True
    block_pause_seconds: float = 0.0
    hangs: bool = False
    sends_length: bool = True
    extra_bytes: int = 0


@dataclass(frozen=True)
class ServedRequest:
    """Request to the storage that was answered.

    Args:
        start: first requested byte.
        sent: number of bytes sent.
    """

    file: str
    start: int
    status: int
    sent: int


@dataclass
class HubServer:
    """Server that runs while its context is open; each request to the storage meets the next fault, then none.

    Args:
        repository, revision: address of the files.
        files: content by name.
        requests: method, path and headers of every request.
    """

    repository: str
    revision: str
    files: Mapping[str, bytes]
    faults: list[FaultPlan] = field(default_factory=list)
    requests: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stopping = threading.Event()
        self._served: list[ServedRequest] = []
        self._open_requests = 0
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
        """Ends all responses and waits for the threads."""
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def served(self) -> list[ServedRequest]:
        """Requests to the storage, after those in progress have been answered."""
        with self._changed:
            self._changed.wait_for(lambda: not self._open_requests, timeout=5)
            return list(self._served)

    def begin_request(self) -> None:
        with self._changed:
            self._open_requests += 1

    def end_request(self, served: ServedRequest) -> None:
        with self._changed:
            self._open_requests -= 1
            self._served.append(served)
            self._changed.notify_all()

    def next_fault(self) -> FaultPlan:
        return self.faults.pop(0) if self.faults else FaultPlan()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _handler(hub: HubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Writes no log; see `hub.served`."""

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            hub.requests.append((self.command, self.path, dict(self.headers)))
            path = urlsplit(self.path).path  # requests to a proxy have absolute URLs
            resolve = f"/{hub.repository}/resolve/{hub.revision}/"
            name = path.rpartition("/")[2]
            if name not in hub.files or not path.startswith((resolve, "/storage/")):
                self._send_empty(404, {"X-Error-Code": "EntryNotFound"})
            elif path.startswith(resolve):
                self._redirect(name)
            else:
                self._serve_file(name)

        def _send_empty(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            self._send_headers({"Content-Length": "0", "Connection": "close"} | headers)

        def _send_headers(self, headers: dict[str, str]) -> None:
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()

        def _redirect(self, name: str) -> None:
            data = hub.files[name]
            metadata = {
                "X-Repo-Commit": hub.revision,
                "X-Linked-Size": str(len(data)),
                "X-Linked-Etag": f'"{sha256(data)}"',
            }
            self._send_empty(302, metadata | {"Location": f"/storage/{name}"})

        def _serve_file(self, name: str) -> None:
            hub.begin_request()
            fault = hub.next_fault()
            range_header = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            start = int(range_header[1]) if range_header and fault.supports_ranges else 0
            status = fault.status if fault.status != 200 else 206 if start else 200
            sent = 0
            if fault.status == 200:
                sent = self._send_file(_faulty_data(hub.files[name], fault), start, status, fault)
            else:
                self._send_empty(status, {})
            hub.end_request(ServedRequest(name, int(range_header[1]) if range_header else 0, status, sent))
            if fault.hangs:
                hub.stopping.wait()

        def _send_file(self, data: bytes, start: int, status: int, fault: FaultPlan) -> int:
            self.send_response(status)
            headers = {"ETag": f'"{sha256(data)}"', "Connection": "close"}
            if start:
                headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            if fault.sends_length:
                headers["Content-Length"] = str(len(data) - start)
            self._send_headers(headers)
            return self._send_body(data[start:], fault)

        def _send_body(self, data: bytes, fault: FaultPlan) -> int:
            whole = data if fault.cut_after is None else data[: fault.cut_after]
            sent = 0
            try:
                while sent < len(whole) and not hub.stopping.is_set():
                    time.sleep(fault.block_pause_seconds)
                    sent += self.wfile.write(whole[sent : sent + BLOCK])
            except OSError:
                pass  # the client has closed the connection
            return sent

    return Handler


def _faulty_data(data: bytes, fault: FaultPlan) -> bytes:
    if fault.wrong_bytes:
        return data.translate(bytes(range(255, -1, -1)))
    return data + b"x" * fault.extra_bytes
