"""Preferences, Sound: where it goes and how soon. Every change is heard at once."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from distill_app.audio.devices import DeviceChoice, OutputDevice
from distill_app.audio.status import PlayerStatus
from distill_app.common.errors import AudioDeviceError
from distill_app.ui.app.output_settings import OutputSettings
from distill_app.ui.common.protocols import PlayerProtocol
from distill_app.ui.common.timers import timer
from distill_app.ui.dialogs.base import plain
from distill_app.ui.style import icons
from distill_app.ui.style.format import percent
from distill_app.ui.style.theme import GRID, font
from distill_app.ui.widgets.controls import Button, Caption, Title, tight

_LOOK_MS, _LOOKING_MS = 250, 1500
_NOTHING = "No sound output was found. Connect or switch on a sound device, then press Rescan."


class SoundPreferences(QWidget):
    """Looks at the player four times a second: what comes or goes is listed or gone.

    Args:
        status: the player's as of late; who asks the player itself for its load resets it.
    """

    changed = Signal()
    """Another device, rate, latency or limiter was chosen."""

    def __init__(self, player: PlayerProtocol, status: Callable[[], PlayerStatus]) -> None:
        super().__init__()
        self._player, self._status = player, status
        self._shown: tuple[tuple[OutputDevice, ...], DeviceChoice] | None = None
        self.output = OutputSettings()
        self.limiter = QCheckBox("Safety limiter at −0.1 dBFS")
        self.tone, self.rescan = Button("Test tone"), Button("Rescan")
        self.state, self.sentence, self._sign = Caption(), plain(""), QLabel()
        self._build()
        self._connect()
        self._looking = timer(self, _LOOKING_MS, self._on_looked, single_shot=True)
        timer(self, _LOOK_MS, self.look).start()
        self.limiter.setChecked(player.limiting)
        self._on_rescan()
        self.setFocusProxy(self.output.device)

    def _build(self) -> None:
        rows = tight(QVBoxLayout(self), 2 * GRID)
        self.tone.setToolTip("Plays a soft A4 for half a second")
        self.rescan.setToolTip("Looks for devices that were connected lately")
        self.state.setFixedHeight(4 * GRID)
        self.sentence.setFixedHeight(4 * GRID)
        rows.addWidget(Title("Output"))
        rows.addWidget(self.output)
        rows.addLayout(self._buttons())
        rows.addWidget(self.state)
        rows.addLayout(self._words())
        self.limiter.setFont(font())
        self.limiter.setToolTip("Turns down what would be louder than full scale; everything else passes untouched")
        rows.addWidget(Title("Protection"))
        rows.addWidget(self.limiter)
        rows.addStretch()

    def _buttons(self) -> QHBoxLayout:
        row = tight(QHBoxLayout())
        row.addWidget(self.tone)
        row.addWidget(self.rescan)
        row.addStretch()
        return row

    def _words(self) -> QHBoxLayout:
        row = tight(QHBoxLayout(), GRID)
        row.addWidget(self._sign)
        row.addWidget(self.sentence, 1)
        return row

    def _connect(self) -> None:
        self.output.chosen.connect(self._on_chosen)
        self.limiter.toggled.connect(self._on_limiter)
        self.tone.clicked.connect(self._on_tone)
        self.rescan.clicked.connect(self._on_rescan)

    # What the hand does

    def _on_chosen(self, choice: DeviceChoice) -> None:
        self._player.choose(choice)
        self.look()
        self.changed.emit()

    def _on_limiter(self, wanted: bool) -> None:
        self._player.limiting = wanted
        self.changed.emit()

    def _on_tone(self) -> None:
        try:
            self._player.test_tone()
        except AudioDeviceError as error:
            self._say(str(error), "danger", "error")

    def _on_rescan(self) -> None:
        """The looking goes on behind; the button says so until it must have ended."""
        self._player.rescan()
        self.rescan.setText("Looking…")
        self.rescan.setEnabled(False)
        self._looking.start()
        self.look()

    def _on_looked(self) -> None:
        self.rescan.setText("Rescan")
        self.rescan.setEnabled(True)
        self.look()

    # What is shown

    def look(self) -> None:
        """The player as it is now, silently."""
        outputs, choice, status = self._player.outputs(), self._player.choice, self._status()
        if (outputs, choice) != self._shown:
            self._shown = outputs, choice
            self.output.show_outputs(outputs, choice)
            self.tone.setEnabled(bool(outputs))
        self._show_status(status, bool(outputs))

    def _show_status(self, status: PlayerStatus, any_output: bool) -> None:
        self.state.setText(_facts(status) if status.device else "")
        if self._looking.isActive() and not any_output:
            self._say("Looking for sound outputs…", "focus", "info")
        elif not any_output and not status.device:
            self._say(status.notice or _NOTHING, "danger", "error")
        else:
            self._say(status.notice, "caution" if status.fallen_back else "focus", "info")

    def _say(self, sentence: str, tone: str, sign: str) -> None:
        self.sentence.setText(sentence)
        self._sign.setPixmap(icons.pixmap(sign, tone, 16, self.devicePixelRatioF()) if sentence else QPixmap())


def _facts(status: PlayerStatus) -> str:
    """What plays, and how: two lines."""
    where = f"{status.device} · {status.host_api} · {status.sample_rate / 1000:g} kHz"
    latency = f"{1000 * status.ring_seconds:.0f} ms written ahead, {1000 * status.device_seconds:.0f} ms in the device"
    count = status.underflows
    underflows = f"{count or 'no'} underflow{'s' if count != 1 else ''}"
    return f"{where}\n{latency} · load {percent(status.load)} · {status.callback} callback · {underflows}"
