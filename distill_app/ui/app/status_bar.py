"""The facts a musician checks: device, rate, latency, load, underflows, and how long the last sound took."""

from collections import deque
from statistics import median

from PySide6.QtWidgets import QStatusBar, QWidget

from distill_app.audio.status import PlayerStatus
from distill_app.ui.style.format import counted, percent
from distill_app.ui.style.theme import GRID, caption_font
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Caption

_NAME_LENGTH = 32
NO_DEVICE = "No sound device"


class StatusBar(QStatusBar):
    """Captions, left: the device, what is not as it should be, the work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.device, self.trouble, self.work = Caption(), Caption(), Caption()
        self.muted = Caption("Muted")
        self.muted.setToolTip("Nothing is heard, on no page; M unmutes")
        for label in (self.muted, self.trouble):
            label.setProperty("tone", "caution")
        self.advice = Button("", "status")
        self.advice.setFont(caption_font())
        self.setSizeGripEnabled(False)
        self.setFixedHeight(3 * GRID)
        self.setContentsMargins(2, 0, GRID, 0)
        for label in (self.device, self.muted, self.trouble, self.work):
            label.setContentsMargins(GRID, 0, GRID, 0)  # as much as the button has beside its words
        for widget in (self.device, self.muted, self.trouble, self.advice, self.work):
            self.addWidget(widget)
        for widget in (self.device, self.muted, self.trouble, self.advice):
            widget.hide()
        self._ahead = _Steady()

    def show_player(self, status: PlayerStatus, underflows: int) -> None:
        """`Built-in Audio · 48 kHz · 58 ms · load 2 %`; where something is amiss, that in words beside it.

        Args:
            underflows: those that are recent enough to be told.
        """
        ahead = self._ahead.add(status.ring_seconds)
        _put(self.device, facts(status, ahead), details(status, ahead))
        _put(self.trouble, troubles(status, underflows), details(status, ahead))

    def show_advice(self, words: str, tip: str) -> None:
        """One click that may help, beside what is amiss; "" for none."""
        if words != self.advice.text():
            self.advice.setText(words)
            self.advice.setAccessibleName(words)
            self.advice.setVisible(bool(words))
        self.advice.setToolTip(tip)

    def show_muted(self, muted: bool) -> None:
        """A word on every page: who presses Play there would look for the fault elsewhere."""
        self.muted.setVisible(muted)

    def show_work(self, words: str) -> None:
        self.work.setText(words)


class _Steady:
    """The median of the latest figures: what is written ahead goes up and down with every block."""

    def __init__(self) -> None:
        self._latest: deque[float] = deque(maxlen=9)

    def add(self, figure: float) -> float:
        self._latest.append(figure)
        return median(self._latest)


def _put(label: Caption, text: str, tip: str) -> None:
    """A label whose text is set lays the window out anew: only where it is another one."""
    if text != label.text():
        label.setText(text)
        label.setVisible(bool(text))
    if tip != label.toolTip():
        label.setToolTip(tip)


def facts(status: PlayerStatus, ahead_seconds: float) -> str:
    """Device, rate, latency and load in one line."""
    if not status.device:
        return NO_DEVICE
    name = _shorten(status.device)
    latency = f"{1000 * (ahead_seconds + status.device_seconds):.0f} ms"
    return f"{name} · {status.sample_rate / 1000:g} kHz · {latency} · load {percent(status.load)}"


def _shorten(name: str) -> str:
    """As much of a device's name as leaves room for what may be amiss."""
    return name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1].rstrip() + "…"


def troubles(status: PlayerStatus, underflows: int) -> str:
    """What a musician should know before it matters; "" where all is well."""
    found = (
        (status.fallen_back, "not the chosen device"),
        (bool(status.device) and status.callback == "Python", "Python callback: may stumble"),
        (underflows > 0, counted(underflows, tr("{count} underflow"), tr("{count} underflows"))),
    )
    return " · ".join(words for true, words in found if true)


def details(status: PlayerStatus, ahead_seconds: float) -> str:
    """What the latency is made of, and how the device is fed."""
    if not status.device:
        return "Choose one in Edit, Preferences."
    ahead, device = 1000 * ahead_seconds, 1000 * status.device_seconds
    return (
        f"{status.device}, {status.host_api}\nLatency: {ahead:.0f} ms written ahead, {device:.0f} ms in the device\n"
        f"Callback: {status.callback}\nUnderflows since it was opened: {status.underflows}"
    )
