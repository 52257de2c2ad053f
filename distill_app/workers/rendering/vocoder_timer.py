"""How long vocoders take on this computer, taken while they work."""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.built_in import BUILT_IN, GRIFFIN_LIM
from distill_app.vocoders.network_vocoder import NetworkVocoder
from distill_app.vocoders.registry import vocoder_entries
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.vocoders.runtime.devices import CPU, choose_device
from distill_app.workers.rendering.vocoder_speeds import Speed, place_of, remember_speed

T = TypeVar("T")
_LEAST_SECONDS = 1.0  # of sound: a shorter one tells of its beginning and end
_LIKE_GMAC_PER_SECOND = {BUILT_IN.id: 1.9, GRIFFIN_LIM.id: 3.6}
"""Large networks of such a cost take as long as these, which are more than a network (measured side by side)."""


class VocoderTimer:
    """Runs while a sound is worked at, and stands still while something else is done between its blocks."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def over(self, blocks: Iterable[T]) -> Iterator[T]:
        """The same blocks, timed."""
        each = iter(blocks)
        while True:
            begun = time.perf_counter()
            block = next(each, None)
            self.seconds += time.perf_counter() - begun
            if block is None:
                return
            yield block

    def remember(self, vocoder: Vocoder, compute: ComputeConfig, sound_seconds: float) -> None:
        """Writes down what `sound_seconds` took, where they tell enough."""
        if sound_seconds >= _LEAST_SECONDS:
            speed = Speed(self.seconds / sound_seconds, _cost(vocoder.info.id))
            device = vocoder.device if isinstance(vocoder, NetworkVocoder) else CPU
            remember_speed(vocoder.info.id, speed, place_of(device.type, compute), choose_device("auto").type)


def _cost(vocoder: str) -> float:
    """In GMAC for a second of sound, 0 where nobody knows."""
    known = {listing.info.id: listing.gmac_per_second for listing in vocoder_entries()} | _LIKE_GMAC_PER_SECOND
    return known.get(vocoder, 0.0)
