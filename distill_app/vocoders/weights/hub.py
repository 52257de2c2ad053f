"""Files of the Hugging Face Hub. The only module that uses the network.

`HF_ENDPOINT`, `HF_HUB_DOWNLOAD_TIMEOUT` and the usual proxy variables are respected. The files are public: no login is
sent, and nothing about the user or the computer. huggingface_hub is imported late; it would double the start-up time.

Only its addresses, sessions and errors are used. Its own downloads cannot be resumed by another process (2.4 deletes
the partial file) and report progress every 10 MB.
"""

import os
import re
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from distill_app import __version__
from distill_app.common.errors import VocoderError
from distill_app.vocoders.weights.manifest import ManifestEntry, WeightFile

if TYPE_CHECKING:
    from httpx2 import Response

_ALTERNATIVE = "get it in a browser and use “Import from folder…”"
_FORBIDDEN = (401, 403, 451)
_GONE = (404, 410)
_BUSY = (408, 429)
_SERVER_ERROR = 500


class ConnectionLostError(VocoderError):
    """The connection failed; another attempt may succeed."""


@dataclass(frozen=True)
class Hub:
    """Source of published files.

    Args:
        endpoint: its address; None for `HF_ENDPOINT`, or else huggingface.co.
        retry_seconds: pause before each further attempt while no byte arrives.
    """

    endpoint: str | None = None
    retry_seconds: tuple[float, ...] = (0.5, 1.0, 2.0)

    def read(self, entry: ManifestEntry, file: WeightFile, start: int) -> Generator[bytes, None, None]:
        """Bytes of a file from offset `start`, as they arrive; never more than its size.

        Raises ConnectionLostError where the connection fails, VocoderError where another attempt cannot succeed.
        """
        left = file.size_bytes - start
        with self._open(entry, file, start) as response:
            skip = _check_response(response, entry, file, start)
            for chunk in response.iter_bytes():
                useful = chunk[skip : skip + left]
                skip -= min(skip, len(chunk))
                left -= len(useful)
                if useful:
                    yield useful
                if not left:
                    return
        raise ConnectionLostError(
            f"The download of {entry.title} broke off; start it again, and it goes on from there."
        )

    def cached(self, entry: ManifestEntry, file: WeightFile) -> Path | None:
        """File in the cache that other programs on this computer share, if it is there. Uses no network."""
        _disable_telemetry()
        from huggingface_hub import try_to_load_from_cache

        found = try_to_load_from_cache(entry.repository, file.name, revision=entry.revision)
        return Path(found) if isinstance(found, str) else None

    @contextmanager
    def _open(self, entry: ManifestEntry, file: WeightFile, start: int) -> "Iterator[Response]":
        _disable_telemetry()
        import httpx2
        from huggingface_hub.errors import OfflineModeIsEnabled

        url = self._url(entry, file)
        try:
            with _request(url, start) as response:
                yield response
        except OfflineModeIsEnabled as error:
            raise VocoderError("Downloads are switched off: HF_HUB_OFFLINE is set for this computer.") from error
        except httpx2.HTTPError as error:
            raise ConnectionLostError(
                f"The connection to {_host(url)} failed; check that this computer is online."
            ) from error
        except (httpx2.InvalidURL, httpx2.StreamError) as error:
            raise VocoderError(f"“{_host(url)}” is no address to download from; look at HF_ENDPOINT.") from error

    def _url(self, entry: ManifestEntry, file: WeightFile) -> str:
        from huggingface_hub import hf_hub_url

        return hf_hub_url(entry.repository, file.name, revision=entry.revision, endpoint=self.endpoint)


def _disable_telemetry() -> None:
    """Has to be called before huggingface_hub is imported."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def _request(url: str, start: int) -> "AbstractContextManager[Response]":
    from huggingface_hub import constants, get_session

    headers = {"User-Agent": f"distill/{__version__}", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    timeout = constants.HF_HUB_DOWNLOAD_TIMEOUT
    return get_session().stream("GET", url, headers=headers, timeout=timeout, follow_redirects=True)


def _check_response(response: "Response", entry: ManifestEntry, file: WeightFile, start: int) -> int:
    """Number of bytes to skip, for a server that ignores the range. Raises VocoderError for an error status."""
    status, host = response.status_code, _host(str(response.url))
    if status in _GONE:
        raise VocoderError(f"{entry.title} is no longer where it was published ({host}); {_ALTERNATIVE}.")
    if status in _FORBIDDEN:
        raise VocoderError(f"{host} does not give {entry.title} to everybody (error {status}); {_ALTERNATIVE}.")
    if status >= _SERVER_ERROR or status in _BUSY:
        raise ConnectionLostError(f"{host} is out of order or busy (error {status}); try again later.")
    if status not in (200, 206) or _stated_size_bytes(response, file) != file.size_bytes:
        raise VocoderError(f"{host} offers something else than {entry.title} (answer {status}); {_ALTERNATIVE}.")
    return start if status == 200 else 0


def _stated_size_bytes(response: "Response", file: WeightFile) -> int:
    """Size of the whole file according to the headers; the expected one where they say nothing."""
    if response.status_code == 206:
        stated = re.fullmatch(r"bytes \d+-\d+/(\d+)", response.headers.get("Content-Range", ""))
        return int(stated[1]) if stated else file.size_bytes
    return int(response.headers.get("Content-Length", file.size_bytes))


def _host(url: str) -> str:
    return urlsplit(url).netloc or url
