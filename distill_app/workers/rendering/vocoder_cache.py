"""The vocoders that are loaded: two at most, for some take half a gigabyte."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from distill_app.common.errors import VocoderError
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.network_vocoder import NetworkVocoder
from distill_app.vocoders.published.folder import describe, info_of
from distill_app.vocoders.registry import Listing, UnknownVocoderError, find_vocoder
from distill_app.vocoders.runtime.compute_config import Compute

_MOST = 2  # the one asked for, and the one that answers the hand in its place

Edition = tuple[Path | None, int, int]
"""Where a vocoder's weights lie, and what lies there now: imported anew under the same name, it is another one."""


@dataclass(frozen=True)
class _Loaded:
    vocoder: Vocoder
    edition: Edition


class Shelf:
    """Every thread may ask; one loads at a time.

    Args:
        tell: given a sentence for the person where a vocoder has to make do with less.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._loaded: dict[str, _Loaded] = {}
        self._compute = Compute()

    @property
    def compute(self) -> Compute:
        """Where and with what they compute. Another choice drops those that are loaded."""
        return self._compute

    @compute.setter
    def compute(self, compute: Compute) -> None:
        if compute != self._compute:
            with self._lock:
                self._compute = compute
                self._loaded.clear()

    def get(self, name: str) -> Vocoder:
        """Loads it where it is not loaded yet. Raises VocoderError, and keeps those that are there.

        What is loaded does not wait for another one that is being loaded.
        """
        return self._current(name) or self._load(name)

    def get_made(self, name: str, edition: Edition, make: Callable[[Compute], Vocoder]) -> Vocoder:
        """The same of one that lies in no folder: made anew where another edition of that name is loaded."""
        with self._lock:
            loaded = self._loaded.get(name)
            if loaded is None or loaded.edition != edition:
                self._loaded.pop(name, None)
                loaded = _Loaded(make(self._compute), edition)
                self._keep(name, loaded)
            return loaded.vocoder

    def edition(self, name: str) -> Edition:
        """What the vocoder's sounds are known by beside its name. Raises VocoderError where there is none."""
        loaded = self._loaded.get(name)
        return _edition_in(_folder_of(name) if loaded is None else loaded.edition[0])

    def _current(self, name: str) -> Vocoder | None:
        """The loaded one, unless other weights lie there now."""
        loaded = self._loaded.get(name)
        return loaded.vocoder if loaded is not None and loaded.edition == _edition_in(loaded.edition[0]) else None

    def _load(self, name: str) -> Vocoder:
        with self._lock:
            if (current := self._current(name)) is not None:
                return current
            self._loaded.pop(name, None)
            edition = self.edition(name)
            vocoder = get_vocoder(name, self._compute)
            self._keep(name, _Loaded(vocoder, edition))
            return vocoder

    def _keep(self, name: str, loaded: _Loaded) -> None:
        if isinstance(loaded.vocoder, NetworkVocoder):
            loaded.vocoder.tell = self._tell
        self._put(name, loaded)

    def is_live(self, name: str) -> bool:
        """Whether it keeps up with the hand, without loading it. Raises VocoderError where there is none to load."""
        if (vocoder := self._current(name)) is not None:
            return vocoder.info.live
        found = _found(name)
        return (found.info if isinstance(found, Listing) else info_of(describe(found))).live

    def _put(self, name: str, loaded: _Loaded) -> None:
        """The largest of the others goes where there would be too many."""
        while len(self._loaded) >= _MOST:
            del self._loaded[max(self._loaded, key=lambda other: self._loaded[other].vocoder.info.size_bytes)]
        self._loaded[name] = loaded


def _folder_of(name: str) -> Path | None:
    """Where its weights lie, None where it needs none. Raises VocoderError where there is no such vocoder."""
    found = _found(name)
    return found.folder if isinstance(found, Listing) else found


def _found(name: str) -> Listing | Path:
    """Raises VocoderError where there is no such vocoder: there was one when it was asked for."""
    try:
        return find_vocoder(name)
    except UnknownVocoderError as error:
        raise VocoderError(f"“{name}” is no longer on this computer.") from error


def _edition_in(folder: Path | None) -> Edition:
    """An installed folder is never written to: another one takes its place."""
    try:
        there = folder.stat() if folder is not None else None
    except OSError:
        return folder, 0, 0
    return (folder, there.st_ino, there.st_mtime_ns) if there is not None else (None, 0, 0)
