"""The vocoders that are loaded: two at most, for some take half a gigabyte."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from distill_app.common.errors import VocoderError
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.network_vocoder import NetworkVocoder
from distill_app.vocoders.published.folder import describe, folder_info
from distill_app.vocoders.registry import UnknownVocoderError, VocoderEntry, find_vocoder
from distill_app.vocoders.runtime.compute_config import ComputeConfig

_MOST = 2  # the one asked for, and the one that answers the hand in its place

WeightsKey = tuple[Path | None, int, int]
"""Where a vocoder's weights lie, and what lies there now: imported anew under the same name, it is another one."""


@dataclass(frozen=True)
class _Loaded:
    vocoder: Vocoder
    weights_key: WeightsKey


class VocoderCache:
    """Every thread may ask; one loads at a time.

    Args:
        tell: given a sentence for the person where a vocoder has to make do with less.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._loaded: dict[str, _Loaded] = {}
        self._compute = ComputeConfig()

    @property
    def compute(self) -> ComputeConfig:
        """Where and with what they compute. Another choice drops those that are loaded."""
        return self._compute

    @compute.setter
    def compute(self, compute: ComputeConfig) -> None:
        if compute != self._compute:
            with self._lock:
                self._compute = compute
                self._loaded.clear()

    def get(self, name: str) -> Vocoder:
        """Loads it where it is not loaded yet. Raises VocoderError, and keeps those that are there.

        What is loaded does not wait for another one that is being loaded.
        """
        return self._current(name) or self._load(name)

    def get_made(self, name: str, weights_key: WeightsKey, make: Callable[[ComputeConfig], Vocoder]) -> Vocoder:
        """The same of one that lies in no folder: made anew where another edition of that name is loaded."""
        with self._lock:
            loaded = self._loaded.get(name)
            if loaded is None or loaded.weights_key != weights_key:
                self._loaded.pop(name, None)
                loaded = _Loaded(make(self._compute), weights_key)
                self._keep(name, loaded)
            return loaded.vocoder

    def weights_key(self, name: str) -> WeightsKey:
        """What the vocoder's sounds are known by beside its name. Raises VocoderError where there is none."""
        loaded = self._loaded.get(name)
        return _edition_in(_folder_of(name) if loaded is None else loaded.weights_key[0])

    def _current(self, name: str) -> Vocoder | None:
        """The loaded one, unless other weights lie there now."""
        loaded = self._loaded.get(name)
        return (
            loaded.vocoder if loaded is not None and loaded.weights_key == _edition_in(loaded.weights_key[0]) else None
        )

    def _load(self, name: str) -> Vocoder:
        with self._lock:
            if (current := self._current(name)) is not None:
                return current
            self._loaded.pop(name, None)
            weights_key = self.weights_key(name)
            vocoder = get_vocoder(name, self._compute)
            self._keep(name, _Loaded(vocoder, weights_key))
            return vocoder

    def _keep(self, name: str, loaded: _Loaded) -> None:
        if isinstance(loaded.vocoder, NetworkVocoder):
            loaded.vocoder.notify = self._tell
        self._put(name, loaded)

    def is_live(self, name: str) -> bool:
        """Whether it keeps up with the hand, without loading it. Raises VocoderError where there is none to load."""
        if (vocoder := self._current(name)) is not None:
            return vocoder.info.live
        found = _found(name)
        return (found.info if isinstance(found, VocoderEntry) else folder_info(describe(found))).live

    def _put(self, name: str, loaded: _Loaded) -> None:
        """The largest of the others goes where there would be too many."""
        while len(self._loaded) >= _MOST:
            del self._loaded[max(self._loaded, key=lambda other: self._loaded[other].vocoder.info.size_bytes)]
        self._loaded[name] = loaded


def _folder_of(name: str) -> Path | None:
    """Where its weights lie, None where it needs none. Raises VocoderError where there is no such vocoder."""
    found = _found(name)
    return found.folder if isinstance(found, VocoderEntry) else found


def _found(name: str) -> VocoderEntry | Path:
    """Raises VocoderError where there is no such vocoder: there was one when it was asked for."""
    try:
        return find_vocoder(name)
    except UnknownVocoderError as error:
        raise VocoderError(f"“{name}” is no longer on this computer.") from error


def _edition_in(folder: Path | None) -> WeightsKey:
    """An installed folder is never written to: another one takes its place."""
    try:
        there = folder.stat() if folder is not None else None
    except OSError:
        return folder, 0, 0
    return (folder, there.st_ino, there.st_mtime_ns) if there is not None else (None, 0, 0)
