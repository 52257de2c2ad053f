"""Where a session stands, and a step from there to another place."""

from dataclasses import dataclass, replace

from distill_app.engine.jobs import RenderRequest


@dataclass(frozen=True)
class Place:
    """A sound, and the compare slot it stands in."""

    request: RenderRequest
    slot: str


@dataclass(frozen=True)
class Step:
    """One undo step: the whole sound before and after, and what the hand did."""

    words: str
    before: Place
    after: Place

    @property
    def chose_vocoder(self) -> bool:
        """Whether another vocoder is all the difference."""
        before, after = self.before, self.after
        return before.slot == after.slot and replace(before.request, vocoder=after.request.vocoder) == after.request
