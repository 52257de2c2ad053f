"""Which vocoder makes a request's sound: the one it names, or the one that its model makes of "own" and "auto"."""

from collections.abc import Callable

from distill_app.common.errors import VocoderError
from distill_app.generation.vocoder_lookup import INSTEAD
from distill_app.models.model import DistillModel
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.built_in import BUILT_IN
from distill_app.vocoders.embedded.vocoder import AUTO, OWN, embedded_vocoder, read_embedded, resolve_vocoder_id
from distill_app.workers.rendering.vocoder_cache import VocoderCache, WeightsKey


class VocoderResolver:
    """Every thread may ask. A model's file as it is now, its stamp, is also the edition of the vocoder it carries.

    Args:
        tell: given a sentence for the person where "auto" has to make do with the built-in one.
    """

    def __init__(self, vocoder_cache: VocoderCache, tell: Callable[[str], None]) -> None:
        self._vocoder_cache, self._tell = vocoder_cache, tell
        self._damaged: set[WeightsKey] = set()

    def name(self, wanted: str, model: DistillModel, stamp: WeightsKey) -> str:
        """The id of what plays. Raises VocoderError where "own" is asked for and cannot be had."""
        if wanted not in (OWN, AUTO):
            return wanted
        if wanted == AUTO and stamp in self._damaged:
            return BUILT_IN.id
        try:
            return resolve_vocoder_id(wanted, read_embedded(model.header.vocoder))
        except VocoderError as error:
            if wanted == OWN:
                raise
            return self._instead(stamp, error)

    def get(self, wanted: str, model: DistillModel, stamp: WeightsKey) -> Vocoder:
        """Loads it where it is not loaded yet. Raises VocoderError."""
        name = self.name(wanted, model, stamp)
        if name != OWN:
            return self._vocoder_cache.get(name)
        try:
            return self._vocoder_cache.get_made(
                OWN, stamp, lambda compute: embedded_vocoder(model.header.vocoder, model.vocoder_state, compute)
            )
        except VocoderError as error:
            if wanted == OWN:
                raise
            return self._vocoder_cache.get(self._instead(stamp, error))

    def weights_key(self, wanted: str, model: DistillModel, stamp: WeightsKey) -> WeightsKey:
        """What its sounds are known by beside its name. Raises VocoderError where there is none."""
        name = self.name(wanted, model, stamp)
        return stamp if name == OWN else self._vocoder_cache.weights_key(name)

    def is_live(self, wanted: str, model: DistillModel, stamp: WeightsKey) -> bool:
        """Whether it keeps up with the hand. Raises VocoderError where there is none to load."""
        name = self.name(wanted, model, stamp)
        if name != OWN:
            return self._vocoder_cache.is_live(name)
        own = read_embedded(model.header.vocoder)
        return own is not None and own.info.live

    def _instead(self, stamp: WeightsKey, error: VocoderError) -> str:
        """Told once for each file as it is."""
        self._damaged.add(stamp)
        self._tell(f"{error} {INSTEAD}")
        return BUILT_IN.id
