"""Loaded vocoders, two at most: some take half a gigabyte."""

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

_CAPACITY = 2  # the chosen one, and the one that renders previews in its place

WeightsKey = tuple[Path | None, int, int]
"""Location, inode or time, and time or size of a vocoder's weights: replaced under the same name, it is another key."""


@dataclass(frozen=True, eq=False)
class VocoderSource:
    """A vocoder that can be loaded.

    Args:
        id: as `get_vocoder` takes it, or "own".
        weights_key: tells its weights from others of the same id.
        live: whether it keeps up with a moving slider.
        make: creates it.
        gmac_per_second: its cost, 0 where it was not counted.
    """

    id: str
    weights_key: WeightsKey
    live: bool
    make: Callable[[ComputeConfig], Vocoder]
    gmac_per_second: float = 0.0


@dataclass(frozen=True)
class _Loaded:
    source: VocoderSource
    vocoder: Vocoder


class VocoderCache:
    """Loads vocoders and keeps the latest. Thread-safe; one vocoder is loaded at a time.

    Args:
        notify: called with a sentence for the user where a vocoder falls back to less memory or another device.
    """

    def __init__(self, notify: Callable[[str], None]) -> None:
        self._notify = notify
        self._lock = threading.Lock()
        self._loaded: dict[str, _Loaded] = {}
        self._compute = ComputeConfig()

    @property
    def compute(self) -> ComputeConfig:
        """Device and runtime of the vocoders. Setting another one drops those that are loaded."""
        return self._compute

    @compute.setter
    def compute(self, compute: ComputeConfig) -> None:
        if compute != self._compute:
            with self._lock:
                self._compute = compute
                self._loaded.clear()

    def find(self, name: str) -> VocoderSource:
        """The vocoder of that id or folder, without loading it. Raises VocoderError where there is none.

        Reads the disk only where it is not loaded, or its weights were replaced.
        """
        loaded = self._loaded.get(name)
        if loaded is not None and loaded.source.weights_key == _weights_key(loaded.source.weights_key[0]):
            return loaded.source
        return _find(name)

    def get(self, source: VocoderSource) -> Vocoder:
        """Loads the vocoder where it is not loaded. Raises VocoderError, and then keeps those that are.

        A loaded vocoder is returned at once, even while another one is being loaded.
        """
        return self._current(source) or self._load(source)

    def _current(self, source: VocoderSource) -> Vocoder | None:
        loaded = self._loaded.get(source.id)
        return loaded.vocoder if loaded is not None and loaded.source.weights_key == source.weights_key else None

    def _load(self, source: VocoderSource) -> Vocoder:
        with self._lock:
            if (current := self._current(source)) is not None:
                return current
            self._loaded.pop(source.id, None)
            vocoder = source.make(self._compute)
            if isinstance(vocoder, NetworkVocoder):
                vocoder.notify = self._notify
            self._evict()
            self._loaded[source.id] = _Loaded(source, vocoder)
            return vocoder

    def _evict(self) -> None:
        """Drops the largest until there is room for one more."""
        while len(self._loaded) >= _CAPACITY:
            del self._loaded[max(self._loaded, key=lambda name: self._loaded[name].vocoder.info.size_bytes)]


def _find(name: str) -> VocoderSource:
    try:
        found = find_vocoder(name)
    except UnknownVocoderError as error:
        raise VocoderError(f"“{name}” is no longer on this computer.") from error
    if isinstance(found, VocoderEntry):
        return _source(name, found.folder, found.info.live, found.gmac_per_second)
    return _source(name, found, folder_info(describe(found)).live)


def _source(name: str, folder: Path | None, live: bool, gmac_per_second: float = 0.0) -> VocoderSource:
    return VocoderSource(name, _weights_key(folder), live, lambda compute: get_vocoder(name, compute), gmac_per_second)


def _weights_key(folder: Path | None) -> WeightsKey:
    """Key of a folder's present content. Installing never writes into a folder, it replaces it."""
    try:
        stat = folder.stat() if folder is not None else None
    except OSError:
        return folder, 0, 0
    return (folder, stat.st_ino, stat.st_mtime_ns) if stat is not None else (None, 0, 0)
