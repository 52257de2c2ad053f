"""The vocoders that are loaded: two at most, for some take half a gigabyte."""

import threading
from collections.abc import Callable

from distill_app.vocoders import get_vocoder
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.catalogue import Listing, find_vocoder
from distill_app.vocoders.compute import Compute
from distill_app.vocoders.folders import describe, info_of
from distill_app.vocoders.network_vocoder import NetworkVocoder

_MOST = 2  # the one asked for, and the one that answers the hand in its place


class Shelf:
    """Every thread may ask; one loads at a time.

    Args:
        tell: given a sentence for the person where a vocoder has to make do with less.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._loaded: dict[str, Vocoder] = {}
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
        return self._loaded.get(name) or self._load(name)

    def _load(self, name: str) -> Vocoder:
        with self._lock:
            if name in self._loaded:
                return self._loaded[name]
            vocoder = get_vocoder(name, self._compute)
            if isinstance(vocoder, NetworkVocoder):
                vocoder.tell = self._tell
            self._put(name, vocoder)
            return vocoder

    def is_live(self, name: str) -> bool:
        """Whether it keeps up with the hand, without loading it. Raises VocoderError where there is none to load."""
        vocoder = self._loaded.get(name)
        if vocoder is not None:
            return vocoder.info.live
        found = find_vocoder(name)
        return (found.info if isinstance(found, Listing) else info_of(describe(found))).live

    def _put(self, name: str, vocoder: Vocoder) -> None:
        """The largest of the others goes where there would be too many."""
        while len(self._loaded) >= _MOST:
            del self._loaded[max(self._loaded, key=lambda other: self._loaded[other].info.size_bytes)]
        self._loaded[name] = vocoder
