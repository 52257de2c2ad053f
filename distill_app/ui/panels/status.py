"""The facts a musician checks: device, rate, latency, underflows, and how long the last sound took."""

from PySide6.QtWidgets import QStatusBar, QWidget

from distill_app.ui.ports import PlayerStatus
from distill_app.ui.theme import GRID
from distill_app.ui.widgets.basics import Caption

NO_DEVICE = "No sound device"


class StatusBar(QStatusBar):
    """Two captions, left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.device, self.work = Caption(), Caption()
        self.setSizeGripEnabled(False)
        self.setFixedHeight(3 * GRID)
        self.setContentsMargins(GRID + 2, 0, GRID, 0)
        for label in (self.device, self.work):
            label.setContentsMargins(0, 0, 2 * GRID, 0)
            self.addWidget(label)
        self.device.hide()

    def show_player(self, status: PlayerStatus) -> None:
        """`Built-in Audio · 48 kHz · 21 ms`, and the underflows where there were any."""
        text = _facts(status) if status.device else NO_DEVICE
        if text != self.device.text():
            self.device.setText(text)
            self.device.show()

    def show_work(self, words: str) -> None:
        self.work.setText(words)


def _facts(status: PlayerStatus) -> str:
    parts = [status.device, f"{status.sample_rate / 1000:g} kHz", f"{1000 * status.latency_seconds:.0f} ms"]
    if status.underflows:
        parts.append(f"{status.underflows} underflow{'s' if status.underflows != 1 else ''}")
    return " · ".join(parts)
