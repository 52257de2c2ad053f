"""Advice on underflows: a safer latency, offered or chosen automatically, and a way back."""

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from distill_app.audio.devices import LATENCIES, Latency
from distill_app.audio.status import PlayerStatus
from distill_app.ui.app.output_settings import latency_name
from distill_app.ui.app.status_bar import StatusBar
from distill_app.ui.app.underflow_log import UnderflowLog
from distill_app.ui.common.protocols import PlayerProtocol
from distill_app.ui.play.preferences_page import PlayPreferences
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message

_MANY = 3
"""Number of underflows within a minute from which a safer latency is offered or chosen."""


class LatencyAdvice(QObject):
    """Follows the player's status; each `update` may change the latency or the advice in the status bar.

    Args:
        is_writing: whether a take or an export is being written; the device is then left alone.
        clock: monotonic time in seconds.
    """

    notified = Signal(object)
    """Message to show."""

    def __init__(
        self,
        player: PlayerProtocol,
        bar: StatusBar,
        preferences: PlayPreferences,
        is_writing: Callable[[], bool],
        parent: QObject,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._player, self._bar = player, bar
        self._preferences, self._is_writing = preferences, is_writing
        self._log = UnderflowLog(clock)
        self._offered = self._declined = False
        self._change: tuple[Latency, Latency] | None = None
        """Latency before and after the change that can be taken back."""
        bar.advice.clicked.connect(self._on_clicked)

    def update(self, status: PlayerStatus) -> None:
        """Counts underflows, and offers or chooses a safer latency."""
        self._log.add(status.underflows if status.device else 0)
        self._bar.show_player(status, self._log.count)
        if self._change is not None and self._latency != self._change[1]:
            self._change = None  # the user chose another latency since
        many = self._log.last_minute >= _MANY
        if many and self._safer is not None and self._preferences.adapt_latency and not self._declined:
            if not self._is_writing():
                self._adapt()
        else:
            self._offered = self._safer is not None and (many or (self._offered and self._log.count > 0))
        self._show()

    @property
    def _latency(self) -> Latency:
        return self._player.choice.latency

    @property
    def _safer(self) -> Latency | None:
        index = LATENCIES.index(self._latency) + 1
        return LATENCIES[index] if index < len(LATENCIES) else None

    def _adapt(self) -> None:
        if self._safer is None:
            return
        text = tr("The sound stumbled {count} times within a minute, so the latency is “{latency}” from now on.")
        text = text.format(count=self._log.last_minute, latency=latency_name(self._safer))
        self._choose_safer()
        self.notified.emit(Message("info", text, tr("Go back"), self._go_back))

    def _choose_safer(self) -> None:
        if self._safer is not None:
            self._change = self._latency, self._safer
            self._choose(self._safer)

    def _go_back(self) -> None:
        """Restores the latency from before an automatic change, which is not made again."""
        if self._change is not None:
            (before, _), self._change = self._change, None
            self._declined = True
            self._choose(before)

    def _choose(self, latency: Latency) -> None:
        self._log.clear()
        self._offered = False
        self._player.choose(replace(self._player.choice, latency=latency))
        self._show()

    def _on_clicked(self) -> None:
        if self._offered:
            self._choose_safer()
        else:
            self._go_back()

    def _show(self) -> None:
        now = latency_name(self._latency)
        if self._offered and self._safer is not None:
            tip = tr("Latency from “{now}” to “{safer}”; one click takes it back")
            self._bar.show_advice(offer_text(), tip.format(now=now, safer=latency_name(self._safer)))
        elif self._change is not None:
            text = tr("Back to {latency} latency").format(latency=latency_name(self._change[0]))
            self._bar.show_advice(text, tr("The latency is “{now}” now").format(now=now))
        else:
            self._bar.show_advice("", "")


def offer_text() -> str:
    """Text of the button that chooses a safer latency."""
    return tr("Choose a safer latency")
