"""Advice on underflows: a safer latency, offered or chosen automatically, and a way back."""

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from distill_app.audio.devices import LATENCIES, Latency
from distill_app.audio.status import PlayerStatus
from distill_app.ui.app.status_bar import StatusBar
from distill_app.ui.app.underflow_log import UnderflowLog
from distill_app.ui.common.protocols import PlayerProtocol
from distill_app.ui.play.play_preferences import PlayPreferences
from distill_app.ui.widgets.toast import Message

_MANY = 3
"""Number of underflows within a minute from which a safer latency is offered or chosen."""
OFFER = "Choose a safer latency"
_ADAPTED = "The sound stumbled {count} times within a minute, so the latency is “{now}” from now on."


class LatencyAdvice(QObject):
    """Looks at the player's status whenever it is asked to.

    Args:
        is_keeping: whether what is heard is being kept or exported now: the device is then left alone.
        clock: seconds that only go forward.
    """

    notified = Signal(object)
    """A Message."""

    def __init__(
        self,
        player: PlayerProtocol,
        bar: StatusBar,
        preferences: PlayPreferences,
        is_keeping: Callable[[], bool],
        parent: QObject,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._player, self._bar = player, bar
        self._preferences, self._is_keeping = preferences, is_keeping
        self._log = UnderflowLog(clock)
        self._offered = self._declined = False
        self._change: tuple[Latency, Latency] | None = None  # from and to, as long as there is a way back
        bar.advice.clicked.connect(self._on_clicked)

    def look(self, status: PlayerStatus) -> None:
        """Counts, advises, and adapts where that is wanted."""
        self._log.note(status.underflows if status.device else 0)
        self._bar.show_player(status, self._log.count)
        if self._change is not None and self._latency != self._change[1]:
            self._change = None  # chosen elsewhere: nothing to go back to
        many = self._log.last_minute >= _MANY
        if many and self._safer is not None and self._preferences.adapt_latency and not self._declined:
            if not self._is_keeping():
                self._adapt()
        else:
            self._offered = self._safer is not None and (many or (self._offered and self._log.count > 0))
        self._show()

    @property
    def _latency(self) -> Latency:
        return self._player.choice.latency

    @property
    def _safer(self) -> Latency | None:
        place = LATENCIES.index(self._latency) + 1
        return LATENCIES[place] if place < len(LATENCIES) else None

    def _adapt(self) -> None:
        words = _ADAPTED.format(count=self._log.last_minute, now=self._safer)
        self._take_safer()
        self.notified.emit(Message("info", words, "Go back", self._go_back))

    def _take_safer(self) -> None:
        if self._safer is not None:
            self._change = self._latency, self._safer
            self._choose(self._safer)

    def _go_back(self) -> None:
        """Restore the latency from before an automatic change, which is not made again."""
        if self._change is not None:
            (before, _), self._change = self._change, None
            self._declined = True
            self._choose(before)

    def _choose(self, latency: Latency) -> None:
        self._log.forget()
        self._offered = False
        self._player.choose(replace(self._player.choice, latency=latency))
        self._show()

    def _on_clicked(self) -> None:
        if self._offered:
            self._take_safer()
        else:
            self._go_back()

    def _show(self) -> None:
        if self._offered:
            self._bar.show_advice(OFFER, f"Latency from “{self._latency}” to “{self._safer}”; one click takes it back")
        elif self._change is not None:
            self._bar.show_advice(f"Back to {self._change[0]} latency", f"The latency is “{self._latency}” now")
        else:
            self._bar.show_advice("", "")
