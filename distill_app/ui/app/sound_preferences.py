"""Page “Sound” of the Preferences: device, latency and limiter. Every change applies at once."""

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
from distill_app.ui.style.format import counted, percent
from distill_app.ui.style.theme import GRID, font
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Caption, Title, tight

_POLL_MS, _RESCAN_MS = 250, 1500


class SoundPreferences(QWidget):
    """Settings of the sound output; polls the player, so that devices appear when they are connected.

    Args:
        status: latest status of the player. (Reading it from the player resets its load.)
    """

    changed = Signal()
    """Emitted when the user chose another device, rate, latency or limiter."""

    def __init__(self, player: PlayerProtocol, status: Callable[[], PlayerStatus]) -> None:
        super().__init__()
        self._player, self._status = player, status
        self._shown: tuple[tuple[OutputDevice, ...], DeviceChoice] | None = None
        self.output = OutputSettings()
        self.limiter = QCheckBox(tr("Safety limiter at −0.1 dBFS"))
        self.tone, self.rescan = Button(tr("Test tone")), Button(tr("Rescan"))
        self.state, self.sentence, self._icon = Caption(), plain(""), QLabel()
        self._build()
        self._connect()
        self._rescanning = timer(self, _RESCAN_MS, self._on_rescanned, single_shot=True)
        timer(self, _POLL_MS, self.poll).start()
        self.limiter.setChecked(player.limiting)
        self._on_rescan()
        self.setFocusProxy(self.output.device)

    def _build(self) -> None:
        rows = tight(QVBoxLayout(self), 2 * GRID)
        self.tone.setToolTip(tr("Plays a soft A4 for half a second"))
        self.rescan.setToolTip(tr("Looks for devices that were connected lately"))
        self.state.setFixedHeight(4 * GRID)
        self.sentence.setFixedHeight(4 * GRID)
        rows.addWidget(Title(tr("Output")))
        rows.addWidget(self.output)
        rows.addLayout(self._buttons())
        rows.addWidget(self.state)
        rows.addLayout(self._message())
        self.limiter.setFont(font())
        self.limiter.setToolTip(tr("Turns down what would be louder than full scale; everything else passes untouched"))
        rows.addWidget(Title(tr("Protection")))
        rows.addWidget(self.limiter)
        rows.addStretch()

    def _buttons(self) -> QHBoxLayout:
        row = tight(QHBoxLayout())
        row.addWidget(self.tone)
        row.addWidget(self.rescan)
        row.addStretch()
        return row

    def _message(self) -> QHBoxLayout:
        row = tight(QHBoxLayout(), GRID)
        row.addWidget(self._icon)
        row.addWidget(self.sentence, 1)
        return row

    def _connect(self) -> None:
        self.output.chosen.connect(self._on_chosen)
        self.limiter.toggled.connect(self._on_limiter)
        self.tone.clicked.connect(self._on_tone)
        self.rescan.clicked.connect(self._on_rescan)

    # Choices of the user

    def _on_chosen(self, choice: DeviceChoice) -> None:
        self._player.choose(choice)
        self.poll()
        self.changed.emit()

    def _on_limiter(self, limiting: bool) -> None:
        self._player.limiting = limiting
        self.changed.emit()

    def _on_tone(self) -> None:
        try:
            self._player.test_tone()
        except AudioDeviceError as error:
            self._show_message(str(error), "danger", "error")

    def _on_rescan(self) -> None:
        """Starts a rescan; the button is disabled for as long as it can take."""
        self._player.rescan()
        self.rescan.setText(tr("Looking…"))
        self.rescan.setEnabled(False)
        self._rescanning.start()
        self.poll()

    def _on_rescanned(self) -> None:
        self.rescan.setText(tr("Rescan"))
        self.rescan.setEnabled(True)
        self.poll()

    # State of the player

    def poll(self) -> None:
        """Shows the devices, the choice and the status of the player."""
        outputs, choice, status = self._player.outputs(), self._player.choice, self._status()
        if (outputs, choice) != self._shown:
            self._shown = outputs, choice
            self.output.show_outputs(outputs, choice)
            self.tone.setEnabled(bool(outputs))
        self._show_status(status, bool(outputs))

    def _show_status(self, status: PlayerStatus, any_output: bool) -> None:
        self.state.setText(_facts(status) if status.device else "")
        if self._rescanning.isActive() and not any_output:
            self._show_message(tr("Looking for sound outputs…"), "focus", "info")
        elif not any_output and not status.device:
            missing = tr("No sound output was found. Connect or switch on a sound device, then press Rescan.")
            self._show_message(status.notice or missing, "danger", "error")
        else:
            self._show_message(status.notice, "caution" if status.fallen_back else "focus", "info")

    def _show_message(self, sentence: str, tone: str, icon: str) -> None:
        self.sentence.setText(sentence)
        self._icon.setPixmap(icons.pixmap(icon, tone, 16, self.devicePixelRatioF()) if sentence else QPixmap())


def _facts(status: PlayerStatus) -> str:
    """Device, rate, latency, load and underflows in two lines."""
    device = f"{status.device} · {status.host_api} · {status.sample_rate / 1000:g} kHz"
    latency = tr("{ring} ms written ahead, {device} ms in the device").format(
        ring=f"{1000 * status.ring_seconds:.0f}", device=f"{1000 * status.device_seconds:.0f}"
    )
    load = tr("load {load}").format(load=percent(status.load))
    callback = tr("{kind} callback").format(kind=status.callback)
    underflows = counted(status.underflows, tr("{count} underflow"), tr("{count} underflows"))
    return f"{device}\n{latency} · {load} · {callback} · {underflows if status.underflows else tr('no underflows')}"
