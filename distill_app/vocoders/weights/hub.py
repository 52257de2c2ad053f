"""The Hugging Face Hub, file by file: the only module that talks to the network, and only when it is asked to.

`HF_ENDPOINT`, `HF_HUB_DOWNLOAD_TIMEOUT` and the usual proxy variables are respected. The files are public: no login is
sent, and nothing about the person or the computer. huggingface_hub is imported late; it would double the time that the
app needs to start.

Its own downloads cannot be taken up again by another process (2.4 throws the part away) and report every 10 MB, so that
only its addresses, sessions and errors are used here.
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

_OTHER_DOOR = "get it in a browser and use “Import from folder…”"
_SAYS_NO = (401, 403, 451)
_SAYS_NEVER = (404, 410)
_SAYS_LATER = 500


class ConnectionLostError(VocoderError):
    """The connection failed: to try again may help."""


@dataclass(frozen=True)
class Hub:
    """Where files are fetched.

    Args:
        endpoint: its address; None for `HF_ENDPOINT`, or else huggingface.co.
        pauses: seconds before each further try of a connection that fails without having brought a byte.
    """

    endpoint: str | None = None
    retry_seconds: tuple[float, ...] = (0.5, 1.0, 2.0)

    def read(self, entry: ManifestEntry, file: WeightFile, start: int) -> Generator[bytes, None, None]:
        """The file's bytes from `start` on, as they come: never more of them than the file has.

        Raises BrokenOffError where the connection fails, VocoderError where there is no use in trying again.
        """
        left = file.size_bytes - start
        with self._answer(entry, file, start) as response:
            skip = _check(response, entry, file, start)
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
        """The file in the cache that other programs on this computer share, if it is there. No network."""
        _be_discreet()
        from huggingface_hub import try_to_load_from_cache

        found = try_to_load_from_cache(entry.repository, file.name, revision=entry.revision)
        return Path(found) if isinstance(found, str) else None

    @contextmanager
    def _answer(self, entry: ManifestEntry, file: WeightFile, start: int) -> "Iterator[Response]":
        _be_discreet()
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


def _be_discreet() -> None:
    """To be called before huggingface_hub is imported."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def _request(url: str, start: int) -> "AbstractContextManager[Response]":
    from huggingface_hub import constants, get_session

    headers = {"User-Agent": f"distill/{__version__}", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    patience = constants.HF_HUB_DOWNLOAD_TIMEOUT
    return get_session().stream("GET", url, headers=headers, timeout=patience, follow_redirects=True)


def _check(response: "Response", entry: ManifestEntry, file: WeightFile, start: int) -> int:
    """How many bytes to skip: a server that knows no ranges begins at the beginning. Raises VocoderError."""
    status, host = response.status_code, _host(str(response.url))
    if status in _SAYS_NEVER:
        raise VocoderError(f"{entry.title} is no longer where it was published ({host}); {_OTHER_DOOR}.")
    if status in _SAYS_NO:
        raise VocoderError(f"{host} does not give {entry.title} to everybody (error {status}); {_OTHER_DOOR}.")
    if status >= _SAYS_LATER or status in (408, 429):
        raise ConnectionLostError(f"{host} is out of order or busy (error {status}); try again later.")
    if status not in (200, 206) or _whole_size(response, file) != file.size_bytes:
        raise VocoderError(f"{host} offers something else than {entry.title} (answer {status}); {_OTHER_DOOR}.")
    return start if status == 200 else 0


def _whole_size(response: "Response", file: WeightFile) -> int:
    """Of the file offered, as far as the server says so."""
    if response.status_code == 206:
        said = re.fullmatch(r"bytes \d+-\d+/(\d+)", response.headers.get("Content-Range", ""))
        return int(said[1]) if said else file.size_bytes
    return int(response.headers.get("Content-Length", file.size_bytes))


def _host(url: str) -> str:
    return urlsplit(url).netloc or url
