"""Which vocoder makes a request's sound: the one it names, or the one that its model makes of "own" and "auto"."""

from collections.abc import Callable

from distill_app.common.errors import VocoderError
from distill_app.generation.vocoder_lookup import INSTEAD
from distill_app.models.model import DistillModel
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.embedded.embedded import AUTO, OWN, own_vocoder, played, read_own
from distill_app.vocoders.registry import BUILT_IN
from distill_app.workers.rendering.vocoder_cache import Edition, Shelf


class Voices:
    """Every thread may ask. A model's file as it is now, its stamp, is also the edition of the vocoder it carries.

    Args:
        tell: given a sentence for the person where "auto" has to make do with the built-in one.
    """

    def __init__(self, shelf: Shelf, tell: Callable[[str], None]) -> None:
        self._shelf, self._tell = shelf, tell
        self._damaged: set[Edition] = set()

    def name(self, wanted: str, model: DistillModel, stamp: Edition) -> str:
        """The id of what plays. Raises VocoderError where "own" is asked for and cannot be had."""
        if wanted not in (OWN, AUTO):
            return wanted
        if wanted == AUTO and stamp in self._damaged:
            return BUILT_IN.id
        try:
            return played(wanted, read_own(model.header.vocoder))
        except VocoderError as error:
            if wanted == OWN:
                raise
            return self._instead(stamp, error)

    def get(self, wanted: str, model: DistillModel, stamp: Edition) -> Vocoder:
        """Loads it where it is not loaded yet. Raises VocoderError."""
        name = self.name(wanted, model, stamp)
        if name != OWN:
            return self._shelf.get(name)
        try:
            return self._shelf.get_made(
                OWN, stamp, lambda compute: own_vocoder(model.header.vocoder, model.vocoder_state, compute)
            )
        except VocoderError as error:
            if wanted == OWN:
                raise
            return self._shelf.get(self._instead(stamp, error))

    def edition(self, wanted: str, model: DistillModel, stamp: Edition) -> Edition:
        """What its sounds are known by beside its name. Raises VocoderError where there is none."""
        name = self.name(wanted, model, stamp)
        return stamp if name == OWN else self._shelf.edition(name)

    def is_live(self, wanted: str, model: DistillModel, stamp: Edition) -> bool:
        """Whether it keeps up with the hand. Raises VocoderError where there is none to load."""
        name = self.name(wanted, model, stamp)
        if name != OWN:
            return self._shelf.is_live(name)
        own = read_own(model.header.vocoder)
        return own is not None and own.info.live

    def _instead(self, stamp: Edition, error: VocoderError) -> str:
        """Told once for each file as it is."""
        self._damaged.add(stamp)
        self._tell(f"{error} {INSTEAD}")
        return BUILT_IN.id
