"""Status bar: sound device, its faults, advice, and the time of the last render."""

from collections import deque
from statistics import median

from PySide6.QtWidgets import QStatusBar, QWidget

from distill_app.audio.status import PlayerStatus
from distill_app.ui.style.format import counted, percent
from distill_app.ui.style.theme import GRID, caption_font
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Caption

_NAME_LENGTH = 32


class StatusBar(QStatusBar):
    """Captions from left to right: device, muted, faults, advice, last render."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.device, self.trouble, self.work = Caption(), Caption(), Caption()
        self.muted = Caption(tr("Muted"))
        self.muted.setToolTip(tr("Nothing is heard, on no page; M unmutes"))
        for label in (self.muted, self.trouble):
            label.setProperty("tone", "caution")
        self.advice = Button("", "status")
        self.advice.setFont(caption_font())
        self._build()
        self._ahead = _MedianFilter()

    def _build(self) -> None:
        self.setSizeGripEnabled(False)
        self.setFixedHeight(3 * GRID)
        self.setContentsMargins(2, 0, GRID, 0)
        for label in (self.device, self.muted, self.trouble, self.work):
            label.setContentsMargins(GRID, 0, GRID, 0)  # equal to the padding of the button
        for widget in (self.device, self.muted, self.trouble, self.advice, self.work):
            self.addWidget(widget)
        for widget in (self.device, self.muted, self.trouble, self.advice):
            widget.hide()

    def show_player(self, status: PlayerStatus, underflows: int) -> None:
        """Shows `Built-in Audio · 48 kHz · 58 ms · load 2 %`, and the faults beside it.

        Args:
            underflows: number of recent ones.
        """
        ahead = self._ahead.add(status.ring_seconds)
        _update(self.device, facts(status, ahead), details(status, ahead))
        _update(self.trouble, troubles(status, underflows), details(status, ahead))

    def show_advice(self, text: str, tip: str) -> None:
        """Shows a button with a remedy; "" hides it."""
        if text != self.advice.text():
            self.advice.setText(text)
            self.advice.setAccessibleName(text)
            self.advice.setVisible(bool(text))
        self.advice.setToolTip(tip)

    def show_muted(self, muted: bool) -> None:
        self.muted.setVisible(muted)

    def show_work(self, text: str) -> None:
        self.work.setText(text)


class _MedianFilter:
    """Running median, for figures that vary with every block."""

    def __init__(self) -> None:
        self._latest: deque[float] = deque(maxlen=9)

    def add(self, value: float) -> float:
        """Median of the latest values, this one included."""
        self._latest.append(value)
        return median(self._latest)


def _update(label: Caption, text: str, tip: str) -> None:
    """Sets text and tool tip where they differ: setting a text lays out the window again."""
    if text != label.text():
        label.setText(text)
        label.setVisible(bool(text))
    if tip != label.toolTip():
        label.setToolTip(tip)


def facts(status: PlayerStatus, ahead_seconds: float) -> str:
    """Device, rate, latency and load in one line."""
    if not status.device:
        return tr("No sound device")
    latency = f"{1000 * (ahead_seconds + status.device_seconds):.0f} ms"
    load = tr("load {load}").format(load=percent(status.load))
    return f"{_shorten(status.device)} · {status.sample_rate / 1000:g} kHz · {latency} · {load}"


def _shorten(name: str) -> str:
    """Name of a device, cut so that there is room for faults."""
    return name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1].rstrip() + "…"


def troubles(status: PlayerStatus, underflows: int) -> str:
    """Faults in one line; "" where there are none."""
    found = (
        (status.fallen_back, tr("not the chosen device")),
        (bool(status.device) and status.callback == "Python", tr("Python callback: may stumble")),
        (underflows > 0, counted(underflows, tr("{count} underflow"), tr("{count} underflows"))),
    )
    return " · ".join(text for present, text in found if present)


def details(status: PlayerStatus, ahead_seconds: float) -> str:
    """Tool tip: parts of the latency, kind of callback and number of underflows."""
    if not status.device:
        return tr("Choose one in Edit, Preferences.")
    latency = tr("Latency: {ring} ms written ahead, {device} ms in the device").format(
        ring=f"{1000 * ahead_seconds:.0f}", device=f"{1000 * status.device_seconds:.0f}"
    )
    callback = tr("Callback: {kind}").format(kind=status.callback)
    underflows = tr("Underflows since it was opened: {count}").format(count=status.underflows)
    return f"{status.device}, {status.host_api}\n{latency}\n{callback}\n{underflows}"
